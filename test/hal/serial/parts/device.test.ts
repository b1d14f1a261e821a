import assert from "node:assert/strict";
import fc from "fast-check";
import type { MessageEnd } from "../../../../hal/serial/parts/index.ts";
import { misuse } from "../../contract/bench.ts";
import { closeBench, describeEmulated, type EmulatedBench, emulatedBench, wait } from "./emulated-bench.ts";
import { remoteBench } from "./remote-bench.ts";

/** A device's own firmware: here it sends back what it gets, in upper case, so to say. */
function echoing() {
  const heard: Uint8Array[] = [];
  let tell: (message: Uint8Array) => void = () => {};
  const device: MessageEnd = {
    deliver: (message) => {
      heard.push(message);
      tell(message.map((byte) => byte ^ 0x20));
    },
    onMessage: (listener) => {
      tell = listener;
      return () => {};
    },
  };
  return { heard, device };
}

describe("a board under test behind the model's server", () => {
  it("gets whole messages and gives whole messages, of any length, in order", async () => {
    const { heard, device } = echoing();
    const { remote, advance } = await remoteBench({ serve: { device } });
    const sizes = [1, 415, 416, 417, 5000, 65_535];
    const back: Uint8Array[] = [];
    remote.device!.onMessage((message) => void back.push(message));
    const sent = sizes.map((size) => new Uint8Array(size).fill(size & 0xff));
    for (const message of sent) {
      await remote.device!.deliver(message);
      await advance(10);
    }
    assert.deepEqual(heard, sent);
    assert.deepEqual(
      back,
      sent.map((message) => message.map((byte) => byte ^ 0x20)),
    );
  });

  it("gets each message once, however many answers get lost", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 6 }), async (silent) => {
        const { heard, device } = echoing();
        const options = { serve: { device, faults: { silent } }, connect: { attempts: 8 } };
        const { remote, scheduler } = await remoteBench(options);
        let done = false;
        const sending = (async () => {
          for (const size of [3, 1000, 5]) await remote.device!.deliver(new Uint8Array(size));
        })().finally(() => {
          done = true;
        });
        await scheduler.run(() => done, 600_000);
        await sending;
        assert.deepEqual(
          heard.map(({ length }) => length),
          [3, 1000, 5],
        );
        remote.close();
      }),
      { seed: 8, numRuns: 5 },
    );
  });

  it("takes no empty message and none beyond 65,535 bytes", async () => {
    const { device } = echoing();
    const { remote } = await remoteBench({ serve: { device } });
    await misuse(() => remote.device!.deliver(new Uint8Array(0)));
    await misuse(() => remote.device!.deliver(new Uint8Array(65_536)));
  });

  it("is absent where a board has no device of its own, and stimuli where it takes none", async () => {
    const { remote } = await remoteBench();
    assert.equal(remote.device, undefined);
    await assert.rejects(remote.stimulate({ stuck: true }), { code: "hal/absent" });
  });
});

describeEmulated("the emulated board as a board under test", () => {
  let bench: EmulatedBench | undefined;
  before(async function () {
    this.timeout(60_000);
    bench = await emulatedBench({}, ["device 1"]);
  });
  after(() => closeBench(bench));

  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

  it("passes messages on in pieces, both ways", async () => {
    const { remote, emulated } = bench!;
    const pieces: string[] = [];
    emulated.onStimulus((line) => {
      if (line.startsWith("message")) pieces.push(line);
    });
    const message = Uint8Array.from({ length: 1500 }, (_, index) => index & 0xff);
    await remote.device!.deliver(message);
    const back: Uint8Array[] = [];
    remote.device!.onMessage((one) => void back.push(one));
    await emulated.stimulus(`message 0 1200 ${hex(message.subarray(0, 1000))}`);
    await emulated.stimulus(`message 1000 - ${hex(message.subarray(1000, 1200))}`);
    await wait(300);
    assert.deepEqual(back, [message.slice(0, 1200)]);
    assert.equal(pieces.map((line) => line.split(" ")[3]).join(""), hex(message));
  });

  it("is a new board after its reset, which it tells at once", async () => {
    const { remote } = bench!;
    const reasons: string[] = [];
    let died = 0;
    remote.onPowerLost(() => died++);
    const back = new Promise<void>((resolve) =>
      remote.onRestart((next, reason) => {
        bench!.remote = next;
        reasons.push(reason);
        resolve();
      }),
    );
    await remote.reset();
    await back;
    assert.deepEqual([reasons, died], [["restarted (reset)"], 1]);
    assert.equal(await bench!.remote.loadSwitch!.isClosed(), true);
  });
});
