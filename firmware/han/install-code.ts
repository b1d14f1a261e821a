/**
 * Zigbee install codes: the secret on a device's label, and the link key it becomes
 * (base device behaviour, install codes).
 */
import { aesMmo } from "../../hal/base/aes-mmo.ts";
import { CodedError } from "../../hal/base/coded-error.ts";
import { crc16X25 } from "../../hal/base/crc.ts";
import type { Crypto } from "../../hal/board.ts";

const CODE_BYTES = [6, 8, 12, 16];

/** Appends the CRC, low byte first. Throws `han/install-code` unless the code has 6, 8, 12 or 16 bytes. */
export function withCrc(code: Uint8Array): Uint8Array {
  if (!CODE_BYTES.includes(code.length)) {
    throw new CodedError(
      "han/install-code",
      `install code: expected 6, 8, 12 or 16 bytes without CRC, got ${code.length}`,
      { bytes: code.length },
    );
  }
  const crc = crc16X25(code);
  return Uint8Array.of(...code, crc & 0xff, crc >>> 8);
}

/** True when `code` has a legal length and its last two bytes are its CRC. */
export function installCodeValid(code: Uint8Array): boolean {
  const bare = code.subarray(0, -2);
  if (!CODE_BYTES.includes(bare.length)) return false;
  const crc = crc16X25(bare);
  return code.at(-2) === (crc & 0xff) && code.at(-1) === crc >>> 8;
}

/** The 16-byte link key of a code that carries its CRC. Throws `han/install-code` when the CRC is wrong. */
export function linkKeyOf(crypto: Crypto, codeWithCrc: Uint8Array): Uint8Array {
  if (!installCodeValid(codeWithCrc)) {
    throw new CodedError(
      "han/install-code",
      `install code: its last two bytes are not the CRC-16/X-25 of the others (${codeWithCrc.length} bytes); check the label`,
      { bytes: codeWithCrc.length },
    );
  }
  return aesMmo(crypto, codeWithCrc);
}
