/**
 * Whether a GBCS message of a device is authentic, by node:crypto and the published layout alone: nothing of
 * firmware or harness is used, so that a fault there cannot hide here too.
 */
import {
  createCipheriv,
  createECDH,
  createHash,
  createPublicKey,
  timingSafeEqual,
  verify,
} from "node:crypto";

export interface GbcsKeys {
  /** Signing key of a device, 65 bytes; its agreement key. */
  readonly device: (eui: string) => { readonly sign: Uint8Array; readonly agree: Uint8Array } | undefined;
  /** Agreement secret of a party. */
  readonly party: (eui: string) => Uint8Array | undefined;
}

export type Verdict = "signature" | "mac" | "refused";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex").toUpperCase();

/** What protected it, when that is right. */
export function checkGbcs(bytes: Uint8Array, keys: GbcsKeys): Verdict {
  try {
    return bytes[0] === 0xdd ? checkMac(Buffer.from(bytes), keys) : checkSignature(Buffer.from(bytes), keys);
  } catch (error) {
    if (error instanceof RangeError) return "refused";
    throw error;
  }
}

/** [value, where it ends] */
function lengthAt(bytes: Buffer, at: number): [number, number] {
  const first = bytes.readUInt8(at);
  if (first < 0x80) return [first, at + 1];
  if (first === 0x81) return [bytes.readUInt8(at + 1), at + 2];
  if (first === 0x82) return [bytes.readUInt16BE(at + 1), at + 3];
  throw new RangeError("no length");
}

interface Fields {
  readonly transaction: Buffer;
  readonly originator: Buffer;
  readonly recipient: Buffer;
  readonly contentEnd: number;
  readonly signature: Buffer;
}

/** DF, then seven fields, each behind its length: transaction, two parties, time, other information, content, signature. */
function fieldsOf(bytes: Buffer): Fields {
  if (bytes[0] !== 0xdf) throw new RangeError("no general-signing");
  const fields: Buffer[] = [];
  let at = 1;
  let contentEnd = 0;
  while (fields.length < 7) {
    const [length, from] = lengthAt(bytes, at);
    if (from + length > bytes.length) throw new RangeError("past the end");
    fields.push(bytes.subarray(from, from + length));
    at = from + length;
    if (fields.length === 6) contentEnd = at;
  }
  if (at !== bytes.length) throw new RangeError("more than a message");
  const [transaction, originator, recipient, , , , signature] = fields as [
    Buffer,
    Buffer,
    Buffer,
    ...Buffer[],
  ];
  if (transaction.length !== 9 || originator.length !== 8 || recipient.length !== 8)
    throw new RangeError("lengths");
  return { transaction, originator, recipient, contentEnd, signature: signature as Buffer };
}

function checkSignature(bytes: Buffer, keys: GbcsKeys): Verdict {
  const { originator, contentEnd, signature } = fieldsOf(bytes);
  const device = keys.device(hex(originator));
  if (device === undefined || signature.length !== 64) return "refused";
  const part = (from: number) => Buffer.from(device.sign.subarray(from, from + 32)).toString("base64url");
  const key = createPublicKey({ key: { kty: "EC", crv: "P-256", x: part(1), y: part(33) }, format: "jwk" });
  const signed = bytes.subarray(1, contentEnd);
  return verify("sha256", signed, { key, dsaEncoding: "ieee-p1363" }, signature) ? "signature" : "refused";
}

function checkMac(bytes: Buffer, keys: GbcsKeys): Verdict {
  if (!bytes.subarray(1, 7).equals(Buffer.alloc(6))) return "refused";
  const [length, from] = lengthAt(bytes, 7);
  if (from + length !== bytes.length) return "refused";
  const security = bytes.subarray(from, from + 5);
  if (hex(security) !== "1100000000") return "refused";
  const whole = bytes.subarray(from + 5, -12);
  const { transaction, originator, recipient } = fieldsOf(whole);
  const [device, secret] = [keys.device(hex(originator)), keys.party(hex(recipient))];
  if (device === undefined || secret === undefined) return "refused";
  const own = createECDH("prime256v1");
  own.setPrivateKey(secret);
  const z = own.computeSecret(device.agree);
  const one = Buffer.of(0, 0, 0, 1);
  const algorithm = Buffer.from("60857406080300", "hex");
  const input = Buffer.concat([one, z, algorithm, originator, Buffer.of(9), transaction, recipient]);
  const key = createHash("sha256").update(input).digest().subarray(0, 16);
  const cipher = createCipheriv("aes-128-gcm", key, Buffer.concat([originator, Buffer.alloc(4)]));
  cipher.setAAD(Buffer.concat([security, Buffer.of(0), whole]));
  cipher.final();
  return timingSafeEqual(cipher.getAuthTag().subarray(0, 12), bytes.subarray(-12)) ? "mac" : "refused";
}
