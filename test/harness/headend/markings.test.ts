import assert from "node:assert/strict";
import fc from "fast-check";
import { hasCode } from "../../../hal/base/coded-error.ts";
import { DCC, Distribution, type Grounds, mark, markings } from "../../../harness/headend/markings.ts";

const refused = (words: RegExp) => (e: unknown) =>
  hasCode(e, "markings/refused") && words.test((e as Error).message);
const providers: Grounds = { concernsProvider: true, boundByContract: true };
const own: Grounds = { concernsDcc: true, couldHarm: true };

describe("the marking of reports", () => {
  it("is confidential by any party, on the DCC's part for its own reasons", () => {
    assert.deepEqual(mark("report", "confidential", "Acme"), {
      report: "report",
      marking: "confidential",
      by: "Acme",
    });
    assert.equal(mark("report", "confidential", DCC, own).marking, "confidential");
    assert.throws(() => mark("report", "confidential", DCC), refused(/could harm/));
    assert.throws(
      () => mark("report", "confidential", DCC, { ...own, ...providers }),
      refused(/not to be marked classified/),
    );
    assert.throws(
      () => mark("report", "confidential", DCC, { ...own, publicByLaw: true }),
      refused(/public by law/),
    );
  });

  it("is classified by the DCC alone, when all its conditions hold", () => {
    assert.equal(mark("report", "classified", DCC, providers).marking, "classified");
    assert.throws(() => mark("report", "classified", "Acme", providers), refused(/that the DCC marks it/));
    const grounds = fc.record({
      concernsProvider: fc.boolean(),
      boundByContract: fc.boolean(),
      publicByLaw: fc.boolean(),
      couldHarm: fc.boolean(),
    });
    fc.assert(
      fc.property(grounds, (told) => {
        const may = told.concernsProvider && told.boundByContract && !told.publicByLaw;
        const marked = () => mark("report", "classified", DCC, told);
        if (may) assert.equal(marked().by, DCC);
        else assert.throws(marked, (e) => hasCode(e, "markings/refused"));
      }),
      { seed: 1 },
    );
  });

  it("says what a breach costs", () => {
    assert.deepEqual(
      Object.entries(markings).map(([marking, { liability }]) => [marking, liability]),
      [
        ["none", "none"],
        ["confidential", { limitPounds: 1_000_000 }],
        ["classified", "unlimited"],
      ],
    );
  });

  it("sends what is classified to nominated people only, and to nobody where none is named", () => {
    const distribution = new Distribution();
    const classified = mark("report", "classified", DCC, providers);
    const confidential = mark("report", "confidential", "Acme");
    assert.deepEqual(distribution.recipients(classified, "Acme"), []);
    const ada = { name: "Ada", contact: "ada@example.org" };
    distribution.nominate("Acme", [ada]);
    assert.deepEqual(distribution.recipients(classified, "Acme"), [{ party: "Acme", ...ada }]);
    assert.deepEqual(distribution.recipients(classified, "Other"), []);
    assert.deepEqual(distribution.recipients(confidential, "Other"), [{ party: "Other" }]);
    assert.deepEqual(distribution.recipients(mark("report", "none", DCC), "Other"), [{ party: "Other" }]);
    distribution.nominate("Acme", []);
    assert.deepEqual(distribution.recipients(classified, "Acme"), []);
  });

  it("takes no nominee without contact details, and not any number of them", () => {
    const distribution = new Distribution();
    const many = Array.from({ length: 101 }, () => ({ name: "Ada", contact: "ada@example.org" }));
    for (const people of [[{ name: "Ada", contact: " " }], [{ name: "a".repeat(255), contact: "b" }], many])
      assert.throws(
        () => distribution.nominate("Acme", people),
        (e) => hasCode(e, "markings/nominee"),
      );
  });
});
