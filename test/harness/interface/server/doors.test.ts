/** What other people's programs need of `serve`: keys in files, and TLS. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { request as httpsRequest } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { WebServer } from "../../../../harness/interface/server/web-server.ts";
import { writeKeys } from "../../../../harness/interface/server/write-keys.ts";
import { Served } from "./served.ts";

const script = fileURLToPath(new URL("../../../../docs/first-request.mjs", import.meta.url));

/** One that nobody listens on. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe("the doors of meterbench serve", () => {
  let served: Served;
  let keys: string;
  let port: number;
  before(async () => {
    port = await freePort();
    served = await Served.start({ address: () => `http://127.0.0.1:${port}/` });
    keys = join(served.dir, "keys");
    writeKeys(keys, served.home);
  });
  after(() => served.end());
  const pem = (name: string): Buffer => readFileSync(join(keys, name));

  it("let in the program of docs/, with nothing but the keys that are written", async () => {
    const args = [script, keys, served.web.url, String(port)];
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 10_000 });
    assert.match(stdout, /^answered 200: I99 \npushed: I0 \w+/);
  });

  it("are named as shut by the program of docs/: why, no stack, exit 1, and no waiting", async () => {
    const runs = [
      [join(served.dir, "none"), served.web.url, /none.90b3d51f30010000-xml\.key.*does serve run/],
      [keys, "http://127.0.0.1:1", /fetch failed \(.+\): does serve run/],
      [keys, `${served.web.url}/beside`, /^answered 404: no such path/],
    ] as const;
    for (const [folder, url, says] of runs) {
      const run = promisify(execFile)(process.execPath, [script, folder, url, "0"], { timeout: 10_000 });
      await assert.rejects(run, ({ code, stderr }: { code: number; stderr: string }) => {
        assert.match(stderr, says);
        assert.doesNotMatch(stderr, /\n {4}at /);
        return code === 1;
      });
    }
  });

  it("are not TLS with a key and a certificate that are none, or not of one another: told, with what to do", async () => {
    const key = pem("90b3d51f30010000-ds.key");
    for (const cert of [Buffer.from("no certificate"), pem("90b3d51f30020000-ds.pem")])
      await assert.rejects(
        WebServer.listen({ host: "127.0.0.1", port: 0, tls: { key, cert }, handlers: {}, observe: () => {} }),
        { code: "serve/tls", message: /TLS cannot be had with these files \(.+\)/ },
      );
  });

  it("are TLS where they are to be, for clients with a certificate of theirs alone", async () => {
    const clientCa = Buffer.concat([pem("root.pem"), pem("issuing.pem")]);
    const user = "90b3d51f30010000-ds";
    const tls = { key: pem(`${user}.key`), cert: pem(`${user}.pem`), clientCa };
    const handlers = {
      "/a": {
        type: "application/xml" as const,
        answer: async () => ({ status: 200, type: "text/plain" as const, content: "in" }),
      },
    };
    const web = await WebServer.listen({ host: "127.0.0.1", port: 0, tls, handlers, observe: () => {} });
    const ask = (certificate: object): Promise<number> =>
      new Promise((resolve, reject) => {
        const headers = { "content-type": "application/xml" };
        const options = { method: "POST", headers, rejectUnauthorized: false, agent: false, ...certificate };
        const asked = httpsRequest(`${web.url}/a`, options, (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        });
        asked.on("error", reject);
        asked.end("<a/>");
      });
    assert.match(web.url, /^https:/);
    assert.equal(await ask({ key: tls.key, cert: tls.cert }), 200);
    await assert.rejects(ask({}));
    await web.close();
  });
});
