import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeType } from "../../../firmware/model/index.ts";
import { compareLeaves } from "../../../harness/conformance/compare.ts";
import { conform, conformPage } from "../../../harness/conformance/index.ts";
import { leavesOf, readOut, told } from "../../../harness/conformance/leaves.ts";
import { readReferenceSet } from "../../../harness/conformance/reference-set.ts";
import { rtds } from "../../support/shared-data.ts";

const { structure, array, u8, octets } = makeType;

describe("comparing leaves", () => {
  const type = structure({ codes: array(u8, 0, 4), name: octets(0, 8) });
  const leaves = (codes: number[], name: number[], isState = readOut) =>
    leavesOf(type, [codes, Uint8Array.from(name)], "value", isState);

  it("takes other values of the same type for another state", () => {
    const { result, why } = compareLeaves(leaves([1, 2], [7]), leaves([1, 3], [7]));
    assert.deepEqual([result, why], ["sameShape", "value.codes[1]: expected 2, got 3"]);
  });

  it("names the count that differs", () => {
    const { result, why } = compareLeaves(leaves([1, 2], [7]), leaves([1], [7]));
    assert.deepEqual([result, why], ["differs", "value.codes.count: expected 2, got 1"]);
  });

  it("takes a size for a part of the shape", () => {
    assert.equal(compareLeaves(leaves([], [7, 7]), leaves([], [7])).result, "differs");
  });

  it("lets no name differ in what a device says of an action", () => {
    assert.equal(compareLeaves(leaves([], [7], told), leaves([], [8], told)).result, "differs");
    assert.equal(compareLeaves(leaves([1], [7], told), leaves([2], [7], told)).result, "sameShape");
  });
});

describe("conform, on the reference messages", function () {
  this.timeout(300_000);

  it("pairs every response with a command, whatever their files are called", function () {
    const dir = rtds(this);
    const { commands } = readReferenceSet(dir, join(dir, "keystore"));
    assert.equal(commands.length, 389);
    assert.equal(commands.filter(({ response }) => response === undefined).length, 0);
  });

  it("answers all that can be authenticated alike, and knows nothing of their names", async function () {
    const dir = rtds(this);
    const renamed = mkdtempSync(join(tmpdir(), "meterbench-set-"));
    try {
      for (const folder of readdirSync(join(dir, "messages")))
        for (const file of readdirSync(join(dir, "messages", folder)))
          cpSync(join(dir, "messages", folder, file), join(renamed, other(folder), `${other(file)}.hex`));
      const report = await conform(renamed, { keysDir: join(dir, "keystore") });
      const { authenticated, identical, sameShape, alerts } = report;
      assert.equal(authenticated, 387);
      assert.ok(identical + sameShape >= 267, `${identical} identical, ${sameShape} same shape`);
      assert.ok(alerts.identical + alerts.sameShape >= 61, `${alerts.differs} alerts differ`);
      assert.match(conformPage(report, "<set>"), /&lt;set&gt;/);
    } finally {
      rmSync(renamed, { recursive: true });
    }
  });
});

const other = (name: string): string => createHash("sha256").update(name).digest("hex").slice(0, 12);
