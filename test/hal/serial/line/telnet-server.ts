/** A server of RFC 2217 that tests can make as bad as the real ones. */
import { createServer, type Server, type Socket } from "node:net";
import { subnegotiation, TelnetReader, telnet } from "../../../../hal/serial/line/telnet.ts";

export interface Behaviour {
  /** Bytes sent when a client connects. */
  readonly greeting?: Uint8Array;
  /** What to answer to WILL COM-PORT; undefined for nothing. */
  readonly comPort?: "do" | "dont" | undefined;
  /** The value to answer to a request; undefined leaves it unanswered. Default: as asked. */
  readonly answer?: (code: number, value: Uint8Array) => Uint8Array | undefined;
  /** Accepts, and never reads. */
  readonly deaf?: boolean;
}

export class TelnetServer {
  readonly #server: Server;
  readonly sockets = new Set<Socket>();
  /** COM-PORT requests so far: code and value in hex. */
  readonly requests: string[] = [];
  /** Data so far, without telnet. */
  readonly data: number[] = [];
  /** Everything that came, as it came. */
  readonly raw: number[] = [];

  static async start(behaviour: Behaviour = {}): Promise<TelnetServer> {
    const server = new TelnetServer({ comPort: "do", answer: (_code, value) => value, ...behaviour });
    await new Promise<void>((resolve) => server.#server.listen(0, "127.0.0.1", resolve));
    return server;
  }

  private constructor(behaviour: Behaviour) {
    this.#server = createServer((socket) => {
      this.sockets.add(socket);
      socket.on("error", () => undefined);
      if (behaviour.greeting !== undefined) socket.write(behaviour.greeting);
      if (behaviour.deaf) return void socket.pause();
      const reader = new TelnetReader();
      socket.on("data", (bytes) => this.#serve(socket, reader, bytes, behaviour));
    });
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  send(bytes: Uint8Array): void {
    for (const socket of this.sockets) socket.write(bytes);
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(socket: Socket, reader: TelnetReader, bytes: Uint8Array, { comPort, answer }: Behaviour): void {
    this.raw.push(...bytes);
    for (const event of reader.read(bytes)) {
      if (event.kind === "data") this.data.push(...event.bytes);
      else if (event.kind === "subnegotiation") {
        const [code = 0, ...value] = event.payload;
        this.requests.push(`${code}:${Buffer.from(value).toString("hex")}`);
        const reply = answer?.(code, Uint8Array.from(value));
        if (reply !== undefined) socket.write(subnegotiation(44, Uint8Array.of(code + 100, ...reply)));
      } else if (event.verb === telnet.WILL && event.option === 44 && comPort !== undefined)
        socket.write(Uint8Array.of(telnet.IAC, comPort === "do" ? telnet.DO : telnet.DONT, 44));
    }
  }
}
