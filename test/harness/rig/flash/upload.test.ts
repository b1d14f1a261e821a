import assert from "node:assert/strict";
import { dropBytes } from "../../../../hal/serial/line/index.ts";
import { image, type SmpFaults } from "../../../../hal/serial/smp/index.ts";
import { type UploadOptions, type UploadResult, uploadImage } from "../../../../harness/rig/flash/upload.ts";
import { coming, flashBench } from "./flash-bench.ts";

type Bench = Awaited<ReturnType<typeof flashBench>>;

const upload = (bench: Bench, options: UploadOptions = {}, limitMs?: number) =>
  bench.run(uploadImage(bench.connection, coming, options), limitMs);

function requireAtMostOneWindowAgain({ sentBytes, windowBytes }: UploadResult, what: string): void {
  const again = sentBytes - coming.length;
  assert.ok(again <= windowBytes, `${what}: ${again} bytes again, a window is ${windowBytes}`);
}

const stored = async ({ board }: Bench) => (await board.slots().secondary.imageOrNone())?.bytes;

describe("the upload", () => {
  it("sends each byte once and leaves the file in the slot", async () => {
    const bench = await flashBench();
    const result = await upload(bench);
    assert.equal(result.match, true);
    assert.deepEqual([result.sentBytes, result.retries], [coming.length, 0]);
    assert.deepEqual(await stored(bench), coming);
  });

  for (const bufCount of [1, 2, 4, 16])
    for (const bufSize of [256, 384, 1024, 4096])
      it(`fits buffers of ${bufSize} bytes, ${bufCount} of them`, async () => {
        const bench = await flashBench({ bufSize, bufCount, link: { delayMs: 5 } });
        const result = await upload(bench);
        assert.deepEqual([result.match, result.retries], [true, 0]);
      });

  it("goes on where an earlier upload stopped when the host begins anew", async () => {
    const bench = await flashBench({ link: { delayMs: 1, bytesPerS: 11_520 } });
    let stopped = 0;
    const first = uploadImage(bench.connection, coming, {
      onProgress: ({ doneBytes }) => {
        if (doneBytes < 12_000) return;
        stopped ||= doneBytes;
        bench.connection.client.close();
      },
    });
    await assert.rejects(bench.run(first), { code: "rig/no-progress" });
    const result = await upload(await flashBenchOn(bench));
    assert.equal(result.match, true);
    assert.ok(result.resumedAtBytes >= stopped, `${result.resumedAtBytes} of ${stopped}`);
    const again = result.sentBytes - (coming.length - result.resumedAtBytes);
    assert.equal(again, 64, "only a small piece, that asks where the board stands, went twice");
  });

  it("goes on after an unplugging, and re-sends no more than a window", async () => {
    const bench = await flashBench({ link: { bytesPerS: 50_000 } });
    bench.timers.after(300, () => bench.board.unplug());
    bench.timers.after(900, () => {
      bench.board.plugged = true;
    });
    const result = await upload(bench);
    assert.equal(result.match, true);
    assert.ok(result.retries >= 1);
    requireAtMostOneWindowAgain(result, "unplugged");
  });

  it("goes on after a reset and a power cut of the board, and re-sends no more than a window", async () => {
    for (const act of ["reset", "cut"] as const) {
      const bench = await flashBench({ link: { bytesPerS: 50_000 } });
      bench.timers.after(300, () => {
        if (act === "cut") bench.board.flash.cutPowerAt(bench.board.flash.operationCount, "torn");
        else void bench.board.start();
      });
      bench.timers.after(1500, () => void (bench.board.power.on ? undefined : bench.board.start()));
      const result = await upload(bench);
      assert.equal(result.match, true, act);
      assert.deepEqual(await stored(bench), coming);
      requireAtMostOneWindowAgain(result, act);
    }
  });

  it("begins again with a board that forgets the upload in a reset, and gives up on one that does so again and again", async () => {
    const forget = async (bench: Bench) => {
      await bench.board.slots().secondary.trailer.erase();
      void bench.board.start().catch(() => undefined);
    };
    const once = await flashBench({ link: { bytesPerS: 50_000 } });
    once.timers.after(500, () => void forget(once));
    const result = await upload(once);
    assert.equal(result.match, true);
    assert.ok(result.sentBytes > coming.length + 10_000, "most went twice");
    const again = await flashBench({ link: { bytesPerS: 50_000 } });
    const repeat = () => {
      void forget(again);
      if (again.scheduler.nowMs < 600_000) again.timers.after(700, repeat);
    };
    again.timers.after(500, repeat);
    await assert.rejects(upload(again, {}, 3_600_000), { code: "rig/no-progress" });
  });

  const survivable: [string, SmpFaults, UploadOptions?][] = [
    ["every 5th answer damaged", { badCrc: 5 }],
    ["every 4th answer cut off", { truncated: 4 }],
    ["every answer doubled", { duplicated: 1 }],
    ["every 7th answer missing", { silent: 7 }],
    ["a shell that echoes", { echo: true }],
    ["log lines between", { chatter: true }],
    ["a slow server", { delayMs: 700 }],
    ["a server slower than the time-out", { delayMs: 2500 }],
  ];
  for (const [name, faults, options] of survivable)
    it(`survives ${name}`, async () => {
      const bench = await flashBench();
      Object.assign(bench.board.faults, faults);
      const result = await upload(bench, options, 3_600_000);
      assert.notEqual(result.match, false);
      assert.deepEqual(await stored(bench), coming);
    });

  it("survives lost bytes on the way to the board", async () => {
    const bench = await flashBench();
    bench.board.lines![0].faults.alter = dropBytes(9_000, 9_040);
    const result = await upload(bench);
    assert.equal(result.match, true);
    assert.ok(result.retries >= 1 && result.sentBytes - coming.length <= 3 * 2048);
  });

  it("copes with a board that holds fewer requests than it says", async () => {
    const bench = await flashBench({ bufCount: 2 });
    bench.connection.client.useParams({ bufSize: 2048, bufCount: 8, source: "board" });
    const result = await upload(bench);
    assert.equal(result.match, true);
  });

  it("gives up with a word on why, in bounded time", async () => {
    const hopeless: [SmpFaults, string, RegExp][] = [
      [{ zeroOffset: true }, "rig/no-progress", /answers offset 0 whatever is sent/],
      [{ silent: true }, "rig/no-progress", /no answer to os/],
      [{ badCrc: 1 }, "rig/no-progress", /damaged frames came in: check baud rate/],
    ];
    for (const [faults, code, message] of hopeless) {
      const bench = await flashBench();
      await bench.run(bench.connection.client.params());
      Object.assign(bench.board.faults, faults);
      await assert.rejects(upload(bench), (error: { code: string; message: string }) => {
        assert.equal(error.code, code);
        assert.match(error.message, message);
        return true;
      });
      assert.ok(bench.scheduler.nowMs < 300_000, `${bench.scheduler.nowMs}`);
    }
  });

  it("says that a board is lost when the line does not come back", async () => {
    const bench = await flashBench({ link: { bytesPerS: 50_000 } });
    bench.timers.after(300, () => bench.board.unplug());
    await assert.rejects(upload(bench), { code: "rig/board-lost" });
  });

  it("tells the image's faults from the rig's", async () => {
    const bench = await flashBench({ slotSectors: 8 });
    await assert.rejects(upload(bench), { code: "image/refused" });
    const old = await flashBench();
    await old.run(uploadImage(old.connection, coming));
    const older = coming.slice();
    older[20] = 0;
    await assert.rejects(old.run(uploadImage(old.connection, older, { upgrade: true })), {
      code: "image/refused",
    });
    const { hash } = (await old.run(image.readState(old.connection.client)))[1]!;
    await old.run(image.test(old.connection.client, hash!));
    await assert.rejects(
      old.run(uploadImage(old.connection, older)),
      { code: "rig/refused" },
      "it is pending",
    );
  });
});

/** Another host process on the same board. */
async function flashBenchOn(bench: Bench): Promise<Bench> {
  const { connect } = await import("../../../../harness/rig/flash/connection.ts");
  const { timers, board } = bench;
  await bench.run(bench.connection.close());
  const connection = await bench.run(connect("model", { timers, open: () => board.open() }));
  return { ...bench, connection };
}
