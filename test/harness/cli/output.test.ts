import assert from "node:assert/strict";
import { Workplace } from "../../support/child-run.ts";

describe("what a command prints", function () {
  this.timeout(30_000);
  let place: Workplace;
  before(() => {
    place = new Workplace();
  });
  after(() => place.remove());

  for (const args of [
    ["emulate", "--port", "tcp://127.0.0.1:0", "--seconds", "1"],
    ["list", "usecases"],
    ["run", "outages of one home"],
  ])
    it(`changes no verdict when nobody reads it (${args[0]})`, async () => {
      const { exitCode, stderr } = await place.meterbenchUnread(args);
      assert.doesNotMatch(stderr, /EPIPE/);
      assert.equal(exitCode, 0);
    });

  it("keeps the verdict of a failed run that nobody reads", async () => {
    place.write("fail.mjs", 'it("fails", () => { throw new Error("no"); });');
    assert.equal((await place.meterbenchUnread(["run", "fail.mjs"])).exitCode, 1);
  });

  for (const [kind, heading] of [
    ["requests", /reference +title +parameters/],
    ["usecases", /id +code +modelled +title/],
  ] as const)
    it(`keeps the titles of ${kind} on 80 columns, and says what it leaves out`, async () => {
      const { stdout } = await place.onTerminal(["list", kind]);
      assert.match(stdout, heading);
      assert.match(stdout, /not shown: .*\(--json has them\)/);
    });
});
