/** The user interface's requests against the reference set: what is byte-exact, what correlates, what a changed value does. */
import assert from "node:assert/strict";
import { CodedError } from "../../../hal/base/coded-error.ts";
import { correlate } from "../../../harness/headend/correlate.ts";
import { correlateXml, type Directory, transformXml } from "../../../harness/interface/index.ts";
import { contentOf } from "../../firmware/model/content.ts";
import { duis, rtds } from "../../support/shared-data.ts";
import { changesOf } from "./leaf-changes.ts";
import { isOurs, type Pair, readPairs, reproduced } from "./reference-pairs.ts";

/** Of a request's changed values each of so many; `npm run duis` takes them all. */
const stride = process.env.METERBENCH_EVERY_VALUE === undefined ? 17 : 1;

/** No command has them; nor does one have its RequestID and command variant, where the DCC itself may originate it. */
const forDcc = ["ImportMPxN", "SecondaryImportMPAN", "ExportMPAN", "OldCHFID"];

describe("service requests of the user interface, and what they become", () => {
  let pairs: Pair[] = [];
  let exact: (Pair & ReturnType<typeof reproduced>)[] = [];
  before(function () {
    this.timeout(120_000);
    const all = readPairs(duis(this, "requests"), rtds(this, "messages"));
    pairs = all.filter(isOurs);
    exact = pairs.map((pair) => ({ ...pair, ...reproduced(pair) }));
  });

  for (const [critical, least, total, what] of [
    [true, 56, 63, "critical requests give their pre-command"],
    [false, 82, 89, "other requests give their command's content"],
  ] as const)
    it(`at least ${least} of ${total} ${what} byte for byte`, () => {
      const asked = exact.filter((pair) => pair.critical === critical);
      const identical = asked.filter((pair) => pair.identical);
      console.log(`      ${identical.length} of ${asked.length} ${what} byte for byte`);
      for (const pair of asked)
        if (!pair.identical) console.log(`        not ${pair.file}: ${reasonOf(pair)}`);
      if (total === asked.length) assert.ok(identical.length >= least);
      assert.ok(asked.every((pair) => pair.identical || reasonOf(pair) !== undefined));
    });

  it("every pre-command that is the reference's, and every one made here, correlates with its request", () => {
    let count = 0;
    for (const { critical, identical, xml, message, inventory, file } of exact)
      if (critical) {
        const { bytes } = transformXml(xml, inventory);
        assert.doesNotThrow(() => correlateXml(xml, identical ? message : bytes, inventory), file);
        count++;
      }
    console.log(`      ${count} pre-commands correlate with their requests`);
    assert.ok(count > 0);
  });

  it("one changed value is refused with its field's name", function () {
    this.timeout(600_000);
    let count = 0;
    const wrong: string[] = [];
    const hidden: string[] = [];
    for (const { critical, xml, inventory, file } of exact) {
      const { preCommand, request } = transformXml(xml, inventory);
      const { bytes } = preCommand;
      if (!correlates(xml, bytes, inventory)) {
        hidden.push(file);
        continue;
      }
      const notCarried = request.heldUntilS === undefined ? forDcc : [...forDcc, "ExecutionDateTime"];
      for (const change of changesOf(xml, stride, (text) => refusalOf(text, bytes, inventory))) {
        if (change.names.some((name) => notCarried.includes(name)) || (!critical && change.isHeader))
          continue;
        count++;
        if (!change.names.some((name) => change.refusal?.includes(name)))
          wrong.push(`${file}: ${change.what}: ${change.refusal ?? "taken"}`);
      }
    }
    console.log(`      ${count} single changed values refused with their field's name`);
    console.log(
      `      not correlated, as what is read there is hidden: ${hidden.length} requests that nobody signs`,
    );
    assert.ok(exact.every(({ critical, file }) => !critical || !hidden.includes(file)));
    assert.deepEqual(wrong.slice(0, 20), [], `${wrong.length} of ${count}`);
  });
});

const correlates = (...args: Parameters<typeof refusalOf>): boolean => refusalOf(...args) === undefined;

/** What is said of a changed request: its form's words, or correlation's; undefined when the pre-command does for it. */
function refusalOf(xml: string, preCommand: Uint8Array, inventory: Directory) {
  try {
    const target = /RequestID>[^:]*:([^:]*):/.exec(xml)![1]!.replaceAll("-", "").toUpperCase();
    correlateXml(xml, preCommand, inventory, new Set([target]));
    return undefined;
  } catch (error) {
    if (error instanceof CodedError) return error.message;
    throw error;
  }
}

/** Why a pair differs: where the reference's command parts from the request, by the independent decode. */
function reasonOf({ xml, message, inventory }: Pair & ReturnType<typeof reproduced>): string {
  const missing = [...xml.matchAll(/Certificate>([A-Za-z0-9+/=\s]{100,})</g)].filter(
    ([, text]) => Buffer.from(message).indexOf(Buffer.from(text!, "base64")) < 0,
  );
  const { preCommand } = transformXml(xml, inventory);
  try {
    correlate(withoutMac(message), preCommand.request);
  } catch (error) {
    const certificates = missing.length > 0 ? `${missing.length} certificates are not the message's; ` : "";
    return `${certificates}${(error as Error).message.slice(0, 200)}`;
  }
  return missing.length > 0 ? `${missing.length} certificates are not the message's` : "the octets differ";
}

/** From its tag DF to the end of its content. */
function withoutMac(message: Uint8Array): Uint8Array {
  if (message[0] === 0xdf) return message;
  const { content } = contentOf(message);
  const from = Buffer.from(message).indexOf(content);
  return message.subarray(message.indexOf(0xdf, 8), from + content.length);
}
