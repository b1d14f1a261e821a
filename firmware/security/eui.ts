/** EUI-64s as bytes (8) and as text (16 upper-case hex digits): one pair of helpers, in the words of this room. */
export { eui64FromBytes as euiText, eui64ToBytes as euiBytes } from "../wire/cose/eui64.ts";
