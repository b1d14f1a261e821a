import assert from "node:assert/strict";
import { alerts, messages, type Step, useCase } from "../../../firmware/model/index.ts";
import type { Response, Value } from "../../../firmware/wire/message.ts";
import { hasCode } from "../../../hal/base/coded-error.ts";
import { type MeterRig, meterRig, op, startUtcS } from "../../support/devices.ts";
import { largestOf } from "../../support/largest-value.ts";

const octets = (...bytes: number[]) => Uint8Array.from(bytes);
const range = <T>(length: number, make: (i: number) => T): T[] => Array.from({ length }, (_, i) => make(i));
const name = (i: number) => new Uint8Array(4).fill(65 + i);
const always = [octets(0x07, 0xea, 1, 1, 0xff), octets(0x07, 0xee, 1, 1, 0xff)];

/** Day profiles of 48 switches. */
const days = (script: (i: number) => number) =>
  range(16, (day) => [
    day + 1,
    range(48, (i) => [octets(i >> 1, (i & 1) * 30, day, 0), octets(0, 0, 10, 0, 100, 255), script(i)]),
  ]);
const specialDays = (count: number) =>
  range(count, (i) => [60_000 + i, octets(0x07, 0xea, 1 + (i % 12), 1 + (i % 28), 0xff), 1 + (i % 16)]);
const schedule = (count: number, script: number, selector: (i: number) => number) =>
  range(count, (i) => [
    ...[60_000 + i, true, octets(0, 0, 10, 0, script, 255), selector(i), octets(i % 24, i % 60, 3, 0)],
    ...[0xffff, "1111111", "1".repeat(20), ...always],
  ]);
const price = (logicalName: number, indexes: number[]) => [
  [3, -5],
  [3, octets(1, logicalName, 1, 8, 0, 255), 2],
  indexes.map((index) => [octets(index), 30_000]),
];
const seasons = range(4, (i) => [
  name(i),
  octets(0xff, 0xff, 1 + 3 * i, 1, 0xff, 0, 0, 0, 0, 0x80, 0, 0xff),
  name(i),
]);
const weeks = range(4, (i) => [name(i), 1, 2, 3, 4, 5, 6, 7]);
const prices = [...range(48, (i) => i + 1), ...range(32, (i) => 0xa1 + (i >> 3) * 16 + (i & 7))];

/** The largest that is not simply the largest of its type. */
const values: Readonly<Record<string, Value>> = {
  "tariffCalendar.seasonsPassive": seasons,
  "tariffCalendar.weeksPassive": weeks,
  "tariffCalendar.daysPassive": days((i) => i + 1),
  "specialDays.entries": specialDays(50),
  "standingCharge.chargePassive": [[0, -5], [0, new Uint8Array(6), 0], [[octets(), 30_000]]],
  "tariffPrice.chargePassive": price(0, prices),
  "secondaryCalendar.seasonsPassive": seasons,
  "secondaryCalendar.weeksPassive": weeks,
  "secondaryCalendar.daysPassive": days((i) => 201 + (i % 4)),
  "secondarySpecialDays.entries": specialDays(50),
  "secondaryPrice.chargePassive": price(20, [1, 2, 3, 4]),
  "auxiliarySchedule.entries": schedule(120, 103, (i) => (1 + (i % 5)) * 256 + 1 + (i & 1)),
  "auxiliarySpecialDays.entries": specialDays(20),
  "nonDisablementSchedule.entries": schedule(22, 106, (i) => 0x20 + (i & 1)),
  "nonDisablementSpecialDays.entries": specialDays(20),
};

function largest({ path, carries }: Step): Value {
  if (path.endsWith(".activateAt")) return 0;
  if (path.endsWith(".thresholds")) return [1000, 2000, 3000];
  return values[path] ?? largestOf(carries);
}

/** Every log and setting of `rig`'s meter at its largest, and an outbox of alerts that do not leave. */
async function fill(rig: MeterRig): Promise<void> {
  const { device } = rig.meter;
  for (const step of device.useCases.flatMap(({ steps }) => steps)) {
    if (step.kind !== "get" || step.path.startsWith("credentials") || step.path in values) continue;
    try {
      await device.load({ step, value: undefined }, largestOf(step.gives));
    } catch (error) {
      // What the largest of its type means nothing to.
      if (!(error instanceof SyntaxError) && !hasCode(error, "journal") && !hasCode(error, "model"))
        throw error;
    }
  }
  rig.link.outcome = "no-route";
  const { log } = messages.ECS68.alert.body.fields;
  const { item } = log;
  const alert = {
    alertCode: alerts.billingLogUpdated.code,
    message: messages.ECS68.code,
    to: "supplier",
    values: [[largestOf(item)]],
  } as const;
  for (let i = 0; i < device.settings.alertOutboxCapacity; i++) await device.raise(alert);
}

describe("a meter whose logs, tables and outbox are as full as they may be", () => {
  it("has room for the largest commands, in force and to come, and answers them", async () => {
    const rig = await meterRig();
    await fill(rig);
    rig.observations.length = 0;
    for (const id of [
      "ECS01a",
      "ECS01c",
      "ECS46c",
      "ECS08a",
      "ECS01a",
      "ECS01c",
      "ECS46c",
      "ECS08a",
    ] as const) {
      const { code, steps } = useCase(id);
      const own = steps.filter(({ path }) => !path.startsWith("auxiliaryType"));
      const operations = own.map((step) => op(step.kind, step.target.id, step.no, largest(step)));
      const answers: Uint8Array[] = [];
      await rig.meter.device.receive(
        rig.desk.command(code, operations),
        (answer) => void answers.push(answer),
      );
      const [answer] = answers;
      assert.ok(answer !== undefined, `${id}: no answer`);
      const { results } = rig.desk.read<Response>(answer, rig.world.of("supplier"));
      assert.deepEqual(new Set(results.map(({ status }) => status)), new Set([0]), id);
    }
    const faults = () => rig.observations.filter(({ kind }) => kind === "fault");
    assert.deepEqual(faults(), []);
    await rig.reboot();
    assert.deepEqual(faults(), []);
    assert.ok(rig.meter.device.nowS() >= startUtcS);
  });
});
