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

  it("says that a store cannot be made, without a stack; exit 2", async () => {
    const { exitCode, stderr } = await place.meterbench([
      "serve",
      "--port",
      "0",
      "--store",
      "/proc/none/store",
    ]);
    assert.equal(exitCode, 2);
    assert.match(stderr, /^error: store: \S+ cannot be made \(.+\)\n {2}Give a folder .* --store DIR\.\n$/);
  });

  it("does not write over the keys that it is given; exit 2", async () => {
    const { exitCode, stderr } = await place.meterbench(["serve", "--keys", "mine", "--keys-out", "./mine/"]);
    assert.equal(exitCode, 2);
    assert.match(
      stderr,
      /--keys mine is where keys are written, and would be written over\n.*--keys-out DIR/,
    );
  });
});
