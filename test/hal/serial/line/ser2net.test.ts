import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Line, LineSession, openLine } from "../../../../hal/serial/line/index.ts";
import { realTimers } from "../../../../hal/serial/timers.ts";
import { needs, Program, ptyPair, until } from "./tools.ts";

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

/** Looks whether somebody listens, without connecting: ser2net serves one client a port. */
const listens = (port: number): boolean => {
  const address = `:${port.toString(16).toUpperCase().padStart(4, "0")} 00000000:0000 0A`;
  return readFileSync("/proc/net/tcp", "utf8").includes(address);
};

describe("ser2net of Debian", function () {
  this.timeout(20_000);
  let folder: string;
  let port: { raw: number; rfc2217: number };
  let server: Program | undefined;
  let startServer: () => Promise<void>;
  const running: { stop(): Promise<void> }[] = [];
  let board: { raw: Line; rfc2217: Line } | undefined;

  before(async function () {
    needs(this, "ser2net");
    needs(this, "socat");
    folder = mkdtempSync(join(tmpdir(), "meterbench-ser2net-"));
    const path = (name: string) => join(folder, name);
    port = { raw: await freePort(), rfc2217: await freePort() };
    for (const name of ["raw", "rfc2217"])
      running.push(await ptyPair(path(`server-${name}`), path(`board-${name}`)));
    const connection = (name: string, accepter: string) =>
      `connection: &${name}\n  accepter: ${accepter}\n  enable: on\n  options:\n    kickolduser: true\n` +
      `  connector: serialdev,${path(`server-${name}`)},115200n81,local\n`;
    writeFileSync(
      path("ser2net.yaml"),
      `%YAML 1.1\n---\n${connection("raw", `tcp,127.0.0.1,${port.raw}`)}` +
        connection("rfc2217", `telnet(rfc2217),tcp,127.0.0.1,${port.rfc2217}`),
    );
    startServer = async () => {
      server = new Program("ser2net", ["-n", "-d", "-c", path("ser2net.yaml")]);
      await until(() => listens(port.raw) && listens(port.rfc2217), "ser2net to listen");
    };
    await startServer();
    board = { raw: await openLine(path("board-raw")), rfc2217: await openLine(path("board-rfc2217")) };
  });
  after(async () => {
    await Promise.all([board?.raw.close(), board?.rfc2217.close()]);
    await server?.stop();
    for (const program of running.splice(0).reverse()) await program.stop();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  const everyByte = Uint8Array.from({ length: 1024 }, (_value, index) => index & 0xff);
  /** Sends `bytes` and resolves with as many bytes as arrive at the other end. */
  const carried = async (from: Line, to: Line, bytes: Uint8Array): Promise<Uint8Array> => {
    const got: number[] = [];
    let cancel = (): void => undefined;
    const all = new Promise<void>((resolve) => {
      cancel = to.onData((piece) => void (got.push(...piece) >= bytes.length && resolve()));
    });
    await from.write(bytes);
    await all;
    cancel();
    return Uint8Array.from(got);
  };

  it("carries every byte value both ways over RFC 2217", async () => {
    const line = await openLine(`rfc2217://127.0.0.1:${port.rfc2217}`);
    try {
      assert.deepEqual(await carried(line, board!.rfc2217, everyByte), everyByte);
      assert.deepEqual(await carried(board!.rfc2217, line, everyByte), everyByte);
    } finally {
      await line.close();
    }
  });

  it("takes settings, purge and flow over RFC 2217, each in bounded time", async () => {
    const line = await openLine(`rfc2217://127.0.0.1:${port.rfc2217}`);
    try {
      const settings = line.settings!;
      const startMs = realTimers.nowMs();
      await settings.setBaud!(9600);
      await settings.setFormat!({ dataBits: 8, parity: "none", stopBits: 2 });
      await settings.setFlow!("none");
      await settings.purge!("both");
      // Behind this ser2net is a pseudo-terminal, which has neither; an answer of any kind will do.
      await settings.setModemLines!({ dtr: true }).catch((error) => assert.match(error.code, /^line\//));
      await settings.sendBreak!(1).catch((error) => assert.match(error.code, /^line\//));
      assert.ok(realTimers.nowMs() - startMs < 8000);
      assert.deepEqual(await carried(board!.rfc2217, line, everyByte), everyByte);
    } finally {
      await line.close();
    }
  });

  it("carries every byte value both ways over plain TCP", async () => {
    const line = await openLine(`tcp://127.0.0.1:${port.raw}`);
    try {
      assert.equal(line.settings, undefined);
      assert.deepEqual(await carried(line, board!.raw, everyByte), everyByte);
      assert.deepEqual(await carried(board!.raw, line, everyByte), everyByte);
    } finally {
      await line.close();
    }
  });

  it("keeps a session while it is stopped and started again", async () => {
    const name = `rfc2217://127.0.0.1:${port.rfc2217}`;
    const session = await LineSession.open(name, { retryMs: 20, giveUpAfterMs: 10_000 });
    try {
      await server!.stop();
      await startServer();
      await session.ready();
      assert.deepEqual(await carried(session, board!.rfc2217, everyByte), everyByte);
      assert.ok(session.returns >= 1);
    } finally {
      await session.close();
    }
  });
});
