import assert from "node:assert/strict";
import { withCrc } from "../../firmware/han/install-code.ts";
import {
  addition,
  addMeter,
  appliesTo,
  attachWan,
  joinMeter,
  needs,
  type Premises,
  type PremisesOptions,
  premises,
  setClock,
} from "../index.ts";
import { announce, commissioned } from "./support.ts";

const anotherCode = new Uint8Array(16).fill(0xa5);

describe("pairing: each outcome is clear at the device, the hub and the head end", function () {
  appliesTo(this, ["cose", "gbcs"]);
  needs(this, { boards: true });

  async function home(context: Mocha.Context, options: PremisesOptions = {}): Promise<Premises> {
    const built = await premises(context, options);
    await attachWan(built);
    return built;
  }

  const han = (built: Premises, source: "esme" | "hub", event: string) =>
    built.trace.of("han", source).filter((e) => e.event === event);
  const reasons = (built: Premises, source: "esme" | "hub", event: string) => [
    ...new Set(han(built, source, event).map((e) => e.reason)),
  ];
  const status = (built: Premises) => built.headEnd.inventory.status(built.device("esme").eui);

  /** The meter has tried and failed; the hub gives its reason, or never saw it come; nobody takes it for joined. */
  async function expectJoinFails(built: Premises, atMeter: string, atHub?: string): Promise<void> {
    const failed = () => reasons(built, "esme", "join-failed").includes(atMeter);
    await built.runUntil(failed, 900_000, `the meter's "${atMeter}"`);
    await built.run(60_000);
    assert.deepEqual(reasons(built, "hub", "join-failed"), atHub === undefined ? [] : [atHub]);
    assert.deepEqual(han(built, "hub", "joined"), []);
    const { DeviceLog } = await built.read("8.9");
    assert.ok(
      DeviceLog?.every((device) => device.status !== 2),
      "no key established",
    );
    assert.notEqual(status(built), "InstalledNotCommissioned");
  }

  it("the right install code: joined, key established, told to the head end", async function () {
    const built = await home(this);
    await addMeter(built);
    await joinMeter(built);
    assert.equal(han(built, "esme", "joined").length, 1);
    assert.equal(han(built, "hub", "joined").length, 1);
    assert.equal(status(built), "InstalledNotCommissioned");
  });

  it("the join window shut: the meter finds no way in, and joins when it opens", async function () {
    const built = await home(this);
    await built.runUntil(() => han(built, "esme", "join-failed").length > 0, 60_000, "the meter's attempt");
    assert.deepEqual(reasons(built, "esme", "join-failed"), ["join-window-shut"]);
    await addMeter(built);
    await joinMeter(built);
  });

  it("the window over before the meter came: still shut out", async function () {
    const built = await home(this);
    await addMeter(built);
    built.device("esme").board.powerOff();
    await built.run(3_700_000);
    assert.equal(han(built, "hub", "join-window-closed").length, 1);
    built.device("esme").board.powerOn();
    await expectJoinFails(built, "join-window-shut", "never-seen");
  });

  it("another install code in the hub's log than on the meter", async function () {
    const built = await home(this);
    await addMeter(built, anotherCode);
    await expectJoinFails(built, "wrong-install-code", "network-key-unanswered");
  });

  it("an install code whose CRC is bad: the meter does not even try", async function () {
    const printed = withCrc(anotherCode);
    printed[17] = (printed[17] as number) ^ 1;
    const built = await home(this, { printedInstallCode: printed });
    await addMeter(built, anotherCode);
    await expectJoinFails(built, "bad-install-code-crc");
    assert.deepEqual(han(built, "hub", "joining"), []);
  });

  it("a meter that is not in the hub's log", async function () {
    const built = await home(this);
    const esme = built.device("esme");
    built.headEnd.inventory.preNotify({
      eui: esme.eui,
      type: "ESME",
      installCode: esme.installCode,
      hub: built.device("hub").eui,
    });
    const another = "00DB1234567890A5";
    announce(built.headEnd, built.device("hub").eui, another, "PPMID");
    await built.command("8.11", addition(another, anotherCode));
    await expectJoinFails(built, "not-in-device-log", "not-in-device-log");
  });

  it("the hub's log full: the seventeenth device is refused to the head end", async function () {
    const built = await home(this);
    const add = (n: number) => {
      const device = `00DB1234567891${n.toString(16).padStart(2, "0").toUpperCase()}`;
      announce(built.headEnd, built.device("hub").eui, device, "PPMID");
      return built.request("8.11", addition(device, anotherCode));
    };
    for (let n = 0; n < 16; n++)
      assert.equal((await add(n)).answer?.results[0]?.status, 0, `device ${n + 1}`);
    assert.notEqual((await add(16)).answer?.results[0]?.status ?? 0, 0, "no room");
    assert.equal((await built.read("8.9")).DeviceLog?.length, 16);
  });

  it("a meter with credentials that nobody here issued", async function () {
    const built = await home(this, { rogueMeter: true });
    await addMeter(built);
    await expectJoinFails(built, "credential-refused", "forged-credential");
  });

  it("an old frame played back on the air: refused by its frame counter", async function () {
    const built = await home(this);
    await addMeter(built);
    await joinMeter(built);
    await setClock(built);
    const secured = built.trace.captures.packets.filter(
      (p) => p.link === "han" && p.from === "esme" && p.bytes.length > 40,
    );
    await built.run(60_000);
    const from = built.trace.events.length;
    for (const { bytes } of secured.slice(-3)) {
      built.ether.inject(bytes, { channel: built.device("hub").board.mockRadio.channel });
      await built.run(1000);
    }
    const refused = built.trace.events.slice(from).filter((e) => e.source === "hub" && e.event === "refused");
    assert.ok(
      refused.some((e) => e.reason === "replayed-frame-counter"),
      JSON.stringify(refused),
    );
    assert.equal((await built.read("7.4")).SupplyState, "enabled");
  });

  it("the meter's power cut: it rejoins without the head end's help", async function () {
    const built = await commissioned(this);
    await built.powerCut("esme");
    await built.runUntil(() => han(built, "esme", "rejoined").length === 1, 300_000, "the meter's rejoining");
    assert.equal(han(built, "esme", "joined").length, 1);
    assert.equal((await built.read("7.4")).SupplyState, "enabled");
    assert.equal(status(built), "Commissioned");
  });

  it("the hub's power cut: it takes up its network, keys and log", async function () {
    const built = await commissioned(this);
    await built.powerCut("hub");
    await built.runUntil(() => built.wan.attached, 300_000, "the WAN's return");
    await built.run(60_000);
    assert.equal((await built.read("8.9")).DeviceLog?.[0]?.status, 0xc8);
    assert.equal((await built.read("7.4")).SupplyState, "enabled");
  });

  it("removal: the meter leaves, the hub tells the head end, and no message gets through", async function () {
    const built = await commissioned(this);
    const told = built.alerts(0x8f12).length;
    await built.command("8.11", { DeviceID: built.device("esme").eui, RequestType: "Remove" });
    await built.run(60_000);
    assert.equal(han(built, "esme", "removed").length, 1);
    assert.equal(built.alerts(0x8f12).length, told + 1);
    assert.equal(status(built), "Pending");
    assert.deepEqual((await built.read("8.9")).DeviceLog, []);
    assert.equal((await built.request("7.4", {}, { timeoutMs: 60_000 })).status, "timed-out");
    assert.equal(built.trace.of("command-refused", "hub").at(-1)?.reason, "not-for-me");
  });
});
