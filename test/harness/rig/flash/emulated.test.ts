import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { killWhileFlashing } from "../../../../bench/rig/kills.ts";
import { unsignedImage } from "../../../../bench/rig/unsigned-image.ts";
import { EmulatedBoard, missingTools, readFlash } from "../../../../hal/emulated/index.ts";
import { SeededRandom } from "../../../../hal/mock/index.ts";
import { connect } from "../../../../harness/rig/flash/connection.ts";
import { flashBoard } from "../../../../harness/rig/flash/flasher.ts";
import { preFlight } from "../../../../harness/rig/flash/pre-flight.ts";
import { imgtoolVectors } from "../../../firmware/bootloader/images.ts";

const imageOf = (number: number) => preFlight(unsignedImage(24 * 1024, number));

/** One board for all tests of this file: each goes on from the image that the one before left. */
describe("flashing an emulated board", function () {
  this.timeout(60_000);
  let dir = "";
  let board: EmulatedBoard;
  let count = 0;

  before(async function () {
    const missing = missingTools();
    if (missing.length > 0) {
      console.warn(
        `      skipped: no ${missing.map(({ program }) => program).join(", ")} (see \`meterbench doctor\`)`,
      );
      this.skip();
    }
    dir = mkdtempSync(join(tmpdir(), "meterbench-flash-"));
    board = await EmulatedBoard.start({ dir, image: imageOf(0).bytes });
  });

  after(async () => {
    await board?.stop();
    if (dir) rmSync(dir, { recursive: true, force: true });
  });

  const slot0 = () => readFlash(board.flashPath, "slot0", 0, 24 * 1024);

  it("proves the image and keeps it, or tests it and goes back", async () => {
    for (const [mode, outcome] of [
      ["test", "reverted"],
      ["confirm", "confirmed"],
    ] as const) {
      const connection = await connect(board.portPath);
      try {
        const result = await flashBoard(connection, imageOf(1), { mode });
        assert.equal(result.outcome, outcome);
        assert.deepEqual(new Uint8Array(slot0()), imageOf(mode === "test" ? 0 : 1).bytes);
        assert.equal(result.upload?.sentBytes, mode === "test" ? 24 * 1024 : undefined);
      } finally {
        await connection.close();
      }
    }
    count = 1;
  });

  it("blames the image, not the cable, for a kind that its bootloader cannot do with", async function () {
    const { image, root, decryptionKey } = imgtoolVectors(this);
    const connection = await connect(board.portPath);
    try {
      const file = preFlight(image("ed25519_enc_x25519.bin"), { keys: [root], decryptionKey });
      await assert.rejects(flashBoard(connection, file, { mode: "confirm" }), {
        code: "image/not-taken",
        message: /will not boot it.*is encrypted/,
      });
    } finally {
      await connection.close();
    }
  });

  it("survives kills at random moments: the old image or the new one runs, and every flashing gets through", async () => {
    const report = await killWhileFlashing(board, {
      kills: 4,
      random: new SeededRandom(20),
      image: (number) => imageOf(number + count),
    });
    assert.equal(report.kills, 4);
    assert.ok(report.flashed >= 1);
    assert.deepEqual(new Uint8Array(slot0()), imageOf(count + report.flashed).bytes);
    assert.ok(report.mostSentAgainBytes <= report.windowBytes, JSON.stringify(report));
  });
});
