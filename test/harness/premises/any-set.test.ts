import assert from "node:assert/strict";
import { hasCode } from "../../../hal/base/coded-error.ts";
import { constantLoad } from "../../../hal/mock/index.ts";
import {
  type HomeDeviceSpec,
  modelledDevices,
  type Premises,
  type PremisesOptions,
  premises,
} from "../../../harness/index.ts";
import { standardDevices } from "../../../harness/premises/device-specs.ts";

const code = (wanted: string, words: RegExp) => (error: unknown) =>
  hasCode(error, wanted) && words.test((error as Error).message);

/** Types that there is firmware for besides the two of a default home. */
const others = modelledDevices
  .slice(2)
  .map((type) => `, ${type}`)
  .join("");

/** Names, an order and a number of meters that no default has. */
const devices: readonly HomeDeviceSpec[] = [
  { name: "shed", type: "ESME", load: constantLoad(1000), distanceM: 7 },
  { name: "comms", type: "CHF", settings: { longOutageS: 600 } },
  { name: "hall", type: "ESME", eui: "00DB12345678FFF0", mpxn: "2000000000006", load: constantLoad(200) },
];

describe("premises of any set of devices", () => {
  let home: Premises;
  before(async () => {
    home = await premises({ seed: 3, devices });
    await home.commission();
  });

  it("commissions each meter, through a hub by any name", () => {
    for (const name of ["comms", "shed", "hall"])
      assert.equal(home.headEnd.inventory.status(home.device(name).eui), "Commissioned", name);
    const joined = home.trace
      .of("han")
      .filter(({ event, source }) => event === "joined" && source !== "comms");
    assert.deepEqual(
      joined.map(({ source }) => source),
      ["shed", "hall"],
    );
  });

  it("gives each its numbers, its keys, its code, its load and its place", () => {
    const [shed, hall] = [home.device("shed"), home.device("hall")];
    assert.deepEqual([shed.eui, hall.eui], ["00DB1234567890A0", "00DB12345678FFF0"]);
    assert.deepEqual([shed.mpxn, hall.mpxn], ["1000000000003", "2000000000006"]);
    assert.notDeepEqual(shed.keys.signSeed, hall.keys.signSeed);
    assert.notDeepEqual(shed.installCode, hall.installCode);
    assert.deepEqual(home.ether.positionOf("shed"), { xM: 7, yM: 0 });
    assert.deepEqual(home.ether.positionOf("hall"), { xM: 0, yM: 4 });
    const drawn = [shed, hall].map(({ board }) => board.mockMetrology.reading().activeImportWh);
    assert.ok(Math.abs(drawn[0]! / drawn[1]! - 5) < 0.01, `${drawn}`);
  });

  it("asks the first device that a request is for, or the one that is named", async () => {
    await home.command("7.2", {}, { to: "hall" });
    assert.equal((await home.read("7.4", {}, { to: "hall" })).SupplyState, "disabled");
    assert.equal((await home.read("7.4")).SupplyState, "enabled", "the shed's, being first");
    const accepted = (name: string) => home.trace.of("command-accepted", name).map(({ useCase }) => useCase);
    assert.ok(accepted("hall").includes("ECS43") && !accepted("shed").includes("ECS43"));
  });

  it("cuts the power of one, and hears the alerts of one", async () => {
    const boots = home.devices.map((device) => device.boots);
    await home.powerCut("hall");
    assert.deepEqual(
      home.devices.map((device, i) => device.boots - boots[i]!),
      [0, 0, 1],
    );
    home.device("shed").board.mockTamper.set("magnet", true);
    const { device } = await home.waitForAlert(0x8f75, 60_000, "shed");
    assert.equal(device, home.device("shed").eui);
  });

  it("says what there is, where a name or a type is not there", async () => {
    assert.throws(
      () => home.device("esme"),
      code("premises/no-device", /has shed \(ESME\), comms \(CHF\), hall/),
    );
    const alone = await premises({ devices: [{ name: "hub", type: "CHF" }] });
    await assert.rejects(
      alone.command("7.2"),
      code("premises/no-device", /no ESME, which 7\.2 is for: it has hub/),
    );
    await alone.commission();
    assert.equal(alone.headEnd.inventory.status(alone.device("hub").eui), "Commissioned");
    const hubless = await premises({ devices: [{ name: "meter", type: "ESME" }] });
    await assert.rejects(hubless.commission(), code("premises/no-device", /no hub/));
  });

  it("lends one of them a board by its name, and knows no other name", async () => {
    const asked: string[] = [];
    const refusing = async (mock: { readonly id: string }): Promise<never> => {
      asked.push(mock.id);
      throw new Error("no board");
    };
    await assert.rejects(premises({ devices, boards: { hall: refusing } }), /no board/);
    await assert.rejects(
      premises({ devices: devices.map((spec) => ({ ...spec, board: refusing })) }),
      /no board/,
    );
    assert.deepEqual(asked, ["hall", "shed"]);
    await assert.rejects(
      premises({ devices, boards: { esme: refusing } }),
      code("premises/option", /"esme"/),
    );
  });
});

describe("a set of devices that no home can have", () => {
  const hub = { name: "hub", type: "CHF" } as const;
  const esme = { name: "esme", type: "ESME" } as const;
  const wrong: [what: string, devices: unknown, words: RegExp][] = [
    ["none", [], /a list of 1 to 16 devices/],
    ["no list", "esme", /a list of 1 to 16 devices/],
    ["too many", Array.from({ length: 17 }, (_, i) => ({ ...esme, name: `m${i}` })), /1 to 16/],
    ["a name twice", [hub, esme, esme], /name: expected each once, got "esme"/],
    [
      "a number twice",
      [hub, esme, { ...esme, name: "b", eui: "00DB1234567890A0" }],
      /eui: expected each once/,
    ],
    ["two hubs", [hub, { ...hub, name: "other" }], /one hub at most/],
    [
      "a type without firmware",
      [hub, { name: "hand", type: "HHT" }],
      new RegExp(`hand, type: .*ESME, CHF${others}, got "HHT"`),
    ],
    ["a type that is none", [{ name: "x", type: "toString" }], /got "toString"/],
    ["no name", [{ type: "ESME" }], /devices\[0\]\.name/],
    ["a name with a line break", [{ name: "a\nb", type: "ESME" }], /devices\[0\]\.name/],
    ["a name of another source of events", [{ name: "wan", type: "ESME" }], /sources of events/],
    ["an EUI-64 in small letters", [{ ...esme, eui: "00db1234567890a0" }], /16 hexadecimal digits/],
    ["an MPxN of letters", [{ ...esme, mpxn: "abc" }], /6 to 13 digits/],
    ["an entry that is none", [null], /devices\[0\]/],
    ["an option that there is not", [{ ...esme, colour: "red" }], /no option "colour"/],
    ["a distance that is none", [{ ...esme, distanceM: -1 }], /esme.*distanceM/],
  ];
  for (const [what, devices, words] of wrong)
    it(`is refused whole: ${what}`, async () => {
      const options = { devices } as PremisesOptions;
      await assert.rejects(premises(options), code("premises/option", words));
    });

  it("leaves the numbers of the default home as they were", () => {
    assert.deepEqual(
      standardDevices.slice(0, 2).map(({ name, type, eui }) => [name, type, eui]),
      [
        ["hub", "CHF", "00DB1234567890A2"],
        ["esme", "ESME", "00DB1234567890A0"],
      ],
    );
    assert.equal(standardDevices.find(({ name }) => name === "esme")?.mpxn, "1000000000003");
  });
});
