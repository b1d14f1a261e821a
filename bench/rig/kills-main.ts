/** `node --import=tsx bench/rig/kills-main.ts [KILLS] [BOARDS] [SEED]`: kills emulated boards while they are flashed. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EmulatedBoard, missingTools } from "../../hal/emulated/index.ts";
import { SeededRandom } from "../../hal/mock/index.ts";
import { flashBoards } from "../../harness/rig/flash/flash-boards.ts";
import { reportRow } from "../../harness/rig/flash/live-view.ts";
import { preFlight } from "../../harness/rig/flash/pre-flight.ts";
import type { RigBoard } from "../../harness/rig/rig-file.ts";
import { printTable } from "../../harness/table.ts";
import { type KillReport, killWhileFlashing } from "./kills.ts";
import { unsignedImage } from "./unsigned-image.ts";

const IMAGE_BYTES = 40 * 1024;
const [kills = 200, boards = 4, seed = 1] = process.argv.slice(2).map(Number);

async function killOne(dir: string, index: number): Promise<KillReport> {
  const imageOf = (number: number) => preFlight(unsignedImage(IMAGE_BYTES, number));
  const board = await EmulatedBoard.start({ dir: join(dir, `b${index}`), image: imageOf(0).bytes });
  const random = new SeededRandom(`${seed}/${index}`);
  let count = 0;
  const share = Math.floor(kills / boards) + (index < kills % boards ? 1 : 0);
  const onKill = (phase: string) =>
    void process.stderr.write(`board ${index}: kill ${++count}/${share} in ${phase}\n`);
  try {
    return await killWhileFlashing(board, { kills: share, random, image: imageOf, onKill });
  } finally {
    await board.stop();
  }
}

/** A good image to all of them at once, as `meterbench flash --all` does it, undisturbed. */
async function flashAllAtOnce(dir: string): Promise<void> {
  const emulated = Array.from({ length: boards }, (_, index): RigBoard => {
    const id = `board-${index}`;
    return { id, kind: "emulated", dir: join(dir, `all-${index}`), labels: [] };
  });
  for (const { dir: folder, id } of emulated) {
    const fresh = await EmulatedBoard.start({ dir: folder!, id, image: unsignedImage(IMAGE_BYTES, 0) });
    await fresh.stop();
  }
  const reports = await flashBoards(emulated, unsignedImage(IMAGE_BYTES, 1), {
    mode: "confirm",
    preFlight: () => ({}),
  });
  printTable(reports.map(reportRow));
  const good = reports.filter(({ outcome }) => outcome === "confirmed").length;
  console.log(
    `${good === boards ? "met   " : "MISSED"} a good image to ${boards} boards at once: ${good} proven\n`,
  );
  if (good < boards) process.exitCode = 1;
}

async function main(): Promise<void> {
  const missing = missingTools();
  if (missing.length > 0) {
    const names = missing.map(({ program, debianPackage }) => `${program} (${debianPackage})`);
    console.error(`an emulated board needs ${names.join(", ")}: see \`meterbench doctor\``);
    process.exitCode = 3;
    return;
  }
  const dir = mkdtempSync(join(tmpdir(), "meterbench-kills-"));
  const startMs = performance.now();
  try {
    await flashAllAtOnce(dir);
    const reports = await Promise.all(Array.from({ length: boards }, (_, index) => killOne(dir, index)));
    printTable(
      reports.map(({ kills: own, byPhase, flashed, mostSentAgainBytes, windowBytes }, index) => ({
        board: index,
        kills: own,
        flashed,
        "sent again": Math.round(mostSentAgainBytes),
        window: windowBytes,
        phases: Object.entries(byPhase).map(([phase, count]) => `${phase} ${count}`),
      })),
    );
    const most = Math.max(...reports.map(({ mostSentAgainBytes }) => mostSentAgainBytes));
    const window = Math.min(...reports.map(({ windowBytes }) => windowBytes));
    const total = reports.reduce((sum, report) => sum + report.kills, 0);
    const seconds = Math.round((performance.now() - startMs) / 1000);
    console.log(
      `\nmet    ${total} kills in ${seconds} s: every board ran the old image or the new one after each, whole`,
    );
    const met = most <= window;
    console.log(
      `${met ? "met   " : "MISSED"} image bytes sent again after a kill, at most: ${most}, one window is ${window}`,
    );
    if (!met) process.exitCode = 1;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

await main();
