import assert from "node:assert/strict";
import { bootDevice, modelledDevices } from "../../../firmware/devices/boot.ts";
import { partitions } from "../../../firmware/devices/partitions.ts";
import { type DeviceIdentity, provision, readIdentity } from "../../../firmware/devices/provision.ts";
import { Journal } from "../../../firmware/kernel/journal.ts";
import { devices } from "../../../firmware/model/index.ts";
import { hasCode } from "../../../hal/base/coded-error.ts";
import { MockBoard, Scheduler, SeededRandom } from "../../../hal/mock/index.ts";
import { startUtcS, suite, World } from "../../support/devices.ts";

const world = new World();
function board(): MockBoard {
  const made = new MockBoard({
    scheduler: new Scheduler(),
    random: new SeededRandom(1),
    id: "b",
    startUtcMs: startUtcS * 1000,
    crypto: world.crypto,
  });
  made.powerOn();
  return made;
}
const rejects = (promise: Promise<unknown>, code: string) =>
  assert.rejects(promise, (error) => hasCode(error, code));

describe("the factory region", () => {
  for (const type of modelledDevices)
    it(`gives back the identity of a ${type} as it was written`, async () => {
      const b = board();
      const identity = world.identity(type);
      await provision(b, { ...identity, certificatePath: [Uint8Array.of(1), Uint8Array.of(2)] }, suite);
      const read = await readIdentity(b);
      const sorted = (i: DeviceIdentity) => ({
        ...i,
        anchors: [...i.anchors].sort((x, y) => (JSON.stringify(x.cell) < JSON.stringify(y.cell) ? -1 : 1)),
      });
      assert.deepEqual(
        sorted(read),
        sorted({ ...identity, certificatePath: [Uint8Array.of(1), Uint8Array.of(2)] }),
      );
    });

  it("is written once", async () => {
    const b = board();
    await provision(b, world.identity("ESME"), suite);
    const before = b.mockFlash.snapshot().bytes;
    await rejects(provision(b, world.identity("CHF"), suite), "devices/already-provisioned");
    assert.deepEqual(b.mockFlash.snapshot().bytes, before);
  });

  const wrong: [what: string, change: (identity: DeviceIdentity) => Partial<DeviceIdentity>][] = [
    ["a seed of 31 bytes", () => ({ signSeed: new Uint8Array(31) })],
    ["an install code without CRC", () => ({ installCode: new Uint8Array(16) })],
    ["an empty certificate", () => ({ signCertificate: new Uint8Array() })],
    ["a missing cell", ({ anchors }) => ({ anchors: anchors.slice(1) })],
    ["a doubled cell", ({ anchors }) => ({ anchors: [...anchors, anchors[0]!] })],
    [
      "a key that can verify or agree nothing",
      ({ anchors }) => ({ anchors: anchors.map((seed) => ({ ...seed, publicKey: new Uint8Array(32) })) }),
    ],
    [
      "a contingency key outside a root's cell",
      ({ anchors }) => ({ anchors: anchors.map((seed) => ({ ...seed, contingency: new Uint8Array(60) })) }),
    ],
    [
      "a contingency key of another length",
      ({ anchors }) => ({
        anchors: anchors.map((seed) =>
          seed.cell.role === "root" ? { ...seed, contingency: new Uint8Array(59) } : seed,
        ),
      }),
    ],
    ["a cell of another device", () => ({ anchors: world.identity("CHF").anchors })],
    ["a path too long", () => ({ certificatePath: Array.from({ length: 5 }, () => Uint8Array.of(1)) })],
  ];
  for (const [what, change] of wrong)
    it(`refuses ${what}, and leaves the flash as it was`, async () => {
      const b = board();
      const identity = world.identity("ESME");
      const before = b.mockFlash.snapshot().bytes;
      await rejects(provision(b, { ...identity, ...change(identity) }, suite), "devices/identity");
      assert.deepEqual(b.mockFlash.snapshot().bytes, before);
    });

  it("must hold the right device before it boots", async () => {
    const b = board();
    await rejects(bootDevice("ESME", b, { suite }), "devices/not-provisioned");
    await provision(b, world.identity("CHF"), suite);
    await rejects(bootDevice("ESME", b, { suite }), "devices/wrong-type");
    await rejects(bootDevice("CHF", b, { suite }), "hal/absent");
  });

  it("names the device type by a number that is for ever", async () => {
    assert.deepEqual(
      Object.fromEntries(Object.entries(devices).map(([name, row]) => [name, row.factoryNumber])),
      { ESME: 1, CHF: 2, GPF: 3, GSME: 4, PPMID: 5, HCALCS: 6, SAPC: 7, IHD: 8, CAD: 9, HHT: 10 },
    );
    for (const type of modelledDevices) {
      const b = board();
      await provision(b, world.identity(type), suite);
      const journal = await Journal.open(b.flash, partitions(b.flash.geometry).factory);
      assert.deepEqual(journal.get("type"), Uint8Array.of(devices[type].factoryNumber));
    }
  });

  it("is not guessed at: a type that there is none of does not boot, nor one without firmware", async () => {
    const b = board();
    await provision(b, world.identity("ESME"), suite);
    const journal = await Journal.open(b.flash, partitions(b.flash.geometry).factory);
    for (const number of [0, 11, 255]) {
      await journal.commit([{ key: "type", value: Uint8Array.of(number) }]);
      await rejects(bootDevice("ESME", b, { suite }), "devices/unknown-type");
      await rejects(bootDevice("CHF", b, { suite }), "hal/absent");
    }
    await journal.commit([{ key: "type", value: Uint8Array.of(devices.GSME.factoryNumber) }]);
    await rejects(bootDevice("ESME", b, { suite }), "devices/wrong-type");
  });

  it("lies beside the other regions without overlap, and needs a flash that holds them all", () => {
    for (const [sectorBytes, sectorCount] of [
      [4096, 256],
      [65_536, 36],
    ] as const) {
      const regions = Object.values(partitions({ sectorBytes, sectorCount, programUnitBytes: 1 }));
      let next = 0;
      for (const { firstSector, sectorCount: count } of regions) {
        assert.equal(firstSector, next);
        next += count;
      }
      assert.ok(next <= sectorCount);
    }
    assert.throws(
      () => partitions({ sectorBytes: 4096, sectorCount: 64, programUnitBytes: 1 }),
      (error) => hasCode(error, "devices/flash-too-small"),
    );
  });
});
