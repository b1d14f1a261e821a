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

  it("says that an address is for no user, and who there is; exit 2", async () => {
    const push = "00-DB-12-34-56-78-90-FF=http://127.0.0.1:1/";
    const { exitCode, stderr } = await place.meterbench(["serve", "--port", "0", "--push", push]);
    assert.equal(exitCode, 2);
    assert.match(stderr, /--push \S+ is for no user\n {2}Users here are 90B3D51F30010000, /);
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
