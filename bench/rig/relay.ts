/** A TCP port of this machine that leads to a line, with a latency each way, as USB adapters have. */
import { createServer, type Socket } from "node:net";
import type { Line } from "../../hal/serial/line/index.ts";
import type { Timers } from "../../hal/serial/timers.ts";

export interface Relay {
  /** For `openLine`. */
  readonly address: string;
  /** From now on the host hears all that it sends, as from a shell that echoes. */
  echo(): void;
  close(): Promise<void>;
}

/** Takes one connection at a time. The line stays open when the relay closes. */
export async function latencyRelay(line: Line, delayMs: number, timers: Timers): Promise<Relay> {
  let host: Socket | undefined;
  let echoes = false;
  // Timers of one delay keep their order, so the bytes keep theirs.
  const later = (action: () => void) => (delayMs === 0 ? action() : void timers.after(delayMs, action));
  const detach = line.onData((bytes) => later(() => host?.write(bytes)));
  const server = createServer({ noDelay: true }, (socket) => {
    host?.destroy();
    host = socket;
    socket.on("error", () => socket.destroy());
    socket.on("data", (bytes) => {
      if (echoes) socket.write(bytes);
      later(() => void line.write(bytes).catch(() => socket.destroy()));
    });
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => resolve((server.address() as { port: number }).port));
  });
  return {
    address: `tcp://127.0.0.1:${port}`,
    echo() {
      echoes = true;
    },
    async close() {
      detach();
      host?.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
