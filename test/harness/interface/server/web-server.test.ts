import assert from "node:assert/strict";
import { connect } from "node:net";
import type { ServeEvent } from "../../../../harness/interface/server/served-home.ts";
import { type Handler, type WebLimits, WebServer } from "../../../../harness/interface/server/web-server.ts";
import { post, until } from "./client.ts";

describe("the web server, asked by strangers", () => {
  let server: WebServer;
  let events: ServeEvent[];
  /** Requests that wait for their answer. */
  let waiting: (() => void)[];

  const ofXml = (answer: Handler["answer"]): Handler => ({ type: "application/xml", answer });
  const start = async (limits: Partial<WebLimits> = {}): Promise<void> => {
    server = await WebServer.listen({
      host: "127.0.0.1",
      port: 0,
      limits,
      observe: (event) => events.push(event),
      handlers: {
        "/echo": ofXml(async (body) => ({ status: 200, type: "application/xml", content: body.toString() })),
        "/slow": ofXml(
          (body) =>
            new Promise((resolve) => {
              waiting.push(() => resolve({ status: 200, type: "application/xml", content: `${body}` }));
            }),
        ),
        "/fault": ofXml(() => Promise.reject(new Error("our fault"))),
      },
    });
  };
  beforeEach(() => {
    events = [];
    waiting = [];
  });
  afterEach(() => server.close());

  const open = () => {
    const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
    let heard = "";
    let isEnded = false;
    socket.on("data", (part) => {
      heard += part;
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      isEnded = true;
    });
    return { socket, heard: () => heard, ended: () => (isEnded ? true : undefined) };
  };
  const xml = { "content-type": "application/xml; charset=utf-8" };

  it("answers whoever keeps to the rules", async () => {
    await start();
    assert.deepEqual(await post(server.url, "/echo?apikey=any", "<a/>", xml), { status: 200, text: "<a/>" });
  });

  const head = "POST /echo HTTP/1.1\r\nhost: a\r\ncontent-type: application/xml\r\n";
  const refusals: [string, () => Promise<number>, number][] = [
    ["another path", async () => (await post(server.url, "/constructor", "", xml)).status, 404],
    ["another method", async () => (await fetch(`${server.url}/echo`)).status, 405],
    [
      "another type",
      async () => (await post(server.url, "/echo", "a", { "content-type": "text/xml" })).status,
      415,
    ],
    [
      "what is compressed",
      async () => (await post(server.url, "/echo", "a", { ...xml, "content-encoding": "gzip" })).status,
      415,
    ],
    ["what is too long", async () => (await post(server.url, "/echo", "a".repeat(400_001), xml)).status, 413],
    ["what says it is too long", () => raw(`${head}content-length: 99999999999\r\n\r\n`), 413],
    [
      "what is too long, and does not say so",
      () => raw(`${head}transfer-encoding: chunked\r\n\r\n${`ffff\r\n${"a".repeat(0xffff)}\r\n`.repeat(8)}`),
      413,
    ],
    ["no HTTP", () => raw("\u0016\u0003\u0001 hello\r\n\r\n"), 400],
    ["a head that has no end", () => raw(`${head}x: ${"a".repeat(20_000)}`), 431],
    [
      "two lengths",
      () => raw(`${head}content-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`),
      400,
    ],
  ];
  async function raw(bytes: string): Promise<number> {
    const { socket, heard, ended } = open();
    socket.write(bytes);
    await until(ended);
    return Number(/^HTTP\/1\.1 (\d+)/.exec(heard())?.[1]);
  }
  for (const [what, ask, status] of refusals)
    it(`refuses ${what}: ${status}`, async () => {
      await start();
      assert.equal(await ask(), status);
      assert.equal((await post(server.url, "/echo", "<a/>", xml)).status, 200);
    });

  it("ends the connection of who sends too slowly, head or body", async () => {
    await start({ headMs: 200, requestMs: 400 });
    const slow = [open(), open()];
    slow[0]?.socket.write("POST /echo HT");
    slow[1]?.socket.write(`${head}content-length: 10\r\n\r\nabc`);
    for (const { ended, heard } of slow) {
      await until(ended);
      assert.match(heard(), /^HTTP\/1\.1 408/);
    }
  });

  it("answers so many at once, and tells the others to come again", async () => {
    await start({ maxRequests: 3 });
    const asked = Array.from({ length: 10 }, () => post(server.url, "/slow", "<a/>", xml));
    await until(() => (events.filter(({ status }) => status === 503).length === 7 ? true : undefined));
    assert.equal(waiting.length, 3);
    for (const answer of waiting) answer();
    const counts = (await Promise.all(asked)).map(({ status }) => status).sort();
    assert.deepEqual(counts, [200, 200, 200, ...Array(7).fill(503)]);
    assert.equal((await post(server.url, "/echo", "<a/>", xml)).status, 200);
  });

  it("serves the honest while somebody holds connections open", async () => {
    await start({ maxConnections: 20 });
    const idle = Array.from({ length: 60 }, open);
    for (let n = 0; n < 5; n++) assert.equal((await post(server.url, "/echo", "<a/>", xml)).status, 200);
    await until(() => (idle.filter(({ ended }) => ended()).length >= 40 ? true : undefined));
    for (const { socket } of idle) socket.destroy();
  });

  it("says that a fault is its own, and goes on", async () => {
    await start();
    const { status, text } = await post(server.url, "/fault", "<a/>", xml);
    assert.equal(status, 500);
    assert.ok(!text.includes("our fault"));
    assert.ok(events.some(({ kind, message }) => kind === "fault" && message === "our fault"));
    assert.equal((await post(server.url, "/echo", "<a/>", xml)).status, 200);
  });

  it("says what to do when its port is taken", async () => {
    await start();
    const { port } = new URL(server.url);
    const options = { host: "127.0.0.1", port: Number(port), handlers: {}, observe: () => {} };
    await assert.rejects(WebServer.listen(options), { code: "serve/listen" });
  });
});
