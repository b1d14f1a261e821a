import assert from "node:assert/strict";
import { premises } from "../../../harness/index.ts";
import { rememberedPackets } from "../../../harness/premises/trace.ts";

const dayMs = 86_400_000;

describe("a home left alone", () => {
  it("holds no more after months than after days: nobody asked for a capture", async function () {
    this.timeout(120_000);
    const home = await premises({ seed: 7 });
    await home.commission();
    await home.run(12 * dayMs);
    const packets = () => home.trace.captures.packets.length;
    assert.ok(packets() <= 2 * rememberedPackets, `${packets()} packets after 12 days`);
    const before = home.trace.events.length;
    await home.run(48 * dayMs);
    assert.ok(packets() <= 2 * rememberedPackets, `${packets()} packets after 60 days`);
    const daily = (home.trace.events.length - before) / 48;
    assert.ok(daily < 6, `${daily} events a day of which nothing happened`);
  });

  it("numbers its events on when it forgets the oldest", async () => {
    const home = await premises({ seed: 7 });
    for (let i = 0; i < 30_000; i++) home.trace.record({ source: "premises", kind: "tick" });
    const { events } = home.trace;
    assert.ok(events.length < 20_000, `${events.length} events`);
    const [first, last] = [events[0]?.seq ?? -1, events.at(-1)?.seq ?? -1];
    assert.equal(last - first, events.length - 1);
    assert.ok(last >= 30_000);
  });
});
