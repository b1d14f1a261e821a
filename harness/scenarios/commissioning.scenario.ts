import assert from "node:assert/strict";
import {
  addition,
  addMeter,
  appliesTo,
  attachWan,
  joinMeter,
  mockOnly,
  needs,
  notSet,
  type Premises,
  premises,
  setClock,
} from "../index.ts";
import { certified } from "./samples.ts";
import { announce, logOf } from "./support.ts";

describe("commissioning a home", function () {
  appliesTo(this, ["cose", "gbcs"]);
  needs(this, { boards: true, timeScale: 1 });
  let home: Premises;
  beforeEach(async function () {
    home = await premises(this);
  });

  it("goes from two new boards to a commissioned home, step by step", async () => {
    const status = () => home.headEnd.inventory.status(home.device("esme").eui);
    await attachWan(home);
    assert.equal(home.headEnd.inventory.status(home.device("hub").eui), "Commissioned");
    await addMeter(home);
    assert.equal(status(), "Whitelisted");
    await joinMeter(home);
    assert.equal(status(), "InstalledNotCommissioned");
    await setClock(home);
    assert.equal(status(), "Commissioned");
  });

  it("gives the meter its own link key, and the head end the key's hash", async () => {
    await home.commission();
    const hashes = home.alerts(0x8f12).map(({ values }) => {
      const [, , devices] = values[0] as [number, Uint8Array, [Uint8Array, Uint8Array][]];
      return devices.map(([, hash]) => hash.length);
    });
    assert.deepEqual(hashes, [[0], [16]], "one alert when listed, one when joined");
    const links = home.trace.captures.keys.filter((key) => key.kind === "link");
    assert.equal(links.length, 2, "the install code's key and the established one");
  });

  it("lists the meter in the hub's device log with what the radio sees of it", async () => {
    await home.commission();
    const { DeviceLog } = await home.read("8.9");
    assert.equal(DeviceLog?.length, 1);
    const [meter] = DeviceLog ?? [];
    assert.ok(meter !== undefined);
    assert.equal(meter.device, home.device("esme").eui);
    assert.equal(meter.status, 0xc8, "authorised, reporting, Smart Energy");
    assert.equal(meter.linkQuality, 127, "at 2.4 GHz");
    assert.ok(meter.rssiMax < 0 && meter.rssiMax > -100, `RSSI ${meter.rssiMax} dBm`);
    assert.ok(Math.abs(Number(meter.lastHeard) - home.nowS) < 60);
  });

  it("a listed device that has never been heard was last heard at no time, and not in 1970", async () => {
    await home.commission();
    const absent = "00DB1234567890A5";
    announce(home.headEnd, home.device("hub").eui, absent, "GSME");
    await home.command("8.11", addition(absent, new Uint8Array(16)));
    const { DeviceLog } = await home.read("8.9");
    const listed = DeviceLog?.find(({ device }) => device === absent);
    assert.equal(listed?.lastHeard, notSet);
  });

  it("the meter says by itself that it is commissioned (8F69), once it has joined, before 8.1.1", async () => {
    await attachWan(home);
    await addMeter(home);
    await joinMeter(home);
    await home.runUntil(() => home.alerts(0x8f69).length > 0, 60_000, "8F69");
    const [alert] = home.alerts(0x8f69);
    assert.deepEqual([alert!.device, alert!.to], [home.device("esme").eui, "supplier"]);
    await setClock(home);
    await home.powerCut("esme");
    await home.run(20_000);
    assert.equal(home.alerts(0x8f69).length, 1, "once");
  });

  it("where the setting says so, the meter says it at its first clock instead", async function () {
    const later = await premises(this, { settings: { commissionedWhen: "clock-set" } });
    await attachWan(later);
    await addMeter(later);
    await joinMeter(later);
    await later.run(5_000);
    assert.deepEqual(later.alerts(0x8f69), []);
    await setClock(later);
    await later.runUntil(() => later.alerts(0x8f69).length > 0, 60_000, "8F69");
  });

  mockOnly(
    it("a meter whose clock was never set says so: no time in alerts, logs and answers, and least of all 1970", async () => {
      await attachWan(home);
      await addMeter(home);
      await joinMeter(home);
      await home.runUntil(() => home.alerts(0x8183).length > 0, 60_000, "8183");
      assert.equal(home.alerts(0x8183)[0]!.timeS, undefined);
      assert.deepEqual(
        (await logOf(home, "Event")).map(({ code, time }) => [code, time]),
        [[0x8183, notSet]],
      );
      const answer = await home.request("4.1.1");
      assert.deepEqual([answer.status, answer.answer?.timeS], ["answered", undefined]);
      const missed = await home.request("6.11", { CurrentDateTime: home.nowS - 7200, TolerancePeriod: 3600 });
      // After the operation that failed, none is carried out: the clock is not even read.
      const outcomes = missed.answer!.results.map(({ status, value }) => [status === 0, value]);
      assert.deepEqual(outcomes.slice(2), [
        [false, undefined],
        [false, undefined],
        [false, undefined],
      ]);
      const { pki, parties } = home.headEnd;
      const keys = pki.partyKeys("supplier");
      await home.command("6.15.1", {
        RemotePartyRole: "Supplier",
        ReplacementCertificates: {
          SupplierOrNetworkOperatorCertificates: { KeyAgreementCertificate: keys.agree.certificate },
        },
        ...certified(pki),
      });
      parties.supplier.keys = { ...parties.supplier.keys, agree: keys.agree };
      const security = await logOf(home, "Security");
      assert.ok(security.some(({ code }) => code === 0x8f70));
      for (const { code, time } of security) assert.equal(time, notSet, `${code}`);
      await setClock(home);
      const later = await home.request("4.1.1");
      assert.ok(Math.abs(later.answer!.timeS! - home.nowS) <= 2);
    }),
    "a board's clock is set by its host before a run begins",
  );

  needs(
    it("brings the meter's clock to the network's time", async () => {
      await home.commission();
      await home.run(3_600_000);
      const { ClockTime, ClockStatus } = await home.read("6.11", {
        CurrentDateTime: home.nowS - 60,
        TolerancePeriod: 120,
      });
      assert.equal(ClockStatus, "reliable");
      const offS = Number(ClockTime) - home.nowS;
      assert.ok(Math.abs(offS) <= 1, `the meter's clock is ${offS} s off`);
    }),
    { boards: true, timeScale: 20_000 },
  );

  it("does not commission the meter when the hub's time lies outside the supplier's window", async () => {
    await attachWan(home);
    await addMeter(home);
    await joinMeter(home);
    const window = { CurrentDateTime: home.nowS + 86_400, TolerancePeriod: 86_400 };
    const exchange = await home.request("8.1.1", window);
    assert.equal(exchange.status, "answered");
    assert.notEqual(exchange.answer?.results[2]?.status, 0);
    assert.equal(home.headEnd.inventory.status(home.device("esme").eui), "InstalledNotCommissioned");
  });

  for (const name of ["hub", "esme"] as const)
    mockOnly(
      it(`comes up although the ${name}'s power is cut inside any flash operation on the way`, async function () {
        for (let n = 0; n < 16; n++) {
          const cut = n === 0 ? home : await premises(this);
          await attachWan(cut);
          cut.cutAtFlashOperation(name, n, "torn");
          const { headEnd } = cut;
          const esme = cut.device("esme");
          headEnd.inventory.preNotify({
            eui: esme.eui,
            type: "ESME",
            installCode: esme.installCode,
            hub: cut.device("hub").eui,
          });
          const add = addition(esme.eui, esme.installCode);
          await cut.request("8.11", add, { timeoutMs: 20_000 });
          await cut.run(120_000);
          await cut.plugIn(name);
          await cut.run(120_000);
          // Cut in the middle of pairing, the two may disagree: the technician opens the join window again.
          const paired = () =>
            cut.trace.of("han", "esme").some((e) => e.event === "joined" || e.event === "rejoined");
          if (!paired()) await cut.command("8.11", add);
          await cut.runUntil(paired, 600_000, `the meter's joining after a cut at flash operation ${n}`);
          await joinMeter(cut);
          await setClock(cut);
          assert.equal((await cut.read("7.4")).SupplyState, "enabled", `cut at flash operation ${n}`);
        }
      }),
      "it cuts the power inside a flash operation, which only the simulated flash can",
    );

  it("refuses a service request for a device that was never announced", async () => {
    await assert.rejects(() => home.request("7.4"), /inventory.*12\.2/);
  });

  it("refuses to announce a device twice", async () => {
    await home.commission();
    await assert.rejects(() => addMeter(home), /has it already, as Commissioned/);
  });
});
