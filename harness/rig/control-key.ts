/** The private key that a board obeys, where it wants its acting commands signed (SMP group 64, command 18). */
import { readFileSync } from "node:fs";
import { CodedError } from "../../hal/base/coded-error.ts";
import { nodeCrypto } from "../../hal/crypto/index.ts";
import type { ControlKey } from "../../hal/serial/parts/index.ts";
import { readKeyObject } from "../input/key-file.ts";
import type { RigBoard } from "./rig-file.ts";

export interface OwnControlKey extends ControlKey {
  /** Ed25519, 32 bytes: what the board has. */
  readonly publicKey: Uint8Array;
}

const known = new Map<string, OwnControlKey>();

/** {@link readControlKey}, once a process: all clients of a board count on together. */
export function controlKeyOf({ controlKey }: RigBoard): OwnControlKey | undefined {
  if (controlKey === undefined) return undefined;
  const key = known.get(controlKey) ?? readControlKey(controlKey);
  known.set(controlKey, key);
  return key;
}

/**
 * The key in a PEM file (Ed25519, PKCS #8). Its counter is the time in microseconds, and grows with every command: above
 * every counter of an earlier run. Throws `rig-file/control-key`.
 */
export function readControlKey(file: string, utcMs: () => number = Date.now): OwnControlKey {
  const signer = nodeCrypto().ed25519Signer(seedIn(file));
  let last = 0;
  return {
    publicKey: signer.publicKey,
    sign: (message) => signer.sign(message),
    nextCounter: () => {
      last = Math.max(last + 1, utcMs() * 1000);
      return last;
    },
  };
}

function seedIn(file: string): Uint8Array {
  try {
    const key = readKeyObject(readFileSync(file), "private");
    if (typeof key === "string") throw new Error(`it ${key}`);
    if (key.asymmetricKeyType !== "ed25519") throw new Error(`it is a key of type ${key.asymmetricKeyType}`);
    return new Uint8Array(key.export({ format: "der", type: "pkcs8" }).subarray(-32));
  } catch (cause) {
    throw new CodedError(
      "rig-file/control-key",
      `the control key ${file} cannot be used: ${(cause as Error).message}`,
      {
        file,
        advice: "Give a PEM file with a private Ed25519 key: openssl genpkey -algorithm ed25519 -out FILE.",
      },
      cause,
    );
  }
}
