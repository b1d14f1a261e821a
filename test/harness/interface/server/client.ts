/** A user's system: signs requests, sends them over HTTP, and hears what is pushed to it. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { DccMessage, ResponseMessage, UserRequest } from "../../../../harness/headend/dcc/messages.ts";
import { requestIdOf } from "../../../../harness/headend/dcc/messages.ts";
import type { XmlCertificate, XmlSigner } from "../../../../harness/headend/xml-signing.ts";
import { writeUserRequest } from "../../../../harness/interface/duis-request.ts";
import { readResponse } from "../../../../harness/interface/duis-response.ts";
import { sign, verifySignature } from "../../../../harness/interface/signature.ts";

export const paths = { send: "/api/v1/serviceS", transform: "/api/v1/serviceT", dcc: "/api/v1/serviceD" };

export interface Told {
  readonly status: number;
  readonly text: string;
}

export async function post(
  url: string,
  path: string,
  body: string | Uint8Array,
  headers: Record<string, string> = { "content-type": "application/xml" },
): Promise<Told> {
  const response = await fetch(new URL(path, url), { method: "POST", headers, body });
  return { status: response.status, text: await response.text() };
}

export const signed = (request: UserRequest, signer: XmlSigner): string =>
  sign(writeUserRequest(request), signer);

/** Its signature verified. */
export function read(xml: string, dcc: XmlCertificate): DccMessage {
  return readResponse(verifySignature(xml, new Map([[dcc.serial, dcc]])).document);
}

/** A signed request, and the answer that must come. */
export async function ask(
  url: string,
  request: UserRequest,
  service: keyof typeof paths,
  signer: XmlSigner,
  dcc: XmlCertificate,
): Promise<DccMessage> {
  const { status, text } = await post(url, paths[service], signed(request, signer));
  if (status !== 200) throw new Error(`${requestIdOf(request)}: ${status} ${text}`);
  return read(text, dcc);
}

export const content = ({ body }: DccMessage): ResponseMessage =>
  (body as { ResponseMessage: ResponseMessage }).ResponseMessage;

/** Where a user's messages go. */
export class Receiver {
  readonly heard: { readonly path: string; readonly xml: string }[] = [];
  /** What it answers. */
  status = 204;
  /** What comes there is never answered. */
  deafPath: string | undefined;
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on("data", (part: Buffer) => parts.push(part));
      request.on("end", () => {
        if (request.url === this.deafPath) return;
        if (this.status < 300)
          this.heard.push({ path: request.url ?? "", xml: Buffer.concat(parts).toString() });
        response.writeHead(this.status).end();
      });
    });
  }

  static async start(): Promise<Receiver> {
    const receiver = new Receiver();
    await new Promise<void>((resolve) => receiver.#server.listen(0, "127.0.0.1", resolve));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Ends the connections of all who wait. */
  cut(): void {
    this.#server.closeAllConnections();
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Waits, in real time, until `condition` gives something. */
export async function until<T>(condition: () => T | undefined, limitMs = 10_000): Promise<T> {
  const endMs = performance.now() + limitMs;
  for (;;) {
    const found = condition();
    if (found !== undefined) return found;
    if (performance.now() > endMs) throw new Error(`waited ${limitMs} ms: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
