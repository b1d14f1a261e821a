import assert from "node:assert/strict";
import { acts, flashDisturbed } from "../../../../bench/rig/points.ts";
import { image, SmpClient } from "../../../../hal/serial/smp/index.ts";
import { connect } from "../../../../harness/rig/flash/connection.ts";
import { type FlashOptions, type FlashPhase, flashBoard } from "../../../../harness/rig/flash/flasher.ts";
import { preFlight } from "../../../../harness/rig/flash/pre-flight.ts";
import { makeImage, testKey } from "../../../firmware/bootloader/images.ts";
import { coming, flashBench, running } from "./flash-bench.ts";

type Bench = Awaited<ReturnType<typeof flashBench>>;
const file = preFlight(coming, { keys: [testKey] });

const flash = (bench: Bench, options: Partial<FlashOptions> = {}) =>
  bench.run(flashBoard(bench.connection, file, { mode: "confirm", ...options }));

const runs = async ({ board }: Bench) => (await board.slots().primary.imageOrNone())?.version.major;

async function expectError(work: Promise<unknown>, code: string, message: RegExp): Promise<void> {
  await assert.rejects(work, (error: { code?: string; message: string; data?: { advice?: string } }) => {
    assert.equal(error.code, code);
    assert.match(error.message, message);
    assert.ok(error.data?.advice, "it says what to do");
    return true;
  });
}

