import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BindingInterface, BindingPortInterface } from "@serialport/bindings-cpp";
import { LineSession, openLine } from "../../../../hal/serial/line/index.ts";
import { holdersOf } from "../../../../hal/serial/line/open-error.ts";
import { refused } from "../../../support/refused.ts";
import { bytesFrom, needs, type Program, ptyPair } from "./tools.ts";

/** Its type declarations are out of reach of its `exports`. */
interface MockBindingInterface extends BindingInterface {
  reset(): void;
  createPort(path: string, options: { echo?: boolean; record?: boolean }): void;
}
const { MockBinding } = createRequire(import.meta.url)("@serialport/binding-mock") as {
  MockBinding: MockBindingInterface;
};

describe("A serial port", () => {
  describe("of the mock binding", () => {
    let opened: BindingPortInterface[];
    const binding: BindingInterface = {
      list: () => MockBinding.list(),
      open: async (options) => {
        const port = await MockBinding.open(options);
        opened.push(port);
        return port;
      },
    };
    beforeEach(() => {
      opened = [];
      MockBinding.reset();
      MockBinding.createPort("/dev/ttyBENCH", { echo: true, record: true });
    });

    it("echoes, and opens with the format it was asked for", async () => {
      const format = { dataBits: 7, parity: "even", stopBits: 2 } as const;
      const line = await openLine("/dev/ttyBENCH", { binding, baudRate: 9600, format, flow: "rtscts" });
      const echo = bytesFrom(line, 3);
      await line.write(Uint8Array.of(1, 2, 3));
      assert.deepEqual((await echo).slice(0, 3), [1, 2, 3]);
      const { baudRate, dataBits, parity, stopBits, rtscts, hupcl } = opened[0]!.openOptions;
      assert.deepEqual(
        [baudRate, dataBits, parity, stopBits, rtscts, hupcl],
        [9600, 7, "even", 2, true, false],
      );
      await line.close();
      assert.equal(opened[0]!.isOpen, false);
    });

    it("drives what the port has: baud rate, modem lines, break, purge, drain", async () => {
      const calls: unknown[] = [];
      const line = await openLine("/dev/ttyBENCH", {
        binding: {
          ...binding,
          open: async (options) => {
            const port = await binding.open(options);
            port.set = async (flags) => void calls.push(flags);
            return port;
          },
        },
        modemLines: { dtr: false },
      });
      const settings = line.settings!;
      assert.deepEqual(calls.splice(0, 1), [{ brk: false, cts: false, dtr: false, rts: true }]);
      calls.length = 0;
      await settings.setBaud!(57_600);
      await settings.setModemLines!({ rts: false });
      await settings.sendBreak!(1);
      await settings.purge!("both");
      await settings.drain!();
      assert.deepEqual(Object.keys(await settings.readModemLines!()).sort(), ["cts", "dcd", "dsr"]);
      const off = { cts: false, dtr: false, rts: false };
      assert.deepEqual(calls, [
        { brk: false, ...off },
        { brk: true, ...off },
        { brk: false, ...off },
      ]);
      await line.close();
      await assert.rejects(settings.setBaud!(9600), { code: "line/closed" });
    });

    it("says that a port is busy, or is not there", async () => {
      const line = await openLine("/dev/ttyBENCH", { binding });
      await assert.rejects(openLine("/dev/ttyBENCH", { binding }), {
        code: "line/busy",
        message: /in use by/,
      });
      await line.close();
      await (await openLine("/dev/ttyBENCH", { binding })).close();
      await assert.rejects(openLine("/dev/ttyNONE", { binding }), { code: "line/open" });
    });

    it("closes a port that opens after nobody waits for it any more", async () => {
      let finish = (): void => undefined;
      const late = new Promise<void>((resolve) => {
        finish = resolve;
      });
      const slow: BindingInterface = {
        ...binding,
        open: async (options) => {
          await late;
          return binding.open(options);
        },
      };
      const opening = openLine("/dev/ttyBENCH", { binding: slow, openTimeoutMs: 20 });
      await assert.rejects(opening, { code: "line/timeout" });
      finish();
      for (let i = 0; i < 20 && opened[0]?.isOpen !== false; i++)
        await new Promise((resolve) => setImmediate(resolve));
      assert.equal(opened[0]!.isOpen, false);
    });
  });

  describe("that is a pseudo-terminal", () => {
    let folder: string;
    let socat: Program | undefined;
    const a = () => join(folder, "a");
    const b = () => join(folder, "b");
    const lines: { close(): Promise<void> }[] = [];
    const open = async (path: string) => {
      const line = await openLine(path);
      lines.push(line);
      return line;
    };
    before(function () {
      needs(this, "socat");
    });
    beforeEach(async () => {
      folder = mkdtempSync(join(tmpdir(), "meterbench-pty-"));
      socat = await ptyPair(a(), b());
    });
    afterEach(async () => {
      for (const line of lines.splice(0)) await line.close();
      await socat?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    it("carries every byte value, and a lot of them", async () => {
      const [left, right] = [await open(a()), await open(b())];
      const sent = Uint8Array.from({ length: 100_000 }, (_value, index) => (index * 7) & 0xff);
      const arriving = bytesFrom(right, sent.length);
      await left.write(sent);
      assert.deepEqual(Uint8Array.from(await arriving), sent);
    });

    it("has no modem lines and no break, and says so; baud rate and purge work", async () => {
      const settings = (await open(a())).settings!;
      await settings.setBaud!(9600);
      await settings.purge!("both");
      await assert.rejects(settings.readModemLines!(), {
        code: "line/unsupported",
        message: /cannot read the modem/,
      });
      await assert.rejects(settings.setModemLines!({ dtr: false }), { code: "line/unsupported" });
      await assert.rejects(settings.sendBreak!(1), { code: "line/unsupported" });
    });

    it("is busy while somebody else has it, and the error says who", async () => {
      await open(a());
      await refused(openLine(a()), "line/busy", /^\S+ is in use by .*this very process.*End the program/s);
      assert.ok((await holdersOf(a())).includes("this very process"));
    });

    it("closes with a reason when its far end dies, without a spin, and is free again", async () => {
      const line = await open(a());
      const gone = new Promise<string>((resolve) => line.onClose(resolve));
      await socat!.stop();
      assert.match(await gone, /^unplugged/);
      await assert.rejects(line.write(Uint8Array.of(1)), { code: "line/closed" });
      await assert.rejects(openLine(a()), { code: "line/not-found" });
    });

    it("ends a write that nobody reads, and lets go of the port at once", async () => {
      const line = await openLine(a(), { writeTimeoutMs: 100 });
      lines.push(line);
      await open(b()).then((far) => far.close());
      const flood = (async () => {
        for (;;) await line.write(new Uint8Array(65_536));
      })();
      await assert.rejects(flood, { code: "line/timeout" });
      const startMs = performance.now();
      await line.close();
      assert.ok(performance.now() - startMs < 2500);
    });

    it("keeps a session when the terminal vanishes and comes back", async () => {
      const session = await LineSession.open(a(), { retryMs: 10, giveUpAfterMs: 8000 });
      lines.push(session);
      const lost = new Promise<string>((resolve) => session.onLost(resolve));
      const back = new Promise<void>((resolve) => session.onBack(resolve));
      const arriving = bytesFrom(session, 5);
      await socat!.stop();
      assert.match(await lost, /^unplugged/);
      socat = await ptyPair(a(), b());
      await back;
      await (await open(b())).write(new TextEncoder().encode("hello"));
      assert.equal(String.fromCharCode(...(await arriving)), "hello");
      assert.equal(session.returns, 1);
    });
  });
});
