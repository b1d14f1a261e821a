import assert from "node:assert/strict";
import fc from "fast-check";
import { constantLoad, halfHourlyLoad, halfHourMs, typicalHome } from "../../../hal/mock/index.ts";
import { SeededRandom } from "../../../hal/mock/random.ts";
import { allParts, mockBench, startUtcMs } from "./mock-bench.ts";

const bench = (importW = 1_000, phaseCount = 1, exportW = 0) =>
  mockBench({
    parts: { ...allParts, mains: { phaseCount }, metrology: { profile: constantLoad(importW, exportW) } },
  });
const hourMs = 3_600_000;
const near = (value: number, expected: number): void =>
  assert.ok(Math.abs(value - expected) < 1e-6, `${value} is not ${expected}`);

describe("mock metrology", () => {
  it("counts a half-hourly profile to the watt-hour, read once or often", async () => {
    const profile = halfHourlyLoad(startUtcMs, [
      { importWh: 100 },
      { importWh: 250, exportWh: 30 },
      { importWh: 0 },
    ]);
    const { board, advance } = mockBench({ parts: { ...allParts, metrology: { profile } } });
    await advance(halfHourMs * 1.5);
    near((await board.metrology!.read()).activeImportWh, 225);
    await advance(halfHourMs * 1.5);
    const reading = await board.metrology!.read();
    near(reading.activeImportWh, 350);
    near(reading.activeExportWh, 30);
    await advance(halfHourMs * 3);
    near((await board.metrology!.read()).activeImportWh, 700);
  });

  it("counts only while the switch is closed and the mains are there", async () => {
    const { board, advance } = bench();
    await advance(hourMs);
    await board.loadSwitch!.set(false);
    await advance(hourMs);
    assert.equal((await board.metrology!.read()).activePowerW, 0);
    await board.loadSwitch!.set(true);
    await advance(hourMs);
    board.mockMains.lose();
    await advance(hourMs);
    board.mockMains.restore();
    await advance(hourMs + 100);
    near((await board.metrology!.read()).activeImportWh, 3_000);
  });

  it("loses a lost phase's share of the load", async () => {
    const { board, advance } = bench(3_000, 3);
    board.mockMains.lose(2);
    await advance(hourMs);
    const reading = await board.metrology!.read();
    near(reading.activeImportWh, 2_000);
    near(reading.activePowerW, 2_000);
    assert.deepEqual(reading.rmsVoltageV, [230, 230, 0]);
  });

  it("conserves energy over any run of switching, losses and power cycles", async () => {
    const step = fc.record({
      action: fc.constantFrom("open", "close", "lose", "restore", "unplug", "plug", "read" as const),
      waitMs: fc.nat(10 * 60_000),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 15 }), async (steps) => {
        const { board, advance } = bench(1_800);
        let expectedWh = 0;
        for (const { action, waitMs } of steps) {
          if (action === "open" || action === "close") board.mockLoadSwitch.force(action === "close");
          else if (action === "unplug") board.powerOff();
          else if (action === "plug") board.powerOn();
          else if (action === "lose") board.mockMains.lose();
          else if (action === "restore") board.mockMains.restore();
          else board.mockMetrology.reading();
          await advance(200);
          const before = board.mockMetrology.reading().activeImportWh;
          const counting = board.powered && board.mockMains.anyPresent && board.mockLoadSwitch.contactsClosed;
          await advance(waitMs);
          expectedWh = before + (counting ? (1_800 * waitMs) / hourMs : 0);
          near(board.mockMetrology.reading().activeImportWh, expectedWh);
        }
      }),
      { seed: 9, numRuns: 50 },
    );
  });

  it("tells a power level at the very step that passes it", async () => {
    const halfHours = [200, 800, 100, 900].map((importWh) => ({ importWh }));
    const profile = halfHourlyLoad(startUtcMs, halfHours);
    const { board, advance, scheduler } = mockBench({ parts: { ...allParts, metrology: { profile } } });
    const seen: number[][] = [];
    board.metrology!.watch([{ quantity: "activePowerW", level: 1_000 }], (reading) => {
      seen.push([scheduler.nowMs / halfHourMs, reading.activePowerW]);
    });
    await advance(halfHourMs * 4 - 1);
    assert.deepEqual(seen, [
      [1, 1_600],
      [2, 200],
      [3, 1_800],
    ]);
    await board.loadSwitch!.set(false);
    await advance(0);
    assert.deepEqual(seen[3], [4 - 1 / halfHourMs, 0]);
  });

  it("tells a voltage level on its own phase only", async () => {
    const { board, advance } = bench(0, 3);
    const seen: number[] = [];
    board.metrology!.watch(
      [
        { quantity: "rmsVoltageV", phase: 1, level: 253 },
        { quantity: "rmsVoltageV", phase: 1, level: 216 },
      ],
      (reading) => void seen.push(reading.rmsVoltageV[1]!),
    );
    for (const [volts, phase] of [
      [260, 0],
      [254, 1],
      [255, 1],
      [200, 1],
      [230, 1],
    ] as const) {
      board.mockMains.setVoltage(volts, phase);
      await advance(10);
    }
    assert.deepEqual(seen, [254, 200, 230]);
  });

  it("keeps its registers over a power loss, and forgets its watchers", async () => {
    const { board, advance } = bench();
    let told = 0;
    board.metrology!.watch([{ quantity: "activePowerW", level: 1_500 }], () => void told++);
    await advance(hourMs);
    board.powerOff();
    await advance(hourMs);
    board.powerOn();
    near((await board.metrology!.read()).activeImportWh, 1_000);
    board.mockMetrology.profile = constantLoad(2_000);
    await advance(10);
    assert.equal(told, 0);
  });

  it("stuck repeats itself, and afterwards shows what was counted meanwhile", async () => {
    const { board, advance } = bench();
    await advance(hourMs);
    board.mockMetrology.stuck = true;
    await advance(hourMs);
    near((await board.metrology!.read()).activeImportWh, 1_000);
    board.mockMetrology.stuck = false;
    near((await board.metrology!.read()).activeImportWh, 2_000);
  });

  it("reversed counts import as export", async () => {
    const { board, advance } = bench(1_000, 1, 200);
    board.mockMetrology.reversed = true;
    await advance(hourMs);
    const reading = await board.metrology!.read();
    near(reading.activeExportWh, 1_000);
    near(reading.activeImportWh, 200);
    assert.equal(reading.activePowerW, -800);
  });

  it("waits for one step of the profile only, however often the circuit changes", async () => {
    const profile = typicalHome(new SeededRandom(1));
    const { board, advance, scheduler } = mockBench({ parts: { ...allParts, metrology: { profile } } });
    board.metrology!.watch([{ quantity: "activePowerW", level: 1e6 }], () => {});
    for (let round = 0; round < 50; round++) board.mockLoadSwitch.force(round % 2 === 1);
    await advance(1);
    assert.equal(scheduler.pending, 1);
  });

  it("has room for eight watchers", async () => {
    const { board } = bench();
    for (let index = 0; index < 8; index++) board.metrology!.watch([], () => {});
    assert.throws(() => board.metrology!.watch([], () => {}), { code: "hal/misuse" });
  });

  it("runs a year of a watched home in seconds", async function () {
    this.timeout(5_000);
    const profile = typicalHome(new SeededRandom("year"));
    const { board, advance, scheduler } = mockBench({ parts: { ...allParts, metrology: { profile } } });
    board.metrology!.watch([{ quantity: "activePowerW", level: 500 }], () => {});
    await advance(365 * 24 * hourMs);
    const { activeImportWh } = await board.metrology!.read();
    assert.ok(scheduler.eventCount >= 17_520);
    assert.ok(activeImportWh > 2_600_000 && activeImportWh < 2_800_000, `${activeImportWh} Wh`);
  });
});

