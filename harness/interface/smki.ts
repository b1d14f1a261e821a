/**
 * Look-up of certificates (the SMKI repository), as its clients ask for it: what is there of a device or an organisation, and one
 * certificate by its serial number. Small XML without namespaces; the answer's code is HTTP's status, too.
 */
import { nameText } from "../../firmware/wire/gbcs/x509/name.ts";
import { readAnyCertificate } from "../../firmware/wire/gbcs/x509/read.ts";
import type { Eui64 } from "../../firmware/wire/message.ts";
import { hasCode, messageOf } from "../../hal/base/coded-error.ts";
import { pairs } from "../headend/dcc/messages.ts";
import { serialOf } from "../headend/xml-signing.ts";
import { readXml, type XmlElement } from "./xml-reader.ts";
import { type Written, writeXml } from "./xml-writer.ts";

/** Pending, in use, not in use, expired, revoked. */
export type SmkiStatus = "P" | "I" | "N" | "E" | "R";

export interface SmkiCertificate {
  /** DER. */
  readonly bytes: Uint8Array;
  readonly serial: bigint;
  readonly subject: Eui64;
  /** Number of an organisation's role. */
  readonly role: number | "device";
  /** Of an organisation, where its certificate says one (CN). */
  readonly name: string | undefined;
  /** To sign (digital signing), to agree on keys. An authority's counts as one to sign: what the SMKI says of them is not known. */
  readonly usage: "DS" | "KA";
  readonly status: SmkiStatus;
  /** Of a device: made at its manufacture. */
  readonly isManufacturing: boolean;
}

export interface SmkiStore {
  list(): readonly SmkiCertificate[];
}

/** What the SMKI says of a certificate. Throws `certificate/…`. */
export function smkiCertificate(
  bytes: Uint8Array,
  {
    status = "I",
    isManufacturing = false,
  }: Partial<Pick<SmkiCertificate, "status" | "isManufacturing">> = {},
): SmkiCertificate {
  const read = readAnyCertificate(bytes);
  const { subject, role, usage, subjectName } = read;
  const name = /(?:^|,)CN=((?:\\.|[^,\\])*)/.exec(nameText(subjectName))?.[1];
  return {
    ...{ bytes, serial: serialOf(read), subject, role, name, status, isManufacturing },
    usage: usage === "agree" ? "KA" : "DS",
  };
}

export interface SmkiAnswer {
  /** Of HTTP: found, bad request, nothing found. */
  readonly status: 200 | 401 | 402;
  readonly xml: string;
}

const MAX_REQUEST_BYTES = 4096;
/** A device has two, and a few that it had before. */
const MAX_RESULTS = 200;

/** Of a device by its EUI-64, of an organisation by EUI-64 or name. `audit`: what the log of whoever serves this calls the request. */
export function certificateSearch(content: Uint8Array | string, store: SmkiStore, audit: string): SmkiAnswer {
  return answered("CertificateSearch", content, audit, ({ name, text }) => {
    if (name !== "CertificateSubjectAltName" && name !== "CertificateSubjectName") return undefined;
    const ofDevice = name === "CertificateSubjectAltName";
    const isAsked = (each: SmkiCertificate): boolean =>
      (each.role === "device") === ofDevice &&
      (isEui(text, each.subject) || (!ofDevice && isName(text, each.name)));
    return store
      .list()
      .filter(isAsked)
      .slice(0, MAX_RESULTS)
      .map((each) => ({
        name: "Result",
        content: [serialElement(each), subjectElement(each), ...marks(each)],
      }));
  });
}

/** One certificate, by its serial number in hex, which is compared as a number. */
export function certificateData(content: Uint8Array | string, store: SmkiStore, audit: string): SmkiAnswer {
  return answered("CertificateData", content, audit, ({ name, text }) => {
    if (name !== "CertificateSerial" || !/^[0-9a-f]{1,64}$/i.test(text)) return undefined;
    const serial = BigInt(`0x${text}`);
    const found = store.list().find((each) => each.serial === serial);
    if (found === undefined) return [];
    const body = { name: "CertificateBody", content: Buffer.from(found.bytes).toString("base64") };
    const [status, ...others] = marks(found);
    const all = [subjectElement(found), serialElement(found), status as Written, body, ...others];
    return [{ name: "CertificateResponse", content: all }];
  });
}

const isEui = (text: string, eui: Eui64): boolean => text.replaceAll("-", "").toUpperCase() === eui;
const isName = (text: string, name: string | undefined): boolean =>
  text.toLowerCase() === name?.toLowerCase();

const serialElement = ({ serial }: SmkiCertificate): Written => ({
  name: "CertificateSerial",
  content: serial.toString(16).toUpperCase(),
});

const subjectElement = ({ role, subject }: SmkiCertificate): Written => ({
  name: role === "device" ? "CertificateSubjectAltName" : "CertificateSubjectName",
  content: pairs(subject),
});

/** Status, role of an organisation, usage, and whether it is of the manufacture. */
const marks = ({ status, role, usage, isManufacturing }: SmkiCertificate): readonly Written[] => [
  { name: "CertificateStatus", content: status },
  ...(role === "device" ? [] : [{ name: "CertificateRole", content: String(role) }]),
  { name: "CertificateUsage", content: usage },
  { name: "ManufacturingFlag", content: String(isManufacturing) },
];

/** `find`: undefined of an element that cannot be asked for. */
function answered(
  what: string,
  content: Uint8Array | string,
  audit: string,
  find: (asked: XmlElement) => readonly Written[] | undefined,
): SmkiAnswer {
  const asked = askedOf(`${what}Request`, content);
  if (typeof asked === "string") return answer(what, 401, asked, audit);
  const found = find({ ...asked, text: asked.text.trim() });
  if (found === undefined) return answer(what, 401, `${asked.name}: cannot be looked up`, audit);
  if (found.length === 0) return answer(what, 402, "No certificate found", audit);
  return answer(what, 200, "Success", audit, found);
}

/** The one element that is asked by, or what is wrong with the request. */
function askedOf(name: string, content: Uint8Array | string): XmlElement | string {
  if (content.length > MAX_REQUEST_BYTES) return `expected at most ${MAX_REQUEST_BYTES} bytes`;
  try {
    const root = readXml(content);
    const [asked, more] = root.children;
    if (root.name !== name || asked === undefined || more !== undefined)
      return `expected ${name} with one element`;
    return asked;
  } catch (error) {
    if (hasCode(error, "interface/xml")) return messageOf(error);
    throw error;
  }
}

function answer(
  what: string,
  status: SmkiAnswer["status"],
  message: string,
  audit: string,
  found: readonly Written[] = [],
): SmkiAnswer {
  const head: Written[] = [
    { name: "ResponseCode", content: String(status) },
    { name: "ResponseMessage", content: message },
    { name: "AuditReference", content: audit },
  ];
  return { status, xml: writeXml({ name: `${what}Response`, content: [...head, ...found] }, "") };
}
