import assert from "node:assert/strict";
import fc from "fast-check";
import { fromPlain, type ValueType } from "../../../../firmware/model/index.ts";
import { anyOf } from "../../../support/any-value.ts";
import { get, load, paymentBench } from "./payment-bench.ts";

describe("a bench brings payment into a state", () => {
  it("in which each member shows what was loaded, now and after a start (property)", async () => {
    const bench = await paymentBench();
    const { features, payment } = bench.built;
    const mine = features.find(({ name }) => name === payment.name)!;
    const members = mine.objects.flatMap(({ object, members }) =>
      [...members].flatMap(([member, { get: read, load: loads }]) => {
        const type = object.attributes[member]?.type;
        if (read === undefined || type === undefined) return [];
        assert.ok(loads, `${object.name}.${member} is read, and cannot be loaded`);
        return [{ path: `${object.name}.${member}`, type: type as ValueType }];
      }),
    );
    assert.ok(members.length >= 22, `${members.length} members`);
    const one = fc
      .constantFrom(...members)
      .chain(({ path, type }) => anyOf(type).map((plain) => ({ path, type, plain })));
    await fc.assert(
      fc.asyncProperty(one, fc.boolean(), async ({ path, type, plain }, restart) => {
        await load(bench, path, fromPlain(type, plain));
        if (restart) await bench.powerCycle(0);
        assert.deepEqual(await get(bench, path), plain, path);
      }),
      { seed: 3, numRuns: 300 },
    );
  });
});