describe("mock load switch", () => {
  it("welded and stuck contacts do not follow, and say so", async () => {
    const { board } = bench();
    board.mockLoadSwitch.faults.welded = true;
    assert.throws(() => board.loadSwitch!.set(false), { code: "hal/fault" });
    assert.equal(board.mockLoadSwitch.contactsClosed, true);
    board.mockLoadSwitch.faults.welded = false;
    await board.loadSwitch!.set(false);
    board.mockLoadSwitch.faults.stuckOpen = true;
    assert.throws(() => board.loadSwitch!.set(true), { code: "hal/fault" });
    assert.equal(board.mockLoadSwitch.operationCount, 3);
  });

  it("slow contacts follow later, the last command only", async () => {
    const { board, advance } = bench();
    board.mockLoadSwitch.faults.slowMs = 500;
    assert.throws(() => board.loadSwitch!.set(false), { code: "hal/fault" });
    await advance(500);
    assert.equal(await board.loadSwitch!.isClosed(), false);
    assert.throws(() => board.loadSwitch!.set(true), { code: "hal/fault" });
    board.mockLoadSwitch.faults.slowMs = 0;
    await board.loadSwitch!.set(false);
    await advance(1_000);
    assert.equal(await board.loadSwitch!.isClosed(), false);
  });

  it("keeps its position without power; a feedback contact may lie", async () => {
    const { board } = bench();
    await board.loadSwitch!.set(false);
    board.powerOff();
    board.powerOn();
    assert.equal(await board.loadSwitch!.isClosed(), false);
    board.mockLoadSwitch.faults.feedbackInverted = true;
    assert.equal(await board.loadSwitch!.isClosed(), true);
    assert.throws(() => board.loadSwitch!.set(true), { code: "hal/fault" });
    assert.equal(board.mockLoadSwitch.contactsClosed, true);
  });
});

describe("mock covers, display and buttons: faults", () => {
  it("a stuck cover switch says what it says", async () => {
    const { board, advance } = bench();
    let told = 0;
    board.tamper!.onChange(() => void told++);
    board.mockTamper.stick("meter-cover", false);
    board.mockTamper.set("meter-cover", true);
    await advance(10);
    assert.deepEqual([told, (await board.tamper!.read())["meter-cover"]], [0, false]);
    board.mockTamper.stick("meter-cover", undefined);
    assert.equal((await board.tamper!.read())["meter-cover"], true);
  });

  it("the screen is dark without power; a broken driver is a fault, a broken button silent", async () => {
    const { board, advance } = bench();
    await board.userInterface!.show(["hello"]);
    board.powerOff();
    assert.deepEqual(board.mockUserInterface.screen(), []);
    board.powerOn();
    board.mockUserInterface.displayBroken = true;
    assert.throws(() => board.userInterface!.show(["hello"]), { code: "hal/fault" });
    let told = 0;
    board.userInterface!.onButton(() => void told++);
    board.mockUserInterface.buttonsBroken = true;
    board.mockUserInterface.press("a");
    await advance(10);
    assert.equal(told, 0);
  });
});
