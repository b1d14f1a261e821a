import { connect, type Socket } from "node:net";
import { messageOf } from "../../base/coded-error.ts";
import { deadline, type Timers } from "../timers.ts";
import { BaseLine, plain } from "./base-line.ts";
import { LineError } from "./errors.ts";
import type { Line } from "./line.ts";

export interface SocketOptions {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly timers: Timers;
  readonly openTimeoutMs: number;
  readonly writeTimeoutMs: number;
}

/** A peer whose machine died says nothing: after this much silence TCP asks whether it is there. */
const keepAliveMs = 5000;

/** Connects; rejects with `line/open` or `line/timeout`. */
export async function connectSocket(options: SocketOptions): Promise<Socket> {
  const { host, port, timers, openTimeoutMs } = options;
  const socket = connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAliveMs });
  const connected = new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("error", reject);
  });
  try {
    await deadline(timers, openTimeoutMs, `${host}:${port} to accept the connection`).guard(connected);
    return socket;
  } catch (error) {
    socket.on("error", () => undefined).destroy();
    if (error instanceof LineError) throw error;
    throw connectError(options, error as NodeJS.ErrnoException);
  }
}

/** The system's words carry the address once more, or none at all. */
function connectError({ name, host }: SocketOptions, cause: NodeJS.ErrnoException): LineError {
  const make = (message: string, advice: string) =>
    new LineError("line/open", `${name} ${message}`, { line: name, advice }, cause);
  switch (cause.code) {
    case "ECONNREFUSED":
      return make(
        "refuses the connection",
        "Is the server (ser2net, `meterbench emulate`) running there, on that port?",
      );
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return make(
        `is not found: no machine is called ${host}`,
        "Check how the name is written, and that this machine can look it up; an IP address works too.",
      );
    case "EHOSTUNREACH":
    case "ENETUNREACH":
    case "ETIMEDOUT":
      return make("cannot be reached", "Check the address, that the machine is on, and the network between.");
    default:
      return make(`does not connect: ${messageOf(cause)}`, "Check the address, and that the server runs.");
  }
}

/** A connection as a line: bytes only. Subclasses may put a protocol between. */
export class SocketLine extends BaseLine {
  protected readonly socket: Socket;

  constructor(socket: Socket, { name, timers, writeTimeoutMs }: SocketOptions) {
    super(name, timers, writeTimeoutMs);
    this.socket = socket;
    socket.on("data", (bytes: Buffer) => this.arrived(plain(bytes)));
    socket.on("end", () => this.lost("the far end closed the connection"));
    socket.on("error", (error) => this.lost(error.message));
    socket.on("close", () => this.lost("the connection closed"));
  }

  /** Bytes from the connection. */
  protected arrived(bytes: Uint8Array): void {
    this.received(bytes);
  }

  protected override send(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.socket.write(bytes, (error) =>
        error ? reject(this.error("line/closed", `writing failed: ${error.message}`, error)) : resolve(),
      );
    });
  }

  protected override async release(): Promise<void> {
    this.socket.destroySoon();
    this.timers.after(1000, () => this.socket.destroy());
  }
}

/** Opens `tcp://host:port`. */
export async function openSocketLine(options: SocketOptions): Promise<Line> {
  return new SocketLine(await connectSocket(options), options);
}