describe("flashing one board", () => {
  it("uploads, compares, tests, resets, self-tests and confirms", async () => {
    const bench = await flashBench();
    const phases: FlashPhase[] = [];
    const result = await flash(bench, { onPhase: (phase) => phases.push(phase) });
    assert.equal(result.outcome, "confirmed");
    assert.deepEqual(phases, [
      "connect",
      "upload",
      "compare",
      "test",
      "reset",
      "boot",
      "self-test",
      "confirm",
    ]);
    await bench.run(bench.board.start());
    assert.deepEqual(
      bench.board.boots.map(({ swap }) => swap),
      ["none", "test", "none"],
    );
    assert.equal(await runs(bench), 2);
  });

  it("tests and goes back, and proves it", async () => {
    const bench = await flashBench();
    assert.equal((await flash(bench, { mode: "test" })).outcome, "reverted");
    assert.deepEqual(
      bench.board.boots.map(({ swap }) => swap),
      ["none", "test", "revert"],
    );
    assert.equal(await runs(bench), 1);
  });

  it("goes back from an image that fails its self-test, and blames the image", async () => {
    const bench = await flashBench();
    const selfTest = async () => {
      throw new Error("the relay does not click");
    };
    await expectError(
      flash(bench, { selfTest }),
      "image/self-test",
      /the relay does not click.*back on its old image/,
    );
    assert.equal(await runs(bench), 1);
    assert.equal((await flash(bench)).outcome, "confirmed");
  });

  it("leaves a board alone that runs the image already", async () => {
    const bench = await flashBench();
    await flash(bench);
    const before = bench.board.flash.operationCount;
    assert.deepEqual(await flash(bench), { outcome: "unchanged" });
    assert.equal(bench.board.flash.operationCount, before);
  });

  it("does not upload again what lies in the slot", async () => {
    const bench = await flashBench();
    await flash(bench, { mode: "test" });
    assert.equal((await flash(bench)).upload, undefined);
    assert.equal(await runs(bench), 2);
  });

  it("says that the image failed when the bootloader does not take it", async () => {
    const bench = await flashBench({
      keys: [{ kind: "ed25519", publicKey: new Uint8Array(32).fill(9) }],
    }).catch(() => undefined);
    assert.equal(bench, undefined, "such a board does not even start");
    const unsigned = makeImage({ payload: new Uint8Array(100), version: [3, 0, 0, 0], tlvs: hashOnly(100) });
    const board = await flashBench();
    const work = board.run(flashBoard(board.connection, preFlight(unsigned), { mode: "confirm" }));
    await expectError(work, "image/not-booted", /did not come up; 1\.0\.0/);
    assert.equal(board.board.boots.at(-1)?.refused?.code, "image/signature-missing");
  });

  it("uploads from the start when a server resumes an upload that it had erased", async () => {
    const bench = await flashBench({ link: { bytesPerS: 50_000 } });
    const { client } = bench.connection;
    const { uploadImage } = await import("../../../../harness/rig/flash/upload.ts");
    const cut = uploadImage(bench.connection, file.bytes, { onProgress: () => client.close() });
    await assert.rejects(bench.run(cut));
    await bench.run(bench.connection.close());
    bench.board.faults.staleOffsetAfterErase = true;
    const { timers, board } = bench;
    const connection = await bench.run(connect("model", { timers, open: () => board.open() }));
    await bench.run(image.erase(connection.client));
    const result = await bench.run(flashBoard(connection, file, { mode: "confirm" }));
    assert.equal(result.outcome, "confirmed");
    assert.match(result.repeated ?? "", /hash/);
  });

  it("refuses to touch a board that tests something else, or is about to boot it", async () => {
    const bench = await flashBench();
    await flash(bench, { mode: "test" });
    const { client } = bench.connection;
    await bench.run(image.test(client, file.hash));
    const other = preFlight(makeImage({ payload: new Uint8Array(64), version: [4, 0, 0, 0] }));
    const flashOther = () => bench.run(flashBoard(bench.connection, other, { mode: "confirm" }));
    await expectError(flashOther(), "rig/in-test", /boot 2\.0\.0 at its next reset/);
    await bench.run(bench.board.start());
    await expectError(flashOther(), "rig/in-test", /tests 2\.0\.0/);
    assert.equal(
      (await flash(bench)).outcome,
      "confirmed",
      "the image under test itself is proven and confirmed",
    );
  });

  it("refuses an image that is larger than the board's slot before it sends it", async () => {
    const bench = await flashBench({ slotSectors: 8 });
    await expectError(flash(bench), "image/too-large", /do not fit the board's slot/);
    assert.equal(bench.board.boots.length, 1);
  });

  it("refuses before it sends a byte what the board's bootloader is known not to do", async () => {
    const older = preFlight(makeImage({ payload: new Uint8Array(64), version: [0, 9, 0, 0] }));
    const strict = await flashBench({ bootloader: { mode: 1, noDowngrade: true } });
    const downgrade = strict.run(flashBoard(strict.connection, older, { mode: "confirm" }));
    await expectError(downgrade, "image/version", /0\.9\.0 is older than 1\.0\.0.*no downgrade/);
    const overwriting = await flashBench({ bootloader: { mode: 2 } });
    await expectError(flash(overwriting, { mode: "test" }), "rig/no-revert", /overwrite.*does not go back/);
    for (const bench of [strict, overwriting])
      assert.equal(await bench.board.slots().secondary.imageOrNone(), undefined);
    assert.equal((await flash(strict)).outcome, "confirmed", "an upgrade it takes");
  });

  it("refuses a version below the one that runs when no downgrade is wanted, and says what ran before", async () => {
    const older = preFlight(makeImage({ payload: new Uint8Array(64), version: [0, 9, 0, 0] }));
    const bench = await flashBench();
    const refused = bench.run(flashBoard(bench.connection, older, { mode: "confirm", noDowngrade: true }));
    await expectError(refused, "image/version", /0\.9\.0 is older than 1\.0\.0.*no downgrade is wanted/);
    assert.equal(await bench.board.slots().secondary.imageOrNone(), undefined);
    assert.equal((await flash(bench, { mode: "test", noDowngrade: true })).versionBefore, "1.0.0");
    const result = await bench.run(flashBoard(bench.connection, older, { mode: "confirm" }));
    assert.deepEqual([result.outcome, result.versionBefore], ["confirmed", "1.0.0"]);
  });

  it("ends in bounded time, with the reason, when the board stays silent or away after the reset", async () => {
    for (const act of ["silent", "gone", "off"] as const) {
      const bench = await flashBench();
      const onPhase = (phase: FlashPhase) => {
        if (phase !== "boot") return;
        if (act === "silent") bench.board.faults.silent = true;
        else if (act === "gone") bench.board.unplug();
        else bench.timers.after(20, () => bench.board.power.turnOff());
      };
      const message = act === "gone" ? /not back in/ : /does not answer 60 s after its reset/;
      await expectError(flash(bench, { onPhase }), "rig/board-lost", message);
      assert.ok(bench.scheduler.nowMs < 200_000);
    }
  });

  it("cycles the power once of a board that stays silent after its reset, and goes on", async () => {
    const bench = await flashBench();
    const onPhase = (phase: FlashPhase) =>
      phase === "boot" && bench.timers.after(20, () => bench.board.power.turnOff());
    let cycles = 0;
    const revive = async () => {
      cycles++;
      await bench.board.start();
    };
    assert.equal((await flash(bench, { onPhase, revive })).outcome, "confirmed");
    assert.equal(cycles, 1);
  });

  it("blames an image that is gone back from when the power was cycled", async () => {
    const bench = await flashBench();
    const onPhase = (phase: FlashPhase) => {
      if (phase === "boot") bench.board.faults.silent = true;
    };
    const revive = async () => {
      bench.board.faults.silent = false;
      await bench.board.start();
    };
    await expectError(flash(bench, { onPhase, revive }), "image/not-booted", /did not come up; 1\.0\.0 runs/);
    assert.equal(await runs(bench), 1);
  });

  it("says so when not even its power brings a board back, or the power cannot be cycled", async () => {
    for (const [revive, message] of [
      [async () => {}, /does not answer 5 s after its power was cycled/],
      [
        () => Promise.reject(new Error("no such relay")),
        /5 s after its reset, and its power .*\(no such relay\)/,
      ],
    ] as const) {
      const bench = await flashBench();
      const onPhase = (phase: FlashPhase) => {
        if (phase === "boot") bench.board.faults.silent = true;
      };
      await expectError(flash(bench, { onPhase, revive, bootTimeoutMs: 5000 }), "rig/board-lost", message);
    }
  });

  it("gets through when the line vanishes with the reset, as a USB port does", async () => {
    const bench = await flashBench();
    const onPhase = (phase: FlashPhase) => {
      if (phase !== "boot") return;
      bench.board.unplug();
      bench.timers.after(3000, () => {
        bench.board.plugged = true;
      });
    };
    assert.equal((await flash(bench, { onPhase })).outcome, "confirmed");
  });

  it("works with damaged, doubled and missing answers all the way", async () => {
    for (const faults of [
      { badCrc: 3 },
      { truncated: 3 },
      { duplicated: 1 },
      { silent: 4 },
      { echo: true },
    ]) {
      const bench = await flashBench();
      Object.assign(bench.board.faults, faults);
      assert.equal((await flash(bench)).outcome, "confirmed", JSON.stringify(faults));
    }
  });
});

describe("at every point of a session", () => {
  for (const [name, act] of Object.entries(acts))
    it(`${name} leads to a proven board or a plain word, in bounded time`, async () => {
      const outcomes: Record<string, number> = {};
      const images = { old: running, file };
      const { sentBytes } = await flashDisturbed(images, (_board, bytes) => bytes, 0);
      for (let point = 0; point < sentBytes; point += 1900) {
        const result = await flashDisturbed(images, act, point);
        outcomes[result.outcome] = (outcomes[result.outcome] ?? 0) + 1;
        assert.ok(result.disturbed, `${point}: nothing happened`);
        assert.ok(result.tookMs < 200_000, `${point}: ${result.tookMs} ms`);
        assert.ok(["confirmed", "image/not-booted"].includes(result.outcome), `${point}: ${result.outcome}`);
      }
      assert.ok((outcomes.confirmed ?? 0) >= 20, JSON.stringify(outcomes));
    });
});

describe("flashing that is killed, again and again", () => {
  /** Begins anew until it gets through, as a technician does. */
  async function until(bench: Bench): Promise<string> {
    for (let attempt = 0; attempt < 6; attempt++) {
      const { timers, board } = bench;
      if (!board.power.on) await bench.run(board.start());
      const connection = await bench.run(connect("model", { timers, open: () => board.open() }));
      try {
        return (await bench.run(flashBoard(connection, file, { mode: "confirm" }))).outcome;
      } catch {
        await bench.run(connection.close());
      }
    }
    return "never";
  }

  it("at any flash operation of the board leaves the old image or the new one, and gets through in the end", async () => {
    let cuts = 0;
    for (let index = 0; index < 700; index += 23) {
      const bench = await flashBench({ seed: index });
      bench.board.flash.cutPowerAt(bench.board.flash.operationCount + index, index % 2 ? "torn" : "after");
      bench.board.power.whenLost(() => cuts++);
      const first = flash(bench).then(
        () => "confirmed",
        () => "failed",
      );
      bench.timers.after(20_000, () => {
        if (!bench.board.power.on) void bench.board.start().catch(() => undefined);
      });
      const outcome = await first;
      bench.board.flash.clearCut();
      if (!bench.board.power.on) await bench.run(bench.board.start());
      const bytes = (await bench.board.slots().primary.imageOrNone())?.bytes;
      assert.ok(
        [running, coming].some((whole) => Buffer.compare(whole, bytes ?? whole.subarray(1)) === 0),
        `${index}`,
      );
      if (outcome === "failed") assert.match(await until(bench), /confirmed|unchanged/, `${index}`);
      assert.equal(await runs(bench), 2);
    }
    assert.ok(cuts > 8, `${cuts} cuts`);
  });

  it("at any moment by the host goes on from there", async () => {
    for (let killMs = 50; killMs < 2500; killMs += 170) {
      const bench = await flashBench({ link: { bytesPerS: 40_000, delayMs: 2 } });
      const cancel = bench.timers.after(killMs, () => void bench.connection.close());
      await flash(bench).catch(() => undefined);
      cancel();
      assert.match(await until(bench), /confirmed|unchanged/, `${killMs}`);
      assert.equal(await runs(bench), 2);
    }
  });

  it("leaves no request of a closed client behind", async () => {
    const bench = await flashBench();
    await bench.run(bench.connection.close());
    await assert.rejects(flash(bench), { code: "rig/board-lost" });
    assert.ok(bench.connection.client instanceof SmpClient && bench.connection.client.inFlight === 0);
  });
});

/** A correct hash TLV over a zero payload of that length, version 3.0.0, and nothing else. */
function hashOnly(length: number): readonly (readonly [number, Uint8Array])[] {
  const whole = preFlight(makeImage({ payload: new Uint8Array(length), version: [3, 0, 0, 0] }));
  return [[0x10, whole.hash]];
}
