/**
 * Zigbee install codes: the secret on a device's label, and the link key it becomes
 * (Zigbee specification, annex B.6 AES-MMO; base device behaviour, install codes).
 */
import { concat } from "../../hal/base/bytes.ts";
import { CodedError } from "../../hal/base/coded-error.ts";
import { crc16X25 } from "../../hal/base/crc.ts";
import type { Crypto } from "../../hal/board.ts";

const CODE_BYTES = [6, 8, 12, 16];
const BLOCK = 16;

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

/** AES-MMO hash, 16 bytes, of a message under 8,192 bytes. */
export function aesMmo(crypto: Crypto, message: Uint8Array): Uint8Array {
  if (message.length >= 8192) {
    throw new CodedError("han/install-code", "AES-MMO: expected fewer than 8,192 bytes", {
      bytes: message.length,
    });
  }
  const padded = pad(message);
  let hash: Uint8Array = new Uint8Array(BLOCK);
  for (let at = 0; at < padded.length; at += BLOCK) {
    const block = padded.subarray(at, at + BLOCK);
    hash = crypto.aesBlock(hash, block).map((byte, i) => byte ^ block[i]!);
  }
  return hash;
}

/** HMAC over AES-MMO (annex B.1.4): specialises link keys, and proves one without showing it. */
export function hmacMmo(crypto: Crypto, key: Uint8Array, message: Uint8Array): Uint8Array {
  const inner = aesMmo(
    crypto,
    concat(
      key.map((byte) => byte ^ 0x36),
      message,
    ),
  );
  return aesMmo(
    crypto,
    concat(
      key.map((byte) => byte ^ 0x5c),
      inner,
    ),
  );
}

function pad(message: Uint8Array): Uint8Array {
  const padded = new Uint8Array(Math.ceil((message.length + 3) / BLOCK) * BLOCK);
  padded.set(message);
  padded[message.length] = 0x80;
  const bits = message.length * 8;
  padded[padded.length - 2] = bits >>> 8;
  padded[padded.length - 1] = bits & 0xff;
  return padded;
}
