import assert from "node:assert/strict";
import fc from "fast-check";
import { SeededRandom } from "../../../hal/mock/index.ts";

const draw = (random: SeededRandom, count = 8): number[] =>
  Array.from({ length: count }, () => random.next());

describe("seeded random", () => {
  it("gives the same numbers for the same seed, and others for another", () => {
    assert.deepEqual(draw(new SeededRandom(42)), draw(new SeededRandom("42")));
    assert.notDeepEqual(draw(new SeededRandom(42)), draw(new SeededRandom(43)));
  });

  it("forks by label alone: what others draw does not matter", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.nat(50), (seed, label, draws) => {
        const used = new SeededRandom(seed);
        draw(used, draws);
        used.fork("other").bytes(draws);
        assert.deepEqual(draw(used.fork(label)), draw(new SeededRandom(seed).fork(label)));
        const forked = new SeededRandom(seed);
        forked.fork(label);
        assert.equal(forked.next(), new SeededRandom(seed).next(), "a fork takes nothing from its parent");
      }),
      { seed: 3 },
    );
  });

  it("forks differ from each other and from their parent", () => {
    const root = new SeededRandom(1);
    const all = [root, root.fork("a"), root.fork("b"), root.fork("a").fork("b")].map((one) =>
      draw(one).join(),
    );
    assert.equal(new Set(all).size, 4);
  });

  it("is uniform enough: mean, range and bytes", () => {
    const random = new SeededRandom("uniform");
    const numbers = draw(random, 20_000);
    assert.ok(numbers.every((value) => value >= 0 && value < 1));
    assert.ok(Math.abs(numbers.reduce((sum, value) => sum + value, 0) / numbers.length - 0.5) < 0.01);
    assert.equal(new Set(random.bytes(10_000)).size, 256);
    assert.ok(Array.from({ length: 1_000 }, () => random.below(3)).every((value) => value < 3));
  });

  it("never draws for chances of none and of all", () => {
    const random = new SeededRandom(5);
    assert.deepEqual([random.chance(0), random.chance(1)], [false, true]);
    assert.equal(random.next(), new SeededRandom(5).next());
  });
});
