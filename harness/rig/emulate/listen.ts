/** Where a device is served: a serial path, or a TCP port that one host at a time connects to. */
import { createServer, type Server, type Socket } from "node:net";
import { MeterbenchError } from "../../../firmware/kernel/errors.ts";
import type { Cancel } from "../../../hal/board.ts";
import { type Line, LineSession } from "../../../hal/serial/line/index.ts";
import { SocketLine } from "../../../hal/serial/line/socket-line.ts";
import { realTimers, type Timers } from "../../../hal/serial/timers.ts";

/** A place that is listened on. */
export interface Listening {
  /** The address as others may use it, such as `tcp://127.0.0.1:4059`. */
  readonly address: string;
  close(): Promise<void>;
}

/** Starts serving a line; what it returns ends that. */
export type Serve = (line: Line) => Cancel;

export interface ListenOptions {
  readonly timers?: Timers;
  /** Of a serial port, bits a second; default 115200. */
  readonly baud?: number | undefined;
}

/** Opens `port` and serves each line on it. Throws `line/...`, `cli/usage`. */
export async function listen(port: string, serve: Serve, options: ListenOptions = {}): Promise<Listening> {
  const { timers = realTimers, baud } = options;
  if (port.startsWith("tcp://")) return listenTcp(port, serve, timers);
  const line = await LineSession.open(port, {
    timers,
    giveUpAfterMs: 365 * 86_400_000,
    ...(baud !== undefined && { baudRate: baud }),
  });
  const stop = serve(line);
  const close = async (): Promise<void> => {
    stop();
    await line.close();
  };
  return { address: port, close };
}

/** `tcp://HOST:PORT`; without a host the loopback, with port 0 any free one. */
async function listenTcp(text: string, serve: Serve, timers: Timers): Promise<Listening> {
  const parts = /^tcp:\/\/(?:\[([0-9a-fA-F:]+)\]|([^:/[\]]*)):(\d{1,5})\/?$/.exec(text);
  if (parts === null || Number(parts[3]) > 65_535)
    throw new MeterbenchError("cli/usage", `emulate: "${text}" is no address to listen on`, {
      advice: "Expected tcp://HOST:PORT, or tcp://:PORT for this machine alone.",
    });
  const host = parts[1] ?? (parts[2] || "127.0.0.1");
  const connections = new Connections(text, serve, timers);
  const server = createServer({ noDelay: true, keepAlive: true }, (socket) => connections.take(socket));
  await bound(server, host, Number(parts[3]));
  const { port } = server.address() as { port: number };
  const close = async (): Promise<void> => {
    connections.end();
    await new Promise((resolve) => server.close(resolve));
  };
  return { address: `tcp://${host.includes(":") ? `[${host}]` : host}:${port}`, close };
}

function bound(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause) =>
      reject(
        new MeterbenchError("rig/listen", `emulate: cannot listen on ${host}:${port} (${cause.message})`, {
          advice: "Is the port in use, or the address another machine's?",
        }),
      ),
    );
    server.listen(port, host, resolve);
  });
}

/** A board has one UART: while one host is connected others are sent away. */
class Connections {
  readonly #name: string;
  readonly #serve: Serve;
  readonly #timers: Timers;
  #line: Line | undefined;

  constructor(name: string, serve: Serve, timers: Timers) {
    this.#name = name;
    this.#serve = serve;
    this.#timers = timers;
  }

  take(socket: Socket): void {
    if (this.#line !== undefined) {
      socket.on("error", () => {}).destroy();
      return;
    }
    const options = { name: this.#name, host: "", port: 0, openTimeoutMs: 5000, writeTimeoutMs: 10_000 };
    const line = new SocketLine(socket, { ...options, timers: this.#timers });
    this.#line = line;
    const stop = this.#serve(line);
    line.onClose(() => {
      stop();
      if (this.#line === line) this.#line = undefined;
    });
  }

  end(): void {
    void this.#line?.close();
  }
}
