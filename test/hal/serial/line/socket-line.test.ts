import assert from "node:assert/strict";
import { openLine } from "../../../../hal/serial/line/index.ts";
import { refused } from "../../../support/refused.ts";
import { TelnetServer } from "./telnet-server.ts";
import { bytesFrom } from "./tools.ts";

describe("A line over TCP", () => {
  let server: TelnetServer;
  afterEach(() => server.stop());
  const open = (options = {}) => openLine(`tcp://127.0.0.1:${server.port}`, options);

  it("carries bytes as they are, 255 too, and has no settings", async () => {
    server = await TelnetServer.start({ greeting: Uint8Array.of(255, 0, 253) });
    const line = await open();
    assert.deepEqual(await bytesFrom(line, 3), [255, 0, 253]);
    assert.equal(line.settings, undefined);
    await line.close();
  });

  it("ends a write to a peer that reads nothing, and closes", async () => {
    server = await TelnetServer.start({ deaf: true });
    const line = await open({ writeTimeoutMs: 100 });
    const flood = (async () => {
      for (;;) await line.write(new Uint8Array(1024 * 1024));
    })();
    await assert.rejects(flood, { code: "line/timeout" });
    await assert.rejects(line.write(Uint8Array.of(1)), { code: "line/closed", message: /stalled/ });
  });

  it("hears that the peer went away", async () => {
    server = await TelnetServer.start();
    const line = await open();
    const gone = new Promise<string>((resolve) => line.onClose(resolve));
    await line.write(Uint8Array.of(1));
    await server.stop();
    assert.match(await gone, /connection|ECONNRESET/);
    server = await TelnetServer.start();
  });

  it("refuses a port that cannot be, and names one that is closed", async () => {
    server = await TelnetServer.start();
    await assert.rejects(openLine("tcp://127.0.0.1:70000"), { code: "line/syntax" });
    await assert.rejects(openLine("tcp://127.0.0.1:0"), { code: "line/syntax" });
    const { port } = server;
    await server.stop();
    const closed = new RegExp(`^tcp://127.0.0.1:${port} refuses the connection\nIs the server .* running`);
    await refused(openLine(`tcp://127.0.0.1:${port}`), "line/open", closed);
    await refused(
      openLine("tcp://no..machine:1"),
      "line/open",
      /no machine is called no\.\.machine.*IP address/s,
    );
    server = await TelnetServer.start();
  });
});
