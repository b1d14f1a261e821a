/** The user interface's requests against the reference set: what is byte-exact, what correlates, what a changed value does. */
import assert from "node:assert/strict";
import { suites } from "../../../firmware/wire/suites.ts";
import { CodedError } from "../../../hal/base/coded-error.ts";
import { transform } from "../../../harness/headend/transform.ts";
import { correlateXml, type Directory, transformXml } from "../../../harness/interface/index.ts";
import { duis, rtds } from "../../support/shared-data.ts";
import { differenceOf, reasonOf } from "./known-differences.ts";
import { type Change, changesOf } from "./leaf-changes.ts";
import { isOurs, type Pair, readPairs, reproduced } from "./reference-pairs.ts";

/** Of the changes to requests one in so many; `npm run duis` takes them all. */
const stride = process.env.METERBENCH_EVERY_VALUE === undefined ? 17 : 1;

/** Elements that no command has, and why; where the reason does not hold, a change is refused. */
const notCarried: Readonly<Record<string, string>> = {
  CommandVariant:
    "of a non-critical request: the DCC's, as it says how the request is delivered and answered",
  RequestID: "where the DCC itself, or the CoS party, originates the command: with its own id and counter",
  ExecutionDateTime: "where the DCC holds the request until then",
  ImportMPxN: "the DCC's, which checks it against its registrations",
  SecondaryImportMPAN: "the DCC's, which checks it against its registrations",
  ExportMPAN: "the DCC's, which checks it against its registrations",
  OldCHFID: "the DCC's, which finds the old hub's device log by it",
};
/** Elements with a usual value: where that stood, the element says no more than its absence. */
const usual: Readonly<Record<string, string>> = {
  ESMEEventLogType: "left out it is the meter's, as it was",
  ElectricityPriceElement: "left out the price is 0, as it was",
};

const whySilent = ({ name, isLeftOut }: Change): string | undefined =>
  notCarried[name] ?? (isLeftOut ? usual[name] : undefined);

describe("service requests of the user interface, and what they become", () => {
  let exact: (Pair & ReturnType<typeof reproduced>)[] = [];
  before(function () {
    this.timeout(120_000);
    const all = readPairs(duis(this, "requests"), rtds(this, "messages"));
    exact = all.filter(isOurs).map((pair) => ({ ...pair, ...reproduced(pair) }));
  });

  for (const [critical, least, total, what] of [
    [true, 56, 63, "critical requests give their pre-command"],
    [false, 82, 89, "other requests give their command's content"],
  ] as const)
    it(`at least ${least} of ${total} ${what} byte for byte, and with each named difference taken away all do`, () => {
      const asked = exact.filter((pair) => pair.critical === critical);
      const others = asked.filter((pair) => !pair.identical);
      console.log(`      ${asked.length - others.length} of ${asked.length} ${what} byte for byte`);
      const unknown = others.filter((pair) => reasonOf(pair) === undefined);
      for (const pair of others)
        console.log(`        not ${pair.file}: ${reasonOf(pair) ?? `not explained; ${differenceOf(pair)}`}`);
      if (total !== asked.length) return;
      assert.ok(asked.length - others.length >= least);
      assert.deepEqual(unknown, []);
    });

  it("every pre-command that is the reference's, and every one made here, correlates with its request", () => {
    const count = { critical: 0, other: 0 };
    for (const { critical, identical, xml, message, inventory, file } of exact) {
      const { bytes } = transformXml(xml, inventory).preCommand;
      assert.doesNotThrow(() => correlateXml(xml, critical && identical ? message : bytes, inventory), file);
      count[critical ? "critical" : "other"]++;
    }
    console.log(
      `      ${count.critical} pre-commands correlate with their requests, and ${count.other} others`,
    );
    assert.ok(count.critical > 0);
  });

  for (const wire of ["gbcs", "cose"] as const)
    it(`one changed value, or one left out, is refused with its field's name (${wire})`, function () {
      this.timeout(600_000);
      let count = 0;
      const wrong: string[] = [];
      const silent: Change[] = [];
      const pick = oneOf(stride);
      for (const { xml, inventory, file } of exact) {
        const made = transformXml(xml, inventory);
        const { bytes } = transform(made.preCommand.request, suites[wire].wire);
        for (const change of changesOf(xml, pick, (text) => refusalOf(text, bytes, inventory))) {
          const { names, refusal } = change;
          if (refusal === undefined && whySilent(change) !== undefined) {
            assert.deepEqual(
              transformXml(change.xml, inventory).bytes,
              made.bytes,
              `${file}: ${change.what}`,
            );
            silent.push(change);
          } else if (!names.some((each) => refusal?.includes(each)))
            wrong.push(`${file}: ${change.what}: ${refusal ?? "taken"}`);
          else count++;
        }
      }
      console.log(`      ${count} single changed values refused with their field's name`);
      for (const name of new Set(silent.map((change) => change.name))) {
        const found = silent.filter((change) => change.name === name);
        console.log(
          `        ${found.length} change nothing in the command: ${name}, ${whySilent(found[0]!)}`,
        );
      }
      assert.deepEqual(wrong.slice(0, 20), [], `${wrong.length} of ${count}`);
    });
});

/** True of one call in `n`. */
function oneOf(n: number): () => boolean {
  let calls = 0;
  return () => calls++ % n === 0;
}

/** What is said of a changed request: its form's words, or correlation's; undefined when the pre-command does for it. */
function refusalOf(xml: string, preCommand: Uint8Array, inventory: Directory): string | undefined {
  try {
    const [, target = ""] = /RequestID>[^:]*:([^:]*):/.exec(xml) ?? [];
    correlateXml(xml, preCommand, inventory, new Set([target.replaceAll("-", "").toUpperCase()]));
    return undefined;
  } catch (error) {
    if (error instanceof CodedError) return error.message;
    throw error;
  }
}
