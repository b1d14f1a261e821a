import assert from "node:assert/strict";
import { MixedBoard, mixBoards } from "../../../harness/premises/boards.ts";
import { powerLost } from "../../hal/contract/bench.ts";
import { mockBench } from "../../hal/mock/mock-bench.ts";

const boards = () => {
  const near = mockBench({ id: "near" });
  const far = mockBench({ id: "far", scheduler: near.scheduler, parts: { mains: true, loadSwitch: true } });
  return { near: near.board, far: far.board, advance: near.advance };
};

describe("a board mixed of two", () => {
  it("has the named parts of the one where it has them, and all others of the other", async () => {
    const { near, far } = boards();
    const mixed = mixBoards(far, near, { parts: ["flash", "loadSwitch", "tamper"] });
    await mixed.flash.program(0, Uint8Array.of(1));
    await mixed.loadSwitch!.set(false);
    await mixed.clock.setRtcMs(1_700_000_000_000);
    assert.equal(far.mockFlash.operationCount, 1);
    assert.equal(far.mockLoadSwitch.contactsClosed, false);
    assert.equal(near.mockLoadSwitch.contactsClosed, true);
    assert.equal(near.clock.readRtcMs(), 1_700_000_000_000);
    assert.notEqual(mixed.tamper, undefined);
    assert.equal(mixed.modem, undefined);
    assert.deepEqual(mixed.flash.geometry, far.flash.geometry);
    assert.equal(mixed.metrology!.phaseCount, 1);
  });

  it("delivers one event at a time, whichever part it is from", async () => {
    const { near, far, advance } = boards();
    const mixed = mixBoards(far, near);
    const order: string[] = [];
    const slowly = (what: string) => async (): Promise<void> => {
      order.push(`${what} begins`);
      for (let turn = 0; turn < 5; turn++) await Promise.resolve();
      order.push(`${what} ends`);
    };
    mixed.clock.after(20, slowly("timer"));
    mixed.tamper!.onChange(slowly("tamper"));
    mixed.mains!.onChange(slowly("mains"));
    far.mockMains.lose();
    await advance(20);
    near.mockTamper.set("magnet", true);
    await advance(100);
    assert.deepEqual(
      order.map((line) => line.split(" ")[1]),
      ["begins", "ends", "begins", "ends", "begins", "ends"],
    );
    assert.deepEqual(new Set(order.map((line) => line.split(" ")[0])), new Set(["timer", "tamper", "mains"]));
  });

  it("is dead once it has ended: no call, no timer, no event", async () => {
    const { near, far, advance } = boards();
    const mixed = new MixedBoard(far, near);
    let events = 0;
    mixed.clock.after(10, () => void events++);
    mixed.tamper!.onChange(() => void events++);
    const cancel = mixed.mains!.onChange(() => void events++);
    mixed.end();
    assert.ok(mixed.ended);
    cancel();
    near.mockTamper.set("magnet", true);
    far.mockMains.lose();
    await advance(1000);
    assert.equal(events, 0);
    await powerLost(() => mixed.flash.read(0, 1));
    await powerLost(() => mixed.clock.uptimeMs());
    await powerLost(() => mixed.tamper!.onChange(() => {}));
  });

  it("lets a handler die of a power loss, and tells other errors", async () => {
    const { near, far, advance } = boards();
    const faults: unknown[] = [];
    const mixed = mixBoards(far, near, { onFault: (error) => faults.push(error) });
    mixed.clock.after(2, () => {
      throw new Error("firmware's own");
    });
    mixed.clock.after(3, async () => {
      mixed.end();
      await mixed.flash.read(0, 1);
    });
    await advance(100);
    assert.deepEqual(faults.map(String), ["Error: firmware's own"]);
  });
});
