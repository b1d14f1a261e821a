/**
 * Zigbee frame security (Zigbee 4.5, annex A): AES-CCM* at level 5 (ENC-MIC-32).
 * The level stands as 5 in nonce and authenticated data, but goes over the air as 0 (4.3.1.1).
 */
import { hmacMmo } from "../../../hal/base/aes-mmo.ts";
import { concat } from "../../../hal/base/bytes.ts";
import type { Crypto } from "../../../hal/board.ts";
import type { Eui64 } from "../../wire/message.ts";
import { malformed, type Reader, Writer } from "./bytes.ts";

/** Which key secures a frame (table 4-31). */
export const KeyId = { data: 0, network: 1, keyTransport: 2, keyLoad: 3 } as const;
export type KeyId = (typeof KeyId)[keyof typeof KeyId];

const LEVEL = 5;
const EXTENDED_NONCE = 0x20;
export const MIC_BYTES = 4;

/** The auxiliary frame header. */
export interface SecurityHeader {
  readonly keyId: KeyId;
  readonly frameCounter: number;
  /** Present with an extended nonce. */
  readonly source?: Eui64;
  /** Present with the network key. */
  readonly keySequence?: number;
}

export function encodeSecurityHeader(header: SecurityHeader, level = 0): Uint8Array {
  const writer = new Writer()
    .u8(level | (header.keyId << 3) | (header.source === undefined ? 0 : EXTENDED_NONCE))
    .u32(header.frameCounter);
  if (header.source !== undefined) writer.eui(header.source);
  if (header.keySequence !== undefined) writer.u8(header.keySequence);
  return writer.done();
}

/** Throws `han/malformed` unless the level on air is 0 and the reserved bits are clear. */
export function readSecurityHeader(reader: Reader): SecurityHeader {
  const control = reader.u8("security control");
  if ((control & 0xc7) !== 0) throw malformed("security control", "level 0, no reserved bit", control);
  const keyId = ((control >>> 3) & 3) as KeyId;
  const frameCounter = reader.u32("frame counter");
  const source = control & EXTENDED_NONCE ? reader.eui("security source") : undefined;
  const keySequence = keyId === KeyId.network ? reader.u8("key sequence number") : undefined;
  return {
    keyId,
    frameCounter,
    ...(source === undefined ? {} : { source }),
    ...(keySequence === undefined ? {} : { keySequence }),
  };
}

/** Header, auxiliary header, encrypted payload and MIC. `source`: the sender, for the nonce. */
export function secure(
  crypto: Crypto,
  key: Uint8Array,
  source: Eui64,
  header: Uint8Array,
  security: SecurityHeader,
  payload: Uint8Array,
): Uint8Array {
  const authenticated = concat(header, encodeSecurityHeader(security, LEVEL));
  const sealed = crypto.aesCcmSeal(key, nonce(source, security), authenticated, payload, MIC_BYTES);
  return concat(header, encodeSecurityHeader(security), sealed);
}

/** The payload, or undefined when the MIC is wrong. */
export function open(
  crypto: Crypto,
  key: Uint8Array,
  source: Eui64,
  header: Uint8Array,
  security: SecurityHeader,
  sealed: Uint8Array,
): Uint8Array | undefined {
  if (sealed.length < MIC_BYTES) return undefined;
  const authenticated = concat(header, encodeSecurityHeader(security, LEVEL));
  return crypto.aesCcmOpen(key, nonce(source, security), authenticated, sealed, MIC_BYTES);
}

function nonce(source: Eui64, security: SecurityHeader): Uint8Array {
  const control = LEVEL | (security.keyId << 3) | (security.source === undefined ? 0 : EXTENDED_NONCE);
  return new Writer().eui(source).u32(security.frameCounter).u8(control).done();
}

/** The key that carries network keys, made from a link key (4.5.3). */
export const keyTransportKey = (crypto: Crypto, linkKey: Uint8Array): Uint8Array =>
  hmacMmo(crypto, linkKey, Uint8Array.of(0));
