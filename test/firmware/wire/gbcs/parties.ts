/** What tests of the GBCS suite share. */
import type { ValuesCodec } from "../../../../firmware/wire/gbcs/hidden-values.ts";
import { nodeCrypto } from "../../../../hal/crypto/index.ts";

export const crypto = nodeCrypto();

const unused = (): never => {
  throw new Error("this test hides no values");
};
/** For tests of what has nothing to do with payloads. */
export const noValues: ValuesCodec = { write: unused, read: unused };
