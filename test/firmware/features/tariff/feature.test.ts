import assert from "node:assert/strict";
import { tariffFeature } from "../../../../firmware/features/tariff/feature.ts";
import type { Value } from "../../../../firmware/wire/message.ts";
import { cutEverywhere, FeatureBench, refusalOf, startUtcS } from "../../../support/feature-bench.ts";
import {
  days,
  ecs01a,
  octets,
  passives,
  price,
  priceOf,
  type Setting,
  seasons,
  standing,
  weeks,
} from "./samples.ts";

const make = (offsetS = 0) =>
  FeatureBench.start({}, (context) => {
    const tariff = tariffFeature(context, {
      futureDated: context.futureDated,
      offset: { offsetS: () => offsetS, onChange: () => {} },
    });
    return { features: [tariff], tariff };
  });
const at = (text: string) => Date.parse(`${text}Z`) / 1000;
const never = 0xffff_ffff;
const allDone = Array.from({ length: 21 }, () => 0);

describe("tariff feature", () => {
  it("takes a whole tariff at once (ECS01a) and reads back what is in force", async () => {
    const bench = await make();
    const ofFactory = (await bench.get("tariffCalendar", 5)).value;
    assert.deepEqual(ofFactory, [[1, [[octets("00000000"), octets("00000a0064ff"), 1]]]]);
    assert.deepEqual([...bench.built.tariff.prices().prices.values()], new Array(80).fill(0));
    assert.deepEqual(await ecs01a(bench), allDone);
    const { tariff } = bench.built;
    assert.deepEqual(tariff.rateAt(at("2025-11-03T06:00:00")), { kind: "tou", index: 2 });
    assert.deepEqual(tariff.rateAt(at("2025-12-25T06:00:00")), { kind: "block", index: 1 });
    assert.deepEqual(tariff.blockThresholds(1), [1000, 5000, 0xffff_ffff]);
    assert.equal(tariff.prices()?.prices.get(0xa1), 2289);
    assert.equal(tariff.standingCharge()?.prices.get(0), 20_000);
    for (const [member, value] of [
      [3, seasons],
      [4, weeks],
      [5, days],
    ] as const)
      assert.deepEqual((await bench.get("tariffCalendar", member)).value, value);
    assert.deepEqual((await bench.get("tariffPrice", 5)).value, price);
    assert.equal((await bench.get("currencyUnit", 2)).value, true);
  });

  it("changes prices alone (ECS01b)", async () => {
    const bench = await make();
    await ecs01a(bench);
    await bench.set("standingCharge", 6, standing);
    await bench.set("tariffPrice", 6, priceOf([["01", 5000]]));
    assert.equal(bench.built.tariff.prices()?.prices.get(1), 2121);
    assert.equal((await bench.set("standingCharge", 7, 0)).status, 0);
    assert.equal((await bench.set("tariffPrice", 7, 0)).status, 0);
    assert.equal(bench.built.tariff.prices()?.prices.get(1), 5000);
  });

  it("activates a future-dated tariff at its time, each attribute with its own outcome, over a power cut", async () => {
    const bench = await make();
    const atS = at("2025-01-06T00:00:00");
    assert.deepEqual(await ecs01a(bench, atS), allDone);
    await bench.runTo(at("2025-01-05T23:59:00"));
    await bench.powerCycle();
    assert.deepEqual(bench.built.tariff.rateAt(bench.context.nowS()), { kind: "tou", index: 1 });
    await bench.runTo(atS + 1);
    assert.deepEqual(bench.alertCodes, ["8f66", "8f66", "8f66", "8f66", "8f66", "8f66"]);
    const bodies = bench.context.alerts().map((alert) => String(alert.values[0]).slice(-16, -1));
    assert.equal(new Set(bodies).size, 6, "each names its own object");
    assert.deepEqual(bench.built.tariff.rateAt(atS), { kind: "tou", index: 2 });
  });

  it("cancels a future-dated tariff", async () => {
    const bench = await make();
    await ecs01a(bench, startUtcS + 100);
    await ecs01a(bench, never);
    await bench.run(200_000);
    assert.deepEqual([bench.alertCodes, bench.built.tariff.prices().prices.get(1)], [[], 0]);
  });

  it("takes the largest calendars of both elements, in force and passive, over a restart (ECS01a, c, ECS24, b)", async () => {
    const bench = await make();
    const schedule = (day: number, scripts: readonly number[]): Value => [
      day,
      Array.from({ length: 48 }, (_, i) => [
        Uint8Array.of(Math.floor(i / 2), (i % 2) * 30, day, i % 2 === 0 ? 0 : 255),
        octets("00000a0064ff"),
        scripts[i % scripts.length] as number,
      ]),
    ];
    const profiles = (scripts: readonly number[]): Value[] =>
      Array.from({ length: 16 }, (_, i) => schedule(i + 1, scripts));
    const special = Array.from({ length: 50 }, (_, i) => [
      i,
      Uint8Array.of(7, 233, 1 + (i % 12), 1 + (i >> 2), 255),
      16,
    ]);
    for (const [calendar, table, inForce, activation, scripts] of [
      ["tariffCalendar", "specialDays", "specialDaysInForce", "specialDaysActivation", [1, 48, 101, 108]],
      [
        "secondaryCalendar",
        "secondarySpecialDays",
        "secondarySpecialDaysInForce",
        "secondarySpecialDaysActivation",
        [201, 204],
      ],
    ] as const) {
      const [season, week] = [
        [octets("6162636465666768"), octets("ffff0101ff163b00008000ff"), octets("01")],
        [octets("01"), 1, 2, 3, 4, 5, 6, 16],
      ];
      for (const [name, member, value] of [
        [calendar, 7, [season]],
        [calendar, 8, [week]],
        [calendar, 9, profiles(scripts)],
        [table, 2, special],
        [calendar, 10, 0],
        [activation, 6, 0],
      ] as const)
        assert.equal((await bench.set(name, member, value as Value)).status, 0, `${name} ${member}`);
      await bench.powerCycle();
      assert.deepEqual((await bench.get(calendar, 5)).value, profiles(scripts));
      assert.deepEqual((await bench.get(calendar, 3)).value, [season]);
      assert.deepEqual((await bench.get(inForce, 2)).value, special);
    }
    const { journal } = bench.context;
    const bytes = journal.keys("").map((key) => key.length + (journal.get(key)?.length ?? 0));
    const kept = bytes.reduce((total, each) => total + each, 0);
    assert.ok(kept < journal.capacityBytes / 3, `${kept} of ${journal.capacityBytes} bytes`);
  });

  it("changes prices of the secondary element alone (ECS01d), and refuses those of a register it has not", async () => {
    const bench = await make();
    const prices = (index: string): Value => [[3, -5], [3, octets("0114010800ff"), 2], [[octets(index), 77]]];
    assert.equal((await bench.set("secondaryPrice", 6, prices("05"))).status, 250);
    assert.equal(
      (await bench.set("secondaryPrice", 6, price)).status,
      250,
      "the primary element's commodity",
    );
    assert.equal((await bench.set("secondaryPrice", 6, prices("04"))).status, 0);
    assert.equal((await bench.set("secondaryPrice", 7, 0)).status, 0);
    assert.deepEqual((await bench.get("secondaryPrice", 5)).value, prices("04"));
    assert.equal(bench.built.tariff.secondaryPrices().prices.get(4), 77);
    assert.equal(bench.built.tariff.prices().prices.get(1), 0);
  });

  it("shifts every switch by the randomised offset", async () => {
    const bench = await make(450);
    await ecs01a(bench);
    const { tariff } = bench.built;
    assert.deepEqual(tariff.rateAt(at("2025-11-03T07:07:29")), { kind: "tou", index: 2 });
    assert.deepEqual(tariff.rateAt(at("2025-11-03T07:07:30")), { kind: "tou", index: 1 });
    assert.equal(tariff.nextSwitchAfter(at("2025-11-03T01:00:00")), at("2025-11-03T07:07:30"));
  });

  const table = octets("00000a0064ff");
  const season = (name: string, date: string, week = "01"): Value => [
    octets(name),
    octets(date),
    octets(week),
  ];
  const hostile: [string, Setting][] = [
    ["no seasons", ["tariffCalendar", 7, []]],
    [
      "two seasons of one name",
      [
        "tariffCalendar",
        7,
        [season("61", "ffff0101ff000000008000ff"), season("61", "ffff0201ff000000008000ff")],
      ],
    ],
    ["a season in month 13", ["tariffCalendar", 7, [season("61", "ffff0d01ff000000008000ff")]]],
    ["a season that begins at 25:00", ["tariffCalendar", 7, [season("61", "ffff0101ff190000008000ff")]]],
    ["a season in another time zone", ["tariffCalendar", 7, [season("61", "ffff0101ff00000000003cff")]]],
    [
      "two weeks of one name",
      [
        "tariffCalendar",
        8,
        [
          [octets("01"), 1, 1, 1, 1, 1, 1, 1],
          [octets("01"), 2, 2, 2, 2, 2, 2, 2],
        ],
      ],
    ],
    ["a day without switches", ["tariffCalendar", 9, [[1, []]]]],
    [
      "two days of one id",
      [
        "tariffCalendar",
        9,
        [
          [1, [[octets("00000000"), table, 1]]],
          [1, [[octets("00000000"), table, 1]]],
        ],
      ],
    ],
    ["a switch at 24:00", ["tariffCalendar", 9, [[1, [[octets("18000000"), table, 1]]]]]],
    [
      "two switches at one time",
      [
        "tariffCalendar",
        9,
        [
          [
            1,
            [
              [octets("00000000"), table, 1],
              [octets("00000000"), table, 2],
            ],
          ],
        ],
      ],
    ],
    ["script 0", ["tariffCalendar", 9, [[1, [[octets("00000000"), table, 0]]]]]],
    ["script 49", ["tariffCalendar", 9, [[1, [[octets("00000000"), table, 49]]]]]],
    ["script 109", ["tariffCalendar", 9, [[1, [[octets("00000000"), table, 109]]]]]],
    ["another script table", ["tariffCalendar", 9, [[1, [[octets("00000000"), octets("00000a006aff"), 1]]]]]],
    ["a special day without a date", ["specialDays", 2, [[1, octets("07e90000ff"), 1]]]],
    [
      "two special days of one index",
      [
        "specialDays",
        2,
        [
          [1, octets("ffff0c19ff"), 1],
          [1, octets("ffff0c1aff"), 1],
        ],
      ],
    ],
    ["no threshold", ["blockThresholdsTou1", 2, []]],
    ["descending thresholds", ["blockThresholdsTou1", 2, [5, 4]]],
    ["no standing charge", ["standingCharge", 6, [[0, -5], [0, octets("000000000000"), 0], []]]],
    [
      "a standing charge per kWh",
      ["standingCharge", 6, [[3, -5], [3, octets("0100010800ff"), 2], [[octets(""), 5]]]],
    ],
    ["a price of register 49", ["tariffPrice", 6, priceOf([["31", 1]])]],
    ["a price of block 1 TOU 9", ["tariffPrice", 6, priceOf([["a9", 1]])]],
    [
      "two prices of one register",
      [
        "tariffPrice",
        6,
        priceOf([
          ["01", 1],
          ["01", 2],
        ]),
      ],
    ],
    ["no price", ["tariffPrice", 6, priceOf([])]],
  ];
  for (const [what, [name, member, value]] of hostile)
    it(`refuses ${what}, whole and without effect`, async () => {
      const bench = await make();
      await ecs01a(bench);
      const before = bench.board.mockFlash.operationCount;
      assert.ok(["format", 250].includes(await refusalOf(bench.set(name, member, value))));
      assert.equal(bench.board.mockFlash.operationCount, before);
    });

  it("refuses to activate a calendar whose seasons or weeks name what is not there, at once or later", async () => {
    const bench = await make();
    await ecs01a(bench);
    await bench.set("tariffCalendar", 8, [[octets("01"), 1, 1, 1, 1, 1, 1, 9]]);
    for (const atS of [0, startUtcS + 100])
      assert.equal((await bench.set("tariffCalendar", 10, atS)).status, 250);
    assert.deepEqual((await bench.get("tariffCalendar", 4)).value, weeks);
  });

  it("refuses to activate what was never set, and to write what is in force", async () => {
    const bench = await make();
    assert.equal((await bench.set("tariffPrice", 7, 0)).status, 250);
    assert.equal((await bench.set("tariffPrice", 5, price)).status, 3);
    assert.equal((await bench.set("tariffCalendar", 3, seasons)).status, 3);
  });

  it("after a cut at any flash operation the calendar in force is the old one whole or the new one whole", async () => {
    await cutEverywhere(
      async () => {
        const bench = await make();
        for (const [name, member, value] of passives) await bench.set(name, member, value);
        return bench;
      },
      (bench) => bench.set("tariffCalendar", 10, 0),
      async (bench, cut) => {
        const inForce = await Promise.all(
          [3, 4, 5].map(async (member) => (await bench.get("tariffCalendar", member)).value),
        );
        const isNew = JSON.stringify(inForce) === JSON.stringify([seasons, weeks, days]);
        assert.ok(isNew || (inForce[0] as Value[]).length === 1, `${cut}: ${JSON.stringify(inForce)}`);
      },
    );
  });
});
