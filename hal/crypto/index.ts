/** One cryptography contract (`Crypto` in `hal/board.ts`), three libraries that give the same answers. */
import type { Crypto } from "../board.ts";
import { nobleCrypto } from "./noble.ts";
import { nodeCrypto } from "./node.ts";
import { sodiumCrypto } from "./sodium.ts";

export { nobleCrypto, nodeCrypto, sodiumCrypto };

/** The provider called `name`; undefined for sodium where sodium-native is absent. */
export function cryptoByName(name: Crypto["name"]): Crypto | undefined {
  return { noble: nobleCrypto, node: nodeCrypto, sodium: sodiumCrypto }[name]();
}
