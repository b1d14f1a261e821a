/**
 * `node --import=tsx bench/rig/points-main.ts [STEP] [EMULATED]`: disturbs a flashing at every STEP bytes of
 * its session (default 100), on a model board in virtual time, and at EMULATED points (default 6) of each kind on an
 * emulated board, through a relay whose plug can be pulled. An unhandled rejection ends it with an error, as Node does.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EmulatedBoard, missingTools } from "../../hal/emulated/index.ts";
import { type Line, openLine } from "../../hal/serial/line/index.ts";
import { preFlight } from "../../harness/rig/flash/pre-flight.ts";
import { printTable } from "../../harness/table.ts";
import { acts, flashDisturbed, type PointOutcome } from "./points.ts";
import { flashEmulatedDisturbed } from "./points-emulated.ts";
import { unsignedImage } from "./unsigned-image.ts";

const [step = 100, emulatedPoints = 6] = process.argv.slice(2).map(Number);
/** Upload without progress, boot, and a few requests: the time-outs that the flasher states, together. */
const LIMIT_MS = 200_000;
const IMAGE_BYTES = 30 * 1024;

const images = { old: unsignedImage(20 * 1024, 0), file: preFlight(unsignedImage(IMAGE_BYTES, 1)) };

interface Row extends Record<string, string | number> {
  act: string;
  points: number;
  proven: number;
  "plain word": string;
  "longest s": string;
}

function rowOf(act: string, results: readonly PointOutcome[]): Row {
  const failed = results.filter(({ outcome }) => outcome !== "confirmed").map(({ outcome }) => outcome);
  const words = [...new Set(failed)].map(
    (word) => `${word} ${failed.filter((each) => each === word).length}`,
  );
  return {
    act,
    points: results.length,
    proven: results.length - failed.length,
    "plain word": words.join(", "),
    "longest s": (Math.max(...results.map(({ tookMs }) => tookMs)) / 1000).toFixed(1),
  };
}

const isBad = ({ outcome, disturbed, tookMs }: PointOutcome): boolean =>
  !disturbed || !/^(confirmed$|rig\/|image\/)/.test(outcome) || tookMs > LIMIT_MS;

async function onModel(rows: Row[]): Promise<number> {
  const { sentBytes } = await flashDisturbed(images, (_board, bytes) => bytes, 0);
  let bad = 0;
  for (const [name, act] of Object.entries(acts)) {
    const results: PointOutcome[] = [];
    for (let point = 0; point < sentBytes; point += step)
      results.push(await flashDisturbed(images, act, point));
    rows.push(rowOf(`${name} (model)`, results));
    bad += results.filter(isBad).length;
  }
  return bad;
}

async function onEmulated(rows: Row[]): Promise<number> {
  const missing = missingTools();
  if (missing.length > 0) {
    console.error(`emulated board: skipped, missing ${missing.map(({ program }) => program).join(", ")}`);
    return 0;
  }
  const dir = mkdtempSync(join(tmpdir(), "meterbench-points-"));
  const board = await EmulatedBoard.start({ dir, image: images.old });
  let count = 0;
  let bad = 0;
  try {
    for (const [name, act] of Object.entries(acts)) {
      const results: PointOutcome[] = [];
      for (let index = 0; index < emulatedPoints; index++) {
        const file = preFlight(unsignedImage(IMAGE_BYTES, ++count));
        // The session is about 45,000 bytes long.
        results.push(await flashEmulatedDisturbed(board, file, act, (index * 45_000) / emulatedPoints));
        await requireFree(board.portPath);
      }
      rows.push(rowOf(`${name} (emulated)`, results));
      bad += results.filter(isBad).length;
    }
  } finally {
    await board.stop();
    rmSync(dir, { recursive: true, force: true });
  }
  return bad;
}

/** A port that is left locked does not open a second time. */
async function requireFree(path: string): Promise<void> {
  const line: Line = await openLine(path);
  await line.close();
}

async function main(): Promise<void> {
  const rows: Row[] = [];
  const bad = (await onModel(rows)) + (await onEmulated(rows));
  printTable(rows);
  const points = rows.reduce((sum, row) => sum + row.points, 0);
  console.log(
    `\n${bad === 0 ? "met   " : "MISSED"} ${points} disturbed sessions: ${points - bad} proven or ended with a plain word within ${LIMIT_MS / 1000} s, every port free again`,
  );
  if (bad > 0) process.exitCode = 1;
}

await main();
