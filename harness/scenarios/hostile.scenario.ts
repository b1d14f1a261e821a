import assert from "node:assert/strict";
import { appliesTo, mockOnly, needs, type Premises } from "../index.ts";
import { codesOf, commissioned, connected, disableSupply, forge } from "./support.ts";

/** Flash operations that a flood may cost either device: budgets of log entries and alerts, not of messages. */
const floodFlashOperations = 600;

describe("hostile messages", function () {
  appliesTo(this, ["cose", "gbcs"]);
  needs(this, { boards: true });
  let home: Premises;
  let command: Uint8Array;
  beforeEach(async function () {
    home = await commissioned(this);
    command = forge(home, { code: 0x50, operations: [disableSupply] });
  });

  /** Nothing was accepted, the alerts were few, and the home still works. */
  async function expectUnmoved(from: number): Promise<void> {
    await home.run(60_000);
    const accepted = home.trace.events.slice(from).filter((event) => event.kind === "command-accepted");
    assert.deepEqual(accepted, []);
    assert.equal(connected(home), true);
    assert.ok(home.headEnd.alerts.length < 40, `${home.headEnd.alerts.length} alerts`);
    assert.deepEqual(home.trace.of("fault"), []);
    assert.equal((await home.read("7.4")).SupplyState, "enabled");
  }

  async function send(messages: Iterable<Uint8Array>): Promise<void> {
    const from = home.trace.events.length;
    for (const message of messages) {
      home.inject(message);
      await home.run(50);
    }
    await expectUnmoved(from);
  }

  it("a signed command with one bit inverted, at 400 places", async () => {
    const bits = command.length * 8;
    await send(
      Array.from({ length: 400 }, (_, i) => {
        const bit = Math.floor((i * bits) / 400);
        const changed = command.slice();
        changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
        return changed;
      }),
    );
  });

  it("a signed command cut off at every length", async () => {
    await send(Array.from({ length: command.length - 1 }, (_, i) => command.slice(0, i + 1)));
  });

  it("a signed command with bytes after its end", async () => {
    await send([Uint8Array.of(...command, 0), Uint8Array.of(...command, ...command)]);
  });

  it("lengths that promise more than there is", async () => {
    const head = [0xd1, 0x84, 0x4d];
    await send([
      Uint8Array.of(0x9b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
      Uint8Array.of(0x5b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
      Uint8Array.of(...head, 0x5a, 0xff, 0xff, 0xff, 0xff),
      new Uint8Array(2000).fill(0x81),
      new Uint8Array(2000).fill(0xd1),
    ]);
  });

  it("the largest message the WAN carries, of zeros, of ones, and as a wrapped payload", async () => {
    const wrapped = new Uint8Array(65_535).fill(0x40);
    wrapped.set(command.subarray(0, 40));
    await send([new Uint8Array(65_535), new Uint8Array(65_535).fill(0xff), wrapped]);
  });

  mockOnly(
    it("a flood of 2,000 messages: flash wear and alerts stay bounded", async () => {
      const random = home.random.fork("flood");
      const before = home.devices.map((device) => device.board.mockFlash.operationCount);
      const stranger = forge(home, { code: 0x50, operations: [disableSupply], target: "00DB1234567890B0" });
      await send(
        (function* () {
          for (let i = 0; i < 1000; i++) {
            yield random.bytes(1 + random.below(300));
            yield i % 2 === 0 ? stranger : Uint8Array.of(...command.subarray(0, 120), ...random.bytes(100));
          }
        })(),
      );
      home.devices.forEach((device, i) => {
        const spent = device.board.mockFlash.operationCount - (before[i] as number);
        assert.ok(spent < floodFlashOperations, `${device.name}: ${spent} flash operations`);
      });
    }),
    "it counts the simulated flash's operations",
  );

  it("the same replayed command 300 times: three alerts, then silence until the window ends", async () => {
    const exchange = await home.command("7.1");
    const from = home.headEnd.alerts.length;
    await send(Array.from({ length: 300 }, () => exchange.bytes));
    const alerts = home.headEnd.alerts.slice(from);
    assert.deepEqual(
      alerts.map((alert) => alert.alertCode),
      [0x8f3e, 0x8f3e, 0x8f3e],
    );
    await home.run(2 * 3_600_000);
    assert.equal((await codesOf(home, "Security")).at(-1), "8F60", "the excess is logged once");
    assert.equal(home.alerts(0x8f60).length, 1, "and told once");
  });
});
