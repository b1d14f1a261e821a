import assert from "node:assert/strict";
import { BoardLock } from "../../../harness/rig/lock.ts";
import { Workplace } from "../../support/child-run.ts";

describe("meterbench serve", () => {
  let place: Workplace;
  beforeEach(() => {
    place = new Workplace();
  });
  afterEach(() => place.remove());

  it("takes no store that another serves: who has it, and what to do; exit 2", async () => {
    const store = place.path("store");
    const lock = BoardLock.take(store, store, { what: "meterbench serve", folder: place.path("locks") });
    const { exitCode, stderr } = await place.meterbench(["serve", "--port", "0", "--store", store], {
      METERBENCH_LOCKS: place.path("locks"),
    });
    lock.release();
    assert.equal(exitCode, 2);
    assert.match(stderr, /the store \S+ is in use by meterbench serve \(process \d+/);
    assert.match(stderr, /--store DIR/);
  });
});
