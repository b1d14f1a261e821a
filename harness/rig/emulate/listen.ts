/** Where a device is served: a serial path, a pty of our own, or a TCP port that one host at a time connects to. */
import { createServer, type Server, type Socket } from "node:net";
import { CodedError } from "../../../hal/base/coded-error.ts";
import type { Cancel } from "../../../hal/board.ts";
import { removeNow, socketFolder } from "../../../hal/emulated/processes.ts";
import { SerialPair } from "../../../hal/emulated/serial-pair.ts";
import { requireTools } from "../../../hal/emulated/tools.ts";
import { type Line, LineSession } from "../../../hal/serial/line/index.ts";
import { SocketLine } from "../../../hal/serial/line/socket-line.ts";
import { realTimers, type Timers } from "../../../hal/serial/timers.ts";

/** A place that is listened on. */
export interface Listening {
  /** The address as others may use it, such as `tcp://127.0.0.1:4059`. */
  readonly address: string;
  /** Rejects with `rig/port-lost` when a serial port went away and stayed away; else never settles. */
  readonly lost: Promise<never>;
  close(): Promise<void>;
}

/** What becomes of the line: hosts that come and go, and those sent away; a serial port that is lost and found. */
export interface ListenEvent {
  readonly kind: "connected" | "disconnected" | "refused";
  readonly text: string;
}

export interface ListenOptions {
  readonly timers?: Timers;
  readonly onEvent?: (event: ListenEvent) => void;
  /** How long a serial port that went away is looked for. Default 30 s. */
  readonly giveUpAfterMs?: number;
  /** Of a serial port, bits a second; default 115200. */
  readonly baud?: number | undefined;
  /** Nothing but packets may be said on the line: a caller is sent away without a word. */
  readonly wordless?: boolean;
}

/** A caller that is sent away has so long to go. */
const goodbyeMs = 1000;

/** Starts serving a line; what it returns ends that. */
export type Serve = (line: Line) => Cancel;

/** Opens `port` and serves each line on it. Throws `line/...`, `emulated/...`, `cli/usage`. */
export async function listen(port: string, serve: Serve, options: ListenOptions = {}): Promise<Listening> {
  if (port.startsWith("tcp://")) return listenTcp(port, serve, options);
  return port === "pty" ? listenPty(serve, options) : listenSerial(port, serve, options);
}

async function listenSerial(port: string, serve: Serve, options: ListenOptions): Promise<Listening> {
  const { timers = realTimers, giveUpAfterMs = 30_000, baud, onEvent = () => {} } = options;
  const line = await LineSession.open(port, {
    ...{ timers, giveUpAfterMs },
    ...(baud !== undefined && { baudRate: baud }),
  });
  onEvent({ kind: "connected", text: `${port} is open` });
  line.onLost((reason) => onEvent({ kind: "disconnected", text: `${port} lost: ${reason}; looking for it` }));
  let stop = serve(line);
  // Who plugged it in again may be another host.
  line.onBack(() => {
    stop();
    stop = serve(line);
    onEvent({ kind: "connected", text: `${port} is back` });
  });
  let closed = false;
  const lost = new Promise<never>((_resolve, reject) => {
    line.onClose((reason) => {
      if (!closed) reject(portLost(port, reason));
    });
  });
  // Whoever does not wait for it hears of it by the events.
  lost.catch(() => {});
  const close = async (): Promise<void> => {
    closed = true;
    stop();
    await line.close();
  };
  return { address: port, lost, close };
}

const portLost = (port: string, reason: string): CodedError =>
  new CodedError("rig/port-lost", `emulate: ${port}: ${reason}`, {
    advice: "Is the cable in, or the other end of the pty pair still there? Then start it again.",
  });

/** A pair of pseudo-terminals; the other side's path is the address. */
async function listenPty(serve: Serve, options: ListenOptions): Promise<Listening> {
  requireTools("socat");
  const folder = socketFolder();
  const pair = await SerialPair.start(folder, options.timers ?? realTimers).catch((error: unknown) => {
    removeNow(folder);
    throw error;
  });
  const release = async (): Promise<void> => {
    await pair.stop();
    removeNow(folder);
  };
  try {
    const served = await listenSerial(pair.boardPath, serve, options);
    const close = () => served.close().finally(release);
    return { ...served, address: pair.hostPath, close };
  } catch (error) {
    await release();
    throw error;
  }
}

/** `tcp://HOST:PORT`; without a host the loopback, with port 0 any free one. */
async function listenTcp(text: string, serve: Serve, options: ListenOptions): Promise<Listening> {
  const parts = /^tcp:\/\/(?:\[([0-9a-fA-F:]+)\]|([^:/[\]]*)):(\d{1,5})\/?$/.exec(text);
  if (parts === null || Number(parts[3]) > 65_535)
    throw new CodedError("cli/usage", `emulate: "${text}" is no address to listen on`, {
      advice: "Expected tcp://HOST:PORT, or tcp://:PORT for this machine alone.",
    });
  const host = parts[1] ?? (parts[2] || "127.0.0.1");
  const connections = new Connections(text, serve, options);
  const server = createServer({ noDelay: true, keepAlive: true }, (socket) => connections.take(socket));
  await bound(server, host, Number(parts[3]));
  const { port } = server.address() as { port: number };
  const close = async (): Promise<void> => {
    connections.end();
    await new Promise((resolve) => server.close(resolve));
  };
  const address = `tcp://${host.includes(":") ? `[${host}]` : host}:${port}`;
  return { address, lost: new Promise<never>(() => {}), close };
}

function bound(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause) =>
      reject(
        new CodedError("rig/listen", `emulate: cannot listen on ${host}:${port} (${cause.message})`, {
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
  readonly #onEvent: (event: ListenEvent) => void;
  readonly #goodbye: string;
  #line: Line | undefined;

  constructor(name: string, serve: Serve, options: ListenOptions) {
    const { timers = realTimers, onEvent = () => {}, wordless = false } = options;
    this.#name = name;
    this.#serve = serve;
    this.#timers = timers;
    this.#onEvent = onEvent;
    this.#goodbye = wordless ? "" : "meterbench: another host is connected to this device\r\n";
  }

  take(socket: Socket): void {
    const peer = `${socket.remoteAddress}:${socket.remotePort}`;
    if (this.#line === undefined) this.#serveOn(socket, peer);
    else this.#sendAway(socket, peer);
  }

  #serveOn(socket: Socket, peer: string): void {
    const options = { name: this.#name, host: "", port: 0, openTimeoutMs: 5000, writeTimeoutMs: 10_000 };
    const line = new SocketLine(socket, { ...options, timers: this.#timers });
    this.#line = line;
    const stop = this.#serve(line);
    this.#onEvent({ kind: "connected", text: `${peer} connected` });
    line.onClose((reason) => {
      stop();
      if (this.#line === line) this.#line = undefined;
      this.#onEvent({ kind: "disconnected", text: `${peer} gone: ${reason}` });
    });
  }

  /** On the console, where a person sees it and a client of SMP skips it. */
  #sendAway(socket: Socket, peer: string): void {
    socket.on("error", () => {}).setTimeout(goodbyeMs, () => socket.destroy());
    socket.resume().end(this.#goodbye);
    this.#onEvent({ kind: "refused", text: `${peer} sent away: another host is connected` });
  }

  end(): void {
    void this.#line?.close();
  }
}
