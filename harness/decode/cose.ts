/** COSE messages layer by layer, typed messages inside them, and certificates (CWT). */
import type { Header, Message } from "../../firmware/wire/message.ts";
import type { Certificate } from "../../firmware/wire/suite.ts";
import { isTagged, layerName, type Part, readLayer, suites } from "../../firmware/wire/suites.ts";
import { toHex } from "../../hal/base/hex.ts";
import { cborText } from "./cbor-text.ts";
import { bodyFields } from "./cose-values.ts";
import { nameOf } from "./gbcs.ts";
import { type DecodedField, type DecodedNode, hexNumber, noFit, shownBytes, shownTime } from "./node.ts";

const kinds = { 1: "command", 2: "response", 3: "alert" } as const;
const MAX_LAYERS = 4;

/** A COSE_Mac0, COSE_Sign1 or COSE_Encrypt0 and what it holds; or a typed message without protection. */
export function decodeCose(bytes: Uint8Array): DecodedNode {
  return isTagged(bytes) ? decodeLayer(bytes, 0, 0) : decodeUnprotected(bytes);
}

function decodeUnprotected(bytes: Uint8Array): DecodedNode {
  const node = attempt(0, "no COSE tag, and as an unprotected message", () => messageNode(bytes, 0));
  return { ...node, format: `${node.format}, unprotected (pre-command)` };
}

/** Runs a reader of the firmware; its refusal becomes ours, with the place in the outermost bytes. */
function attempt<T>(base: number, what: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const { message, data } = error as { message: string; data?: { at?: unknown } };
    throw noFit(base + (typeof data?.at === "number" ? data.at : 0), `${what}: ${message}`, error);
  }
}

function decodeLayer(bytes: Uint8Array, base: number, depth: number): DecodedNode {
  const name = layerName(bytes);
  if (name === undefined)
    throw noFit(base, `CBOR tag ${(bytes[0] ?? 0) & 31}; COSE here is tag 16, 17 or 18`);
  const layer = attempt(base, name, () => readLayer(bytes));
  const place = ({ bytes: part, offset }: Part) => ({ offset: base + offset, length: part.length });
  const sealed = name === "COSE_Encrypt0";
  const fields: DecodedField[] = [
    { name: "protection", value: name, offset: base, length: 2 },
    { name: "algorithm", value: layer.algorithm, ...place(layer.protectedHeaders) },
    ...optional("key identifier", layer.keyId),
    ...optional("IV", layer.iv),
    {
      name: sealed ? "ciphertext" : "content",
      value: `${layer.content.bytes.length} bytes`,
      ...place(layer.content),
    },
  ];
  if (layer.authenticator !== undefined) {
    const note = "not checked here, see verify";
    const label = name === "COSE_Mac0" ? "MAC" : "signature";
    const { authenticator } = layer;
    fields.push({ name: label, value: toHex(authenticator.bytes), note, ...place(authenticator) });
  }
  const children = sealed ? [] : [contentNode(bytes, layer.content, base, depth)];
  return { format: `${name}${titleOf(children[0])}`, bytes: bytes.length, fields, children };
}

/** " of command ECS43 disable supply" from the innermost layer. */
function titleOf(child: DecodedNode | undefined): string {
  if (child === undefined) return "";
  const inner = child.format.startsWith("COSE_") ? child.format.replace(/^\S+ of /, "") : child.format;
  return ` of ${inner}`;
}

function optional(name: string, value: Uint8Array | undefined): DecodedField[] {
  return value === undefined ? [] : [{ name, value: toHex(value) }];
}

function contentNode(layer: Uint8Array, part: Part, layerBase: number, depth: number): DecodedNode {
  const { bytes: content, offset } = part;
  const base = layerBase + offset;
  if (isTagged(content) && depth < MAX_LAYERS) return decodeLayer(content, base, depth + 1);
  const { certificates } = suites.cose;
  const readings = [
    () => certificateNode(certificates.read(layer), content),
    () => messageNode(content, base),
  ];
  for (const read of readings) {
    try {
      return read();
    } catch {
      // The next reading; the last one, plain CBOR or bytes, always works.
    }
  }
  return genericNode(content, base);
}

function genericNode(content: Uint8Array, offset: number): DecodedNode {
  const place = { offset, length: content.length };
  const bytes = content.length;
  try {
    const fields = [{ name: "content", value: cborText(content).text, ...place }];
    return { format: "CBOR that is no message of ours", bytes, fields, children: [] };
  } catch {
    const fields = [{ name: "content", value: shownBytes(content), ...place }];
    return { format: "content that is no CBOR", bytes, fields, children: [] };
  }
}

function messageNode(plain: Uint8Array, offset: number): DecodedNode {
  const message = suites.cose.decodePlain(plain);
  const { header } = message;
  const fields = [...headerFields(header, offset, plain.length), ...bodyFields(message)];
  const format = `${kinds[header.kind]} ${nameOf(header.code)}`;
  return { format, bytes: plain.length, fields, children: sealedChildren(message) };
}

function headerFields(header: Header, offset: number, length: number): DecodedField[] {
  const { timeS, supplementary } = header;
  const fields: DecodedField[] = [
    { name: "kind", value: kinds[header.kind], offset, length },
    { name: "message code", value: hexNumber(header.code, 4), note: nameOf(header.code) },
    { name: "originator", value: header.originator },
    { name: "target", value: header.target },
    { name: "counter", value: String(header.counter) },
  ];
  if (timeS !== undefined) fields.push({ name: "time", value: shownTime(timeS), note: String(timeS) });
  if (supplementary !== undefined)
    fields.push({
      name: "supplementary",
      value: supplementary.party,
      ...(supplementary.counter === undefined ? {} : { note: `counter ${supplementary.counter}` }),
    });
  return fields;
}

/** Sensitive values travel as a COSE_Encrypt0 in a result. */
function sealedChildren(message: Message): DecodedNode[] {
  if (!("results" in message)) return [];
  return message.results.flatMap(({ value }) => {
    if (!(value instanceof Uint8Array) || layerName(value) !== "COSE_Encrypt0") return [];
    try {
      return [decodeLayer(value, 0, MAX_LAYERS)];
    } catch {
      return [];
    }
  });
}

function certificateNode(certificate: Certificate, content: Uint8Array): DecodedNode {
  const { notAfterS } = certificate;
  const fields: DecodedField[] = [
    { name: "subject", value: certificate.subject },
    { name: "role", value: certificate.role },
    {
      name: "usage",
      value: certificate.usage,
      note: certificate.usage === "agree" ? "X25519 key" : "Ed25519 key",
    },
    { name: "public key", value: toHex(certificate.publicKey) },
    { name: "valid from", value: shownTime(certificate.notBeforeS) },
    { name: "valid until", value: notAfterS === undefined ? "no expiry" : shownTime(notAfterS) },
    { name: "serial", value: toHex(certificate.serial) },
    { name: "issuer", value: certificate.issuer, note: `key ${toHex(certificate.issuerKeyId)}` },
  ];
  return { format: `CWT certificate of ${certificate.subject}`, bytes: content.length, fields, children: [] };
}
