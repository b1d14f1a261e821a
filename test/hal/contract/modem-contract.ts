import assert from "node:assert/strict";
import type { Modem, SendOutcome } from "../../../hal/board.ts";
import { type Bench, eachTest, type Make, misuse } from "./bench.ts";

/** The head end's side of the link under test, and how long the link may need for anything. */
export interface ModemBench extends Bench<Modem> {
  readonly patienceMs: number;
  deliver(message: Uint8Array): void;
  /** What has come up so far. */
  readonly received: readonly Uint8Array[];
}

export function modemContract(name: string, make: Make<ModemBench>): void {
  describe(`${name}: modem contract`, () => {
    const bench = eachTest(make);
    const modem = (): Modem => bench().part;
    const wait = (): Promise<void> => bench().advance(bench().patienceMs);
    const attach = async (): Promise<void> => {
      await modem().attach();
      await wait();
      assert.equal(modem().attached, true);
    };

    it("starts detached, without network time, and fails what is sent", async () => {
      const outcomes: SendOutcome[] = [];
      assert.equal(modem().attached, false);
      assert.equal(await modem().networkTimeMs(), undefined);
      await modem().send(Uint8Array.of(1), (outcome) => void outcomes.push(outcome));
      assert.deepEqual(outcomes, [], "never inside the call");
      await wait();
      assert.deepEqual(outcomes, ["failed"]);
    });

    it("tells when it is attached, once, however often it is asked", async () => {
      const changes: boolean[] = [];
      modem().onAttachChange((attached) => void changes.push(attached));
      await modem().attach();
      await modem().attach();
      await wait();
      await modem().attach();
      await wait();
      assert.deepEqual(changes, [true]);
    });

    it("carries whole messages up, in order, and tells their fate", async () => {
      await attach();
      const outcomes: SendOutcome[] = [];
      const messages = [Uint8Array.of(1, 2, 3), new Uint8Array(1500).fill(7), Uint8Array.of(9)];
      for (const message of messages) await modem().send(message, (outcome) => void outcomes.push(outcome));
      await wait();
      assert.deepEqual(bench().received, messages);
      assert.deepEqual(outcomes, ["delivered", "delivered", "delivered"]);
    });

    it("carries whole messages down, in order", async () => {
      await attach();
      const messages = [Uint8Array.of(1, 2, 3), new Uint8Array(1500).fill(7), Uint8Array.of(9)];
      const heard: Uint8Array[] = [];
      modem().onMessage((message) => void heard.push(message));
      for (const message of messages) bench().deliver(message);
      await wait();
      assert.deepEqual(heard, messages);
    });

    it("carries 65,535 bytes, and refuses none and more", async () => {
      await attach();
      const longest = new Uint8Array(65_535).fill(3);
      await modem().send(longest, () => {});
      await wait();
      assert.deepEqual(bench().received, [longest]);
      await misuse(() => modem().send(new Uint8Array(65_536), () => {}));
      await misuse(() => modem().send(new Uint8Array(0), () => {}));
    });

    it("knows the network's time, which goes on", async () => {
      await attach();
      const before = await modem().networkTimeMs();
      assert.ok(Number.isInteger(before));
      await bench().advance(1_000);
      assert.ok((await modem().networkTimeMs())! - before! >= 1_000);
    });
  });
}
