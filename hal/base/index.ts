export { compareBytes, concat, isErased, sameBytes } from "./bytes.ts";
export {
  encodeHead,
  HeadReader,
  headBytes,
  Major,
  putHead,
  readHead,
} from "./cbor-head.ts";
export { CodedError, hasCode, messageOf, withoutStack } from "./coded-error.ts";
export { crc16Kermit, crc16X25, crc16Xmodem, crc32 } from "./crc.ts";
export { euiBytes, euiText } from "./eui64.ts";
export { fromHex, toHex } from "./hex.ts";
