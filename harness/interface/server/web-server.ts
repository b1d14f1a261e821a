/** HTTP for strangers: POST of bounded XML and files to known paths, in bounded time, over a bounded number of connections. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { CodedError, messageOf } from "../../../hal/base/coded-error.ts";
import { MAX_XML_BYTES } from "../xml-reader.ts";
import type { Reply } from "./reception.ts";

/** What a path takes, and what is done with it. */
export interface Handler {
  readonly type: "application/xml" | "text/csv";
  answer(body: Buffer): Promise<Reply>;
}

export interface TlsFiles {
  readonly key: Buffer;
  readonly cert: Buffer;
  /** Authorities of clients' certificates: others get no connection. */
  readonly clientCa?: Buffer | undefined;
}

export interface WebOptions {
  readonly host: string;
  readonly port: number;
  readonly tls?: TlsFiles | undefined;
  /** By path. */
  readonly handlers: Readonly<Record<string, Handler>>;
  /** Every answer's way out. */
  observe(event: { readonly kind: string; readonly [field: string]: unknown }): void;
  readonly limits?: Partial<WebLimits> | undefined;
}

export interface WebLimits {
  /** Of requests that are being answered; of more, each is told to come again. */
  readonly maxRequests: number;
  /** Of connections; for one more the oldest that asks nothing is ended. */
  readonly maxConnections: number;
  /** For a request's head, its whole, and between two on a connection, real ms. */
  readonly headMs: number;
  readonly requestMs: number;
  readonly idleMs: number;
}
const defaultWebLimits: WebLimits = {
  ...{ maxRequests: 256, maxConnections: 1024 },
  ...{ headMs: 5000, requestMs: 10_000, idleMs: 30_000 },
};

export class WebServer {
  readonly #options: WebOptions;
  readonly #limits: WebLimits;
  readonly #server: Server;
  readonly #connections = new Map<Socket, number>();
  #requests = 0;

  private constructor(options: WebOptions) {
    this.#options = options;
    this.#limits = { ...defaultWebLimits, ...options.limits };
    this.#server = this.#create();
  }

  /** Rejects with `serve/listen`, and with `serve/tls` for a key or certificate that is none, or not the other's. */
  static async listen(options: WebOptions): Promise<WebServer> {
    const server = new WebServer(options);
    await new Promise<void>((resolve, reject) => {
      server.#server.once("error", (error) => reject(cannotListen(options, error)));
      server.#server.listen(options.port, options.host, resolve);
    });
    return server;
  }

  get url(): string {
    const { address, port, family } = this.#server.address() as AddressInfo;
    const host = family === "IPv6" ? `[${address}]` : address;
    return `${this.#options.tls ? "https" : "http"}://${host}:${port}`;
  }

