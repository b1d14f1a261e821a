import { createHash } from "node:crypto";
import { realpathSync } from "node:fs";
import { createServer } from "node:net";
import { EmulatedError } from "./errors.ts";
import { listening } from "./processes.ts";

/**
 * Makes this process the only one to run a board from `dir`: QEMU itself would share a flash file without a word.
 * The lock is a name among Linux's abstract sockets: it cannot be left behind. Throws `emulated/in-use`.
 */
export async function lockFolder(dir: string): Promise<() => void> {
  const name = createHash("sha256").update(realpathSync(dir)).digest("hex").slice(0, 32);
  const server = createServer((socket) => socket.destroy());
  await listening(server, `\0meterbench-board-${name}`).catch((cause: unknown) => {
    const message = `a board already runs from ${dir}; stop it, or give this one a folder of its own`;
    throw new EmulatedError("emulated/in-use", message, { dir }, cause);
  });
  server.unref();
  return () => void server.close();
}
