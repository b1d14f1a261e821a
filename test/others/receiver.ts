/** The address of a user: what the DCC pushes to it. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const mostBytes = 1 << 20;

export interface Receiver {
  readonly url: string;
  close(): void;
}

/** `hear` is given the body of each POST of `application/xml`, which is answered 204. */
export async function receiver(port: number, hear: (xml: string) => void): Promise<Receiver> {
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    let size = 0;
    for await (const part of request) {
      size += part.length;
      if (size > mostBytes) return response.destroy();
      parts.push(part);
    }
    const isXml =
      request.method === "POST" && /^application\/xml\b/.test(request.headers["content-type"] ?? "");
    response.writeHead(isXml ? 204 : 404).end();
    if (isXml) hear(Buffer.concat(parts).toString("utf8"));
  });
  await new Promise<void>((listening) => server.listen(port, "127.0.0.1", listening));
  const close = (): void => {
    server.close();
    server.closeAllConnections();
  };
  const { port: actual } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${actual}/smartdcc/duis`, close };
}
