import assert from "node:assert/strict";
import { type AlertRow, alerts } from "../../../firmware/model/index.ts";
import { causes, notProvoked } from "../../../harness/scenarios/alert-causes.ts";

const rows = Object.entries<AlertRow>(alerts);
const ours = rows.filter(([, { devices }]) =>
  (["ESME", "CHF", "SAPC"] as const).some((type) => devices.includes(type)),
);
const told = new Set<string>(causes.flatMap(({ tells }) => tells));
const reasons = notProvoked as Readonly<Record<string, string>>;

describe("the accounting of events: each of a meter's, hub's or proportional controller's", () => {
  for (const [name, { code }] of ours)
    it(`${code.toString(16).toUpperCase()} ${name}: ${told.has(name) ? "a scenario brings it about" : reasons[name]}`, () => {
      assert.equal(told.has(name), reasons[name] === undefined, "in one of the two places");
    });

  it("nothing else is accounted for, and no cause is told of twice", () => {
    const names = new Set(ours.map(([name]) => name));
    const accounted = [...told, ...Object.keys(reasons)];
    assert.deepEqual(
      accounted.filter((name) => !names.has(name)),
      [],
    );
    assert.equal(new Set(causes.map(({ what }) => what)).size, causes.length);
  });
});
