/** Run in a copy of the tree to which the sample has been added (`npm run growth`). */
import assert from "node:assert/strict";
import { type HomeWire, isHomeWire, suites } from "../../../firmware/wire/suites.ts";
import { premises } from "../../../harness/premises/premises.ts";

function homeWire(name: string): HomeWire {
  assert.ok(isHomeWire(name), `a home runs on the ${name} wire`);
  return name;
}

describe("growth: the sample wire", () => {
  it("carries a home's commissioning, a read and a critical command, in bytes that COSE does not take", async () => {
    const wire = homeWire("toy");
    const home = await premises({ wire });
    await home.commission();
    assert.equal(home.suite, suites[wire]);
    const disabled = await home.command("7.2");
    assert.equal((await home.read("7.4")).SupplyState, "disabled");
    assert.equal(suites[wire].wire.peek(disabled.bytes).header.code, 0x0050);
    assert.throws(() => suites.cose.wire.peek(disabled.bytes), { code: "wire/malformed" });
  });
});
