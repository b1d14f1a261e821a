export { aesMmo, type BlockCipher, hmacMmo } from "./aes-mmo.ts";
export { compareBytes, concat, isErased, sameBytes } from "./bytes.ts";
export {
  type CborHead,
  encodeHead,
  HeadReader,
  headBytes,
  Major,
  type NoHead,
  putHead,
  readHead,
} from "./cbor-head.ts";
export { CodedError, hasCode, messageOf, withoutStack } from "./coded-error.ts";
export { crc16Kermit, crc16X25, crc16Xmodem, crc32 } from "./crc.ts";
export { type Eui64, euiBytes, euiText } from "./eui64.ts";
export { fromHex, toHex, toLowerHex } from "./hex.ts";
