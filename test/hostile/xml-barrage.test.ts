import assert from "node:assert/strict";
import { xmlBarrage } from "./xml-barrage.ts";

describe("the user interface under spoilt XML", function () {
  this.timeout(60_000);

  it("reads it, or refuses it by a code, soon", () => {
    const { outcomes, slowestMs } = xmlBarrage(1_000, 7);
    assert.ok(slowestMs < 100, `${slowestMs} ms`);
    for (const outcome of ["read", "interface/xml", "interface/element", "interface/signature"])
      assert.ok((outcomes[outcome] ?? 0) > 5, `${outcome}: ${JSON.stringify(outcomes)}`);
  });
});
