/**
 * A toy wire: COSE messages in a frame of its own (a magic, the bytes turned round, a CRC), with MACs over a label
 * and the input, so that neither wire takes what the other wrote. It shows how little a wire needs, and protects no
 * better than COSE.
 */
import { concat } from "../../../hal/base/bytes.ts";
import { CodedError } from "../../../hal/base/coded-error.ts";
import { crc16X25 } from "../../../hal/base/crc.ts";
import { coseSuite } from "../cose/suite.ts";
import type { Suite } from "../suite.ts";
import type { Wire } from "../wire.ts";

const cose = coseSuite.wire;
const magic = 0x54;
const label = new TextEncoder().encode("toy");

const check = (turned: Uint8Array): Uint8Array => {
  const crc = crc16X25(turned);
  return Uint8Array.of(crc >> 8, crc & 0xff);
};

function frame(inner: Uint8Array): Uint8Array {
  const turned = inner.toReversed();
  return concat(Uint8Array.of(magic), turned, check(turned));
}

/** Throws `wire/malformed`. */
function unframe(bytes: Uint8Array): Uint8Array {
  const [turned, crc] = [bytes.subarray(1, -2), bytes.subarray(-2)];
  if (bytes.length > 3 && bytes[0] === magic && check(turned).every((byte, i) => byte === crc[i]))
    return turned.toReversed();
  const message = `toy wire: expected a frame of ${magic}, content and its CRC, got ${bytes.length} bytes that are none`;
  throw new CodedError("wire/malformed", message, { bytes: bytes.length });
}

const wire: Wire = {
  ...cose,
  name: "toy",
  peek: (bytes) => cose.peek(unframe(bytes)),
  sign: (plain, sign, keyId) => frame(cose.sign(plain, sign, keyId)),
  protect: (message, mac, keyId) =>
    frame(cose.protect(message[0] === magic ? unframe(message) : message, mac, keyId)),
};

export const toySuite: Suite = {
  ...coseSuite,
  wire,
  macs(crypto, own, peerPublic, pair) {
    const macs = coseSuite.macs(crypto, own, peerPublic, pair);
    return macs && ((transaction) => (input) => macs(transaction)(concat(label, input)));
  },
};
