/**
 * The GBCS wire (GBCS section 7.2, 8): MAC wrapper around general-signing around a payload. The payload is DLMS,
 * ASN.1 or GBZ, and stays bytes here.
 */
import { sameBytes } from "../../../hal/base/bytes.ts";
import { euiText } from "../../../hal/base/eui64.ts";
import type { Header, Protection } from "../message.ts";
import type { Envelope, MacContext, Wire } from "../wire.ts";
import { euiBytes, malformed } from "./bytes.ts";
import { readDateTime, writeDateTime } from "./date-time.ts";
import {
  appendSignature,
  type GeneralSigning,
  readGeneralSigning,
  SIGNATURE_BYTES,
  signedPart,
  writeGeneralSigning,
} from "./general-signing.ts";
import { coveredBy, GENERAL_CIPHERING, macInput, readMacWrapper, writeMacWrapper } from "./mac-wrapper.ts";
import { type OtherInformation, readOtherInformation, writeOtherInformation } from "./other-information.ts";

/** A message with its payload as bytes. */
export interface GbcsMessage {
  readonly header: Header;
  readonly payload: Uint8Array;
  /** What other-information holds beyond `header.code` and `header.supplementary`. */
  readonly otherInformation?: Pick<OtherInformation, "originatorCounter" | "certificate"> | undefined;
  /** The 12 bytes of a time stamp that `header.timeS` does not tell alone (clock status, unspecified fields). */
  readonly dateTime?: Uint8Array;
}

export interface GbcsEnvelope extends Envelope {
  readonly otherInformation: OtherInformation;
  readonly dateTime?: Uint8Array;
  readonly payload: Uint8Array;
  /** What the MAC key is derived for. */
  readonly macContext: MacContext;
}

export const gbcsWire: Wire<GbcsEnvelope, GbcsMessage> = {
  name: "gbcs",

  peek(bytes) {
    if (bytes[0] !== GENERAL_CIPHERING) {
      const signing = readGeneralSigning(bytes);
      if (!signing.signature?.length) throw unprotected(bytes.length);
      return envelopeOf(signing, "signature");
    }
    const { from, to, tag } = readMacWrapper(bytes);
    const signing = readGeneralSigning(bytes, from, to);
    if (signing.signature === undefined) throw malformed("signature length", to, "0 or 64", "none");
    const envelope = envelopeOf(signing, signing.signature.length > 0 ? "signature+mac" : "mac");
    envelope.macInput = macInput(bytes.subarray(from, to));
    envelope.macTag = tag;
    return envelope;
  },

  macValid({ macInput: input, macTag }, mac) {
    return input !== undefined && macTag !== undefined && sameBytes(mac(input), macTag);
  },

  signatureValid({ signedInput, signature }, verify) {
    return signedInput !== undefined && signature !== undefined && verify(signedInput, signature);
  },

  decode({ header, payload, otherInformation, dateTime }) {
    const { originatorCounter, certificate } = otherInformation;
    const extra = {
      ...(originatorCounter !== undefined && { originatorCounter }),
      ...(certificate && { certificate }),
    };
    return {
      header,
      payload,
      ...(Object.keys(extra).length > 0 && { otherInformation: extra }),
      ...(dateTime && { dateTime }),
    };
  },

  encode({ header, payload, otherInformation, dateTime }) {
    return writeGeneralSigning({
      kind: header.kind,
      counter: header.counter,
      originator: euiBytes(header.originator),
      target: euiBytes(header.target),
      dateTime: dateTime ?? (header.timeS === undefined ? NOTHING : writeDateTime(header.timeS)),
      otherInformation: writeOtherInformation(informationOf(header, otherInformation)),
      content: payload,
    });
  },

  /** The key identifier is not on this wire: the originator's EUI-64 names the key. */
  sign(plain, sign) {
    const signature = sign(signedPart(plain));
    if (signature.length !== SIGNATURE_BYTES) throw malformed("signature", 0, "64 bytes", signature.length);
    return appendSignature(plain, signature);
  },

  /** `message` is plain, or already signed. The MAC must be the one of this message's own context. */
  protect(message, mac) {
    const { signature } = readGeneralSigning(message);
    const input = macInput(message, signature === undefined);
    return writeMacWrapper(coveredBy(input), mac(input));
  },
};

function informationOf(
  { code, supplementary }: Header,
  more: GbcsMessage["otherInformation"],
): OtherInformation {
  // Nearly all messages: an object of spreads costs as much as the rest of the envelope.
  if (supplementary === undefined && more === undefined) return { code };
  const { party, counter } = supplementary ?? {};
  return { code, ...(party !== undefined && { party }), ...(counter !== undefined && { counter }), ...more };
}

/**
 * Reads a pre-command: general-signing with nothing after the content, or with a single `00`, which some
 * senders append and which is dropped. It is not authentic. Throws `wire/malformed`.
 */
export function readPreCommand(bytes: Uint8Array): { message: GbcsMessage; plain: Uint8Array } {
  const signing = readGeneralSigning(bytes);
  if (signing.signature?.length)
    throw malformed("pre-command", signing.plain.length, "no signature", "a signature");
  if (signing.kind !== 1) throw malformed("CRA flag", 2, "1 (command) in a pre-command", signing.kind);
  return { message: gbcsWire.decode(envelopeOf(signing, "mac")), plain: signing.plain };
}

/** What a MAC key is derived for, from unprotected bytes: for the side that protects. */
export function macContextOf(plain: Uint8Array): MacContext {
  const { originator, target, kind, counter } = readGeneralSigning(plain);
  return { originator, target, kind, counter };
}

const NOTHING = new Uint8Array(0);

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What both protections share; built field by field, as every message a device hears comes through here. */
function envelopeOf(signing: GeneralSigning, protection: Protection): Mutable<GbcsEnvelope> {
  const { kind, counter, originator, target, dateTime, plain, signature } = signing;
  const otherInformation = readOtherInformation(signing.otherInformation, signing.otherInformationAt);
  const envelope: Mutable<GbcsEnvelope> = {
    header: readHeader(signing, otherInformation),
    protection,
    plain,
    payload: signing.content,
    otherInformation,
    macContext: { originator, target, kind, counter },
  };
  if (dateTime.length > 0) envelope.dateTime = dateTime;
  if (signature?.length) {
    envelope.signedInput = signedPart(plain);
    envelope.signature = signature;
  }
  return envelope;
}

function readHeader(signing: GeneralSigning, { code, party, counter }: OtherInformation): Header {
  const { kind, dateTime, otherInformationAt } = signing;
  const header: Mutable<Header> = {
    kind,
    code,
    originator: euiText(signing.originator),
    target: euiText(signing.target),
    counter: signing.counter,
  };
  const timeS =
    dateTime.length > 0 ? readDateTime(dateTime, otherInformationAt - dateTime.length) : undefined;
  if (timeS !== undefined) header.timeS = timeS;
  if (party !== undefined) header.supplementary = counter === undefined ? { party } : { party, counter };
  return header;
}

function unprotected(at: number) {
  return malformed("protection", at, "a signature or a MAC", "neither: at most a pre-command");
}
