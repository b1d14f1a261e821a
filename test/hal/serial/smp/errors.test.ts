import assert from "node:assert/strict";
import {
  generalError,
  groupError,
  image,
  knownErrors,
  SmpError,
  type SmpGroup,
} from "../../../../hal/serial/smp/index.ts";
import { refusal, smpBench } from "./smp-bench.ts";

describe("The table of errors", () => {
  it("has a name, a meaning and an advice of its own line for every code", () => {
    const expected: [number | undefined, number][] = [
      [undefined, 13],
      ...([
        [0, 6],
        [1, 34],
        [2, 5],
        [3, 8],
        [8, 16],
        [9, 3],
        [10, 4],
        [63, 4],
        [64, 9],
      ] as [number, number][]),
    ];
    assert.deepEqual(
      knownErrors().map(({ group, entries }) => [group, Math.max(...entries.map(({ rc }) => rc))]),
      expected,
    );
    for (const { entries } of knownErrors()) {
      assert.deepEqual(
        entries.map(({ rc }) => rc),
        entries.map((_, index) => index),
      );
      assert.equal(new Set(entries.map(({ name }) => name)).size, entries.length);
      for (const entry of entries) {
        assert.match(entry.text, /^\S.{5,}[^.]$/);
        assert.match(entry.advice, /^[A-Z].*\.$/);
        assert.ok(entry.legacy <= 13);
      }
    }
  });

  it("maps the image group's codes to version 1 as Zephyr does", () => {
    const legacyOf = (rc: number) => knownErrors().find(({ group }) => group === 1)?.entries[rc]?.legacy;
    const by: Record<number, number[]> = {
      5: [3, 4],
      6: [9, 27, 28],
      2: [15],
      3: [14, 19, 20, 21, 22, 24, 25],
    };
    const expected = new Map(Object.entries(by).flatMap(([to, from]) => from.map((rc) => [rc, Number(to)])));
    for (let rc = 1; rc <= 34; rc++) assert.equal(legacyOf(rc), expected.get(rc) ?? 1, `code ${rc}`);
  });

  it("goes over the wire in version 1 as a general code with the reason, in version 2 whole", async () => {
    const refusing: SmpGroup = {
      id: 1,
      name: "image",
      handle: () => {
        throw groupError(1, 28, "test runs", { off: 7 });
      },
    };
    const old = smpBench([refusing], {}, { version: 1 });
    assert.equal(await refusal(old, image.readState(old.client)), "general/bad-state");
    const now = smpBench([refusing]);
    const error = await now.run(image.readState(now.client).catch((reason: unknown) => reason as SmpError));
    assert.ok(error instanceof SmpError);
    assert.deepEqual([error.name, error.data], ["image/already-pending", { off: 7 }]);
    assert.equal(generalError(5).name, "general/no-entry");
  });
});
