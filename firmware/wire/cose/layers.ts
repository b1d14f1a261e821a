/** A COSE structure taken apart to be shown: what protects it, and where its parts stand. Checks nothing. */
import { Major } from "../../../hal/base/cbor-head.ts";
import { Reader } from "./reader.ts";
import { Algorithm, readStructure, type Structure, Tag } from "./structure.ts";

export interface Part {
  readonly bytes: Uint8Array;
  /** From the first byte of the structure. */
  readonly offset: number;
}

export interface CoseLayer {
  readonly name: "COSE_Encrypt0" | "COSE_Mac0" | "COSE_Sign1";
  /** Number and name, e.g. "EdDSA (-8)". */
  readonly algorithm: string;
  readonly keyId: Uint8Array | undefined;
  readonly iv: Uint8Array | undefined;
  readonly protectedHeaders: Part;
  readonly content: Part;
  /** Absent where the content holds its own. */
  readonly authenticator: Part | undefined;
}

const algorithms: Readonly<Record<number, string>> = {
  [Algorithm.a128gcm]: "A128GCM",
  [Algorithm.hmac256]: "HMAC 256/256",
  [Algorithm.es256]: "ES256",
  [Algorithm.eddsa]: "EdDSA",
};
const names: Readonly<Record<number, CoseLayer["name"]>> = {
  [Tag.encrypt0]: "COSE_Encrypt0",
  [Tag.mac0]: "COSE_Mac0",
  [Tag.sign1]: "COSE_Sign1",
};

/** Does a tagged CBOR item stand here? */
export const isTagged = (bytes: Uint8Array): boolean => (bytes[0] ?? 0) >> 5 === Major.tag;

/** The name that the tag of `bytes` gives; undefined for other tags. */
export const layerName = (bytes: Uint8Array): CoseLayer["name"] | undefined =>
  isTagged(bytes) ? names[(bytes[0] ?? 0) & 31] : undefined;

/** Throws `wire/malformed`. */
export function readLayer(bytes: Uint8Array): CoseLayer {
  const tag = (bytes[0] ?? 0) & 31;
  const structure = readStructure(bytes, tag);
  const { protectedHeaders, unprotectedHeaders } = structure;
  return {
    name: names[tag] as CoseLayer["name"],
    algorithm: algorithmOf(structure),
    keyId: protectedHeaders.keyId ?? unprotectedHeaders.keyId,
    iv: protectedHeaders.iv ?? unprotectedHeaders.iv,
    ...partsOf(bytes, tag),
  };
}

function algorithmOf({ protectedHeaders, unprotectedHeaders }: Structure): string {
  const algorithm = protectedHeaders.algorithm ?? unprotectedHeaders.algorithm;
  if (algorithm === undefined) return "none named";
  return `${algorithms[algorithm as number] ?? "unknown"} (${algorithm})`;
}

/** Where the parts of a structure that has been read stand. */
function partsOf(bytes: Uint8Array, tag: number) {
  const reader = new Reader(bytes, 2);
  const string = (): Part => {
    const part = reader.byteString("part");
    return { bytes: part, offset: reader.at - part.length };
  };
  const protectedHeaders = string();
  skipHeaders(reader);
  const content = string();
  const authenticator = tag === Tag.encrypt0 ? undefined : string();
  return { protectedHeaders, content, authenticator };
}

function skipHeaders(reader: Reader): void {
  let items = 1;
  while (items-- > 0) {
    reader.head();
    if (reader.major === Major.bytes || reader.major === Major.text) reader.take(reader.argument);
    if (reader.major === Major.array) items += reader.argument;
    if (reader.major === Major.map) items += 2 * reader.argument;
  }
}
