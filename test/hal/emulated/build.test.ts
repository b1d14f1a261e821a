import assert from "node:assert/strict";
import { readFileSync, statSync, utimesSync } from "node:fs";
import { agentElf } from "../../../hal/emulated/index.ts";
import { sha256, skipWithoutTools, slowMs } from "./emulated-bench.ts";

describe("building the emulated board's agent", function () {
  this.timeout(slowMs);
  before(function () {
    skipWithoutTools(this);
  });

  it("happens when a source is newer, once for all who ask, and gives the same bytes again", async () => {
    const path = await agentElf();
    const before = sha256(readFileSync(path));
    utimesSync(path, 1, 1);
    const paths = await Promise.all([agentElf(), agentElf()]);
    assert.deepEqual(paths, [path, path]);
    assert.deepEqual(sha256(readFileSync(path)), before);
    const builtAtMs = statSync(path).mtimeMs;
    await agentElf();
    assert.equal(statSync(path).mtimeMs, builtAtMs);
  });
});
