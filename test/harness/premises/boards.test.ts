import assert from "node:assert/strict";
import { remoteHome } from "./remote-home.ts";

const minuteMs = 60_000;

describe("a meter with its flash, clock, mains and switch on a remote board", () => {
  it("boots from the remote flash, and disables and reads its supply (7.2, 7.4)", async () => {
    const { home, far } = await remoteHome();
    assert.ok(far.mockFlash.operationCount > 0, "its factory wrote to the remote flash");
    assert.equal(home.device("esme").board.mockFlash.operationCount, 0);
    await home.commission();
    assert.equal((await home.read("7.4")).SupplyState, "enabled");
    await home.command("7.2");
    assert.equal(far.mockLoadSwitch.contactsClosed, false, "the remote switch opened");
    assert.equal(
      home.device("esme").board.mockLoadSwitch.contactsClosed,
      false,
      "and the simulated load with it",
    );
    assert.equal((await home.read("7.4")).SupplyState, "disabled");
  });

  it("boots again when the remote board restarts, and forgets nothing", async () => {
    const { home, far } = await remoteHome();
    await home.commission();
    await home.command("7.2");
    const { boots } = home.device("esme");
    far.powerOff();
    await home.run(10_000);
    assert.equal(home.device("esme").firmware, undefined, "the firmware died with its board");
    far.powerOn();
    await home.runUntil(() => home.device("esme").boots > boots, minuteMs, "the meter's boot");
    const back = () => home.trace.of("han", "esme").some((event) => event.event === "rejoined");
    await home.runUntil(back, 5 * minuteMs, "the meter's rejoining");
    assert.equal((await home.read("7.4")).SupplyState, "disabled");
  });

  it("keeps its time over the line", async () => {
    const { home, far } = await remoteHome();
    await home.commission();
    await home.run(30 * minuteMs);
    const utcS = Math.floor(far.clock.readRtcMs() as number) / 1000;
    assert.ok(Math.abs(utcS - home.nowS) < 5, `${utcS} and ${home.nowS}`);
    const window = { CurrentDateTime: home.nowS - 3600, TolerancePeriod: 7200 };
    const { ClockTime } = await home.read("8.1.1", window);
    assert.ok(Math.abs(Number(ClockTime) - home.nowS) < 5);
  });

  it("lives through a mains loss that the remote board senses, and reports it", async () => {
    const { home, far } = await remoteHome();
    await home.commission();
    await home.cutMains(4 * minuteMs);
    await home.run(2 * minuteMs);
    assert.ok(far.powered);
    const codes = home.headEnd.alerts.map(({ alertCode }) => alertCode);
    assert.ok(codes.includes(0x8f35) || codes.includes(0x8f36), codes.map((c) => c.toString(16)).join());
    assert.equal((await home.read("7.4")).SupplyState, "enabled");
  });
});
