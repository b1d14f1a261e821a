/** The parts of a board, and cryptography behind one contract. The simulated board is `meterbench/hal/mock`. */
export * from "./board.ts";
export { cryptoByName, nobleCrypto, nodeCrypto, sodiumCrypto } from "./crypto/index.ts";
