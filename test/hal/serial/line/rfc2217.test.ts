import assert from "node:assert/strict";
import { once } from "node:events";
import { openLine } from "../../../../hal/serial/line/index.ts";
import type { Rfc2217Line } from "../../../../hal/serial/line/rfc2217-line.ts";
import { openRfc2217Line } from "../../../../hal/serial/line/rfc2217-line.ts";
import { subnegotiation } from "../../../../hal/serial/line/telnet.ts";
import { realTimers } from "../../../../hal/serial/timers.ts";
import { refused } from "../../../support/refused.ts";
import { readJson, vectors } from "../../../support/shared-data.ts";
import { type Behaviour, TelnetServer } from "./telnet-server.ts";

const notify = (code: number, value: number) => subnegotiation(44, Uint8Array.of(code, value));

describe("A line over RFC 2217", () => {
  const open: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const thing of open.splice(0).reverse()) await thing.close();
  });

  const setUp = async (behaviour: Behaviour = {}, answerTimeoutMs = 60) => {
    const server = await TelnetServer.start(behaviour);
    open.push({ close: () => server.stop() });
    const line = (await openRfc2217Line({
      name: `rfc2217://127.0.0.1:${server.port}`,
      host: "127.0.0.1",
      port: server.port,
      timers: realTimers,
      openTimeoutMs: 2000,
      writeTimeoutMs: 300,
      answerTimeoutMs,
      baudRate: 115_200,
      format: { dataBits: 8, parity: "none", stopBits: 1 },
      flow: "none",
    })) as Rfc2217Line;
    open.push(line);
    return { server, line };
  };
  /** Resolves when the server has heard all that was sent before. */
  const heard = async (server: TelnetServer, line: Rfc2217Line) => {
    const before = server.requests.length;
    await line.settings.purge!("both");
    assert.ok(server.requests.length > before);
    return server.requests.splice(0).slice(0, -1);
  };

  it("asks for what the recorded pyserial client asks for, byte for byte (vectors/rfc2217)", async function () {
    const trace = readJson<{ log: { dir: string; hex?: string; action?: string }[] }>(
      vectors(this, "rfc2217/pyserial_trace.json"),
    );
    /** COM-PORT requests of the recorded client after `action`, in order, without the repeated ones. */
    const recorded = (action: string) => {
      const from = trace.log.findIndex((row) => row.action === action);
      const length = trace.log.slice(from + 1).findIndex((row) => row.dir === "--");
      const rows = trace.log.slice(from + 1, from + 1 + length).filter((row) => row.dir === "C>S");
      const requests = rows.flatMap((row) => [...row.hex!.matchAll(/fffa2c(\w\w)((?:\w\w)*?)fff0/g)]);
      return [...new Set(requests.map(([, code, value]) => `${Number.parseInt(code!, 16)}:${value}`))];
    };
    const { server, line } = await setUp();
    const { settings } = line;
    const opening = server.requests.splice(0);
    const openedLikeThem = recorded("open 115200 8N1");
    for (const request of ["1:0001c200", "2:08", "3:01", "4:01", "5:01"]) {
      assert.ok(opening.includes(request), request);
      assert.ok(openedLikeThem.includes(request), `${request} is in the recording`);
    }
    const steps: [string, () => Promise<void>][] = [
      ["dtr off", () => settings.setModemLines!({ dtr: false })],
      ["rts off", () => settings.setModemLines!({ rts: false })],
      ["dtr on", () => settings.setModemLines!({ dtr: true })],
      ["rts on", () => settings.setModemLines!({ rts: true })],
      ["purge in", () => settings.purge!("in")],
      ["purge out", () => settings.purge!("out")],
    ];
    for (const [action, step] of steps) {
      await step();
      assert.deepEqual(await heard(server, line), recorded(action), action);
    }
    await settings.sendBreak!(1);
    assert.deepEqual(await heard(server, line), [...recorded("break on"), ...recorded("break off")]);
    for (const [action, flow] of [
      ["xonxoff", "xonxoff"],
      ["rtscts", "rtscts"],
      ["none", "none"],
    ] as const) {
      await settings.setFlow!(flow);
      const [request] = await heard(server, line);
      assert.ok(recorded(action).includes(request!), `${action}: ${request}`);
    }
    await settings.setBaud!(9600);
    await settings.setFormat!({ dataBits: 7, parity: "even", stopBits: 2 });
    for (const request of await heard(server, line))
      assert.ok(recorded("set 9600 7E2").includes(request), request);
  });

  it("doubles 255 on the way out and undoes it on the way in", async () => {
    const { server, line } = await setUp();
    const bytes = Uint8Array.of(0x41, 255, 255, 0x42, 0, 13, 10);
    await line.write(bytes);
    await heard(server, line);
    assert.deepEqual(server.data, [...bytes]);
    assert.match(Buffer.from(server.raw).toString("hex"), /41ffffffff42000d0a/);
    const got: number[] = [];
    const full = new Promise<void>((resolve) =>
      line.onData((piece) => void (got.push(...piece) >= bytes.length && resolve())),
    );
    server.send(Uint8Array.of(0x41, 255, 255, 255, 255, 0x42, 0, 13, 10));
    await full;
    assert.deepEqual(got, [...bytes]);
  });

  it("tells the modem lines as the server reports them", async () => {
    const { server, line } = await setUp();
    await assert.rejects(line.settings.readModemLines!(), { code: "line/unsupported" });
    const next = () => new Promise((resolve) => line.settings.onModemLines!(resolve));
    const change = next();
    server.send(notify(107, 0xb0));
    assert.deepEqual(await change, { cts: true, dsr: true, ri: false, dcd: true });
    assert.deepEqual(await line.settings.readModemLines!(), { cts: true, dsr: true, ri: false, dcd: true });
  });

  it("holds back while the server asks it to, for a bounded time", async () => {
    const { server, line } = await setUp();
    server.send(Uint8Array.from([...subnegotiation(44, Uint8Array.of(108)), ...notify(107, 0)]));
    await new Promise((resolve) => line.settings.onModemLines!(resolve));
    const writing = line.write(Uint8Array.of(1));
    await heard(server, line);
    assert.deepEqual(server.data, []);
    server.send(subnegotiation(44, Uint8Array.of(109)));
    await writing;
    server.send(Uint8Array.from([...subnegotiation(44, Uint8Array.of(108)), ...notify(107, 0)]));
    await new Promise((resolve) => line.settings.onModemLines!(resolve));
    await assert.rejects(line.write(Uint8Array.of(2)), { code: "line/timeout" });
    assert.match(line.closedReason!, /^stalled/);
  });

  it("is a line of bytes where the server refuses COM-PORT, or says nothing to it", async () => {
    for (const behaviour of [{ comPort: "dont" }, { comPort: undefined }, { deaf: true }] as Behaviour[]) {
      const { server, line } = await setUp(behaviour);
      assert.deepEqual(Object.keys(line.settings), []);
      await line.write(Uint8Array.of(65, 255));
      if (behaviour.deaf) continue;
      await once([...server.sockets][0]!, "data").catch(() => undefined);
      assert.deepEqual(server.data, [65, 255]);
    }
  });

  it("waits once for a request that the server leaves unanswered, and goes on without", async () => {
    const { server, line } = await setUp({ answer: (code, value) => (code === 12 ? undefined : value) });
    await line.settings.purge!("in");
    assert.deepEqual([...line.unanswered], ["purgeData"]);
    const startMs = realTimers.nowMs();
    for (let i = 0; i < 20; i++) await line.settings.purge!("both");
    assert.ok(realTimers.nowMs() - startMs < 600, "no more waiting");
    await line.settings.setBaud!(9600);
    assert.equal(server.requests.filter((request) => request.startsWith("12:")).length, 21);
  });

  it("opens even where no request at all is answered", async () => {
    const { server, line } = await setUp({ answer: () => undefined });
    assert.deepEqual([...line.unanswered].sort(), [
      "setBaudRate",
      "setControl 1",
      "setDataSize",
      "setParity",
      "setStopSize",
    ]);
    await line.write(Uint8Array.of(7));
    assert.ok(server.requests.includes("1:0001c200"));
  });

  it("says so when the server sets another value", async () => {
    const slow = Uint8Array.of(0, 0, 0x25, 0x80);
    const { line } = await setUp({
      answer: (code, value) => (code === 1 && Buffer.from(value).readUInt32BE() === 921_600 ? slow : value),
    });
    await assert.rejects(line.settings.setBaud!(921_600), {
      code: "line/unsupported",
      message: /asked for setBaudRate 921600, the server set 9600/,
    });
    await line.settings.setBaud!(9600);
    await assert.rejects(
      setUp({ answer: (code, value) => (code === 1 ? slow : value) }),
      /the server set 9600/,
    );
  });

  it("gives up on garbage that has no end, and on a negotiation that has none", async () => {
    const endless = Uint8Array.of(255, 250, 44, ...new Uint8Array(5000).fill(1));
    await assert.rejects(
      setUp({ greeting: endless, comPort: undefined }),
      /subnegotiation of more than 1024/,
    );
    const flood = Uint8Array.from({ length: 3000 }, (_value, index) => [255, 253, 99][index % 3]!);
    await assert.rejects(setUp({ greeting: flood, comPort: undefined }), /more than 512 negotiations/);
  });

  it("closes when the server goes away, and leaves no request waiting", async () => {
    const { server, line } = await setUp({ answer: (code, value) => (code === 1 ? undefined : value) });
    const asking = line.settings.setFlow!("rtscts");
    await asking;
    const reason = new Promise<string>((resolve) => line.onClose(resolve));
    for (const socket of server.sockets) socket.destroy();
    assert.match(await reason, /connection|ECONNRESET/);
    await assert.rejects(line.settings.setBaud!(9600), { code: "line/closed" });
    await assert.rejects(line.write(Uint8Array.of(1)), { code: "line/closed" });
  });

  it("says which address it could not reach, and refuses what is no address", async () => {
    const server = await TelnetServer.start();
    const { port } = server;
    await server.stop();
    await refused(openLine(`rfc2217://127.0.0.1:${port}`), "line/open", /refuses the connection.*running/s);
    await assert.rejects(openLine("telnet://x:1"), { code: "line/syntax" });
    await assert.rejects(openLine("rfc2217://x"), { code: "line/syntax" });
  });
});