  /** Takes no more; those that are being answered get their answers. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    const cut = setTimeout(() => this.#server.closeAllConnections(), 3000);
    await closed;
    clearTimeout(cut);
  }

  #create(): Server {
    const { tls } = this.#options;
    const { headMs, requestMs, idleMs } = this.#limits;
    const timeouts = { headersTimeout: headMs, requestTimeout: requestMs, keepAliveTimeout: idleMs };
    const http = { ...timeouts, connectionsCheckingInterval: 1000, maxHeaderSize: 8192 };
    const handle = (request: IncomingMessage, response: ServerResponse): void => {
      this.#handle(request, response).catch((error: unknown) => {
        this.#options.observe({ kind: "http-failed", message: messageOf(error) });
        request.destroy();
      });
    };
    const server = tls ? tlsServer({ ...http, ...tlsOptions(tls) }, handle) : createServer(http, handle);
    server.on(tls ? "secureConnection" : "connection", (socket: Socket) => this.#connected(socket));
    if (tls)
      server.on("tlsClientError", (error) =>
        this.#options.observe({ kind: "tls-refused", message: error.message }),
      );
    return server;
  }

  #connected(socket: Socket): void {
    this.#connections.set(socket, 0);
    socket.once("close", () => this.#connections.delete(socket));
    if (this.#connections.size <= this.#limits.maxConnections) return;
    for (const [oldest, asking] of this.#connections) if (asking === 0) return void oldest.destroy();
    socket.destroy();
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refused = this.#refusal(request);
    if (refused !== undefined) return this.#answer(request, response, refused);
    const { socket } = request;
    this.#requests += 1;
    try {
      const body = await read(request, MAX_XML_BYTES);
      if (body === undefined) return this.#answer(request, response, tooLong);
      this.#connections.set(socket, 1);
      this.#answer(
        request,
        response,
        await this.#handler(request)
          .answer(body)
          .catch((error) => this.#failed(error)),
      );
    } finally {
      this.#requests -= 1;
      if (this.#connections.has(socket)) this.#connections.set(socket, 0);
    }
  }

  #failed(error: unknown): Reply {
    this.#options.observe({ kind: "fault", message: messageOf(error) });
    return plain(500, "a fault of this server's; its output says which");
  }

  #handler(request: IncomingMessage): Handler {
    return this.#options.handlers[pathOf(request)] as Handler;
  }

  /** What can be said before the body is read. */
  #refusal(request: IncomingMessage): Reply | undefined {
    const { method, headers } = request;
    if (!Object.hasOwn(this.#options.handlers, pathOf(request)))
      return plain(404, `no such path; there are ${Object.keys(this.#options.handlers).join(", ")}`);
    if (method !== "POST") return plain(405, "expected POST");
    const { type } = this.#handler(request);
    if (mediaType(headers["content-type"]) !== type) return plain(415, `expected content-type ${type}`);
    if ((headers["content-encoding"] ?? "identity") !== "identity")
      return plain(415, "expected content as it is, without content-encoding");
    if (Number(headers["content-length"] ?? 0) > MAX_XML_BYTES) return tooLong;
    if (this.#requests >= this.#limits.maxRequests)
      return plain(503, "too many requests at once: come again");
    return undefined;
  }

  #answer(request: IncomingMessage, response: ServerResponse, { status, type, content, about }: Reply): void {
    const ended = !request.complete;
    if (ended) response.shouldKeepAlive = false;
    const body = Buffer.from(content);
    const more = status === 503 ? { "retry-after": "1" } : status === 405 ? { allow: "POST" } : {};
    response.writeHead(status, { "content-type": type, "content-length": body.length, ...more });
    response.end(body);
    // What is still being sent is not listened to any longer.
    if (ended) response.once("finish", () => request.destroy());
    const why = type === "text/plain" ? { reason: content.trimEnd() } : {};
    this.#options.observe({ kind: "answered", path: pathOf(request), status, ...about, ...why });
  }
}

const plain = (status: number, why: string): Reply => ({ status, type: "text/plain", content: `${why}\n` });
const tooLong = plain(413, `expected at most ${MAX_XML_BYTES} bytes`);

const pathOf = ({ url = "" }: IncomingMessage): string => (url.split("?")[0] as string).slice(0, 200);
const mediaType = (text = ""): string => (text.split(";")[0] as string).trim().toLowerCase();

/** Undefined of a longer one. */
async function read(request: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > maxBytes) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

const tlsOptions = ({ key, cert, clientCa }: TlsFiles) => ({
  ...{ key, cert, minVersion: "TLSv1.2" as const },
  ...(clientCa && { ca: clientCa, requestCert: true, rejectUnauthorized: true }),
});

function tlsServer(...args: Parameters<typeof createTlsServer>): Server {
  try {
    return createTlsServer(...args);
  } catch (error) {
    const advice = "Give a private key, its own certificate, and clients' authorities, each as PEM.";
    const message = `TLS cannot be had with these files (${messageOf(error)})`;
    throw new CodedError("serve/tls", message, { advice }, error);
  }
}

function cannotListen({ host, port }: WebOptions, cause: Error): CodedError {
  const advice = "Give another port with --port N (0: any that is free), or another address with --host.";
  return new CodedError(
    "serve/listen",
    `cannot listen on ${host}:${port} (${cause.message})`,
    { advice },
    cause,
  );
}
