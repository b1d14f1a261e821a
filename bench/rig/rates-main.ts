/** Prints the upload rates beside their targets, and exits 1 when one is missed: links in virtual time, TCP on this machine, and an emulated board where QEMU is installed. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EmulatedBoard, missingTools } from "../../hal/emulated/index.ts";
import { type Line, linePair, openLine } from "../../hal/serial/line/index.ts";
import { realTimers } from "../../hal/serial/timers.ts";
import { connect } from "../../harness/rig/flash/connection.ts";
import { printTable } from "../../harness/table.ts";
import { ModelBoard } from "./model-board.ts";
import { startEmpty, virtualRates } from "./model-rates.ts";
import { measureRates, type Rates } from "./rates.ts";
import { latencyRelay } from "./relay.ts";

type Row = Record<string, string | number>;
const KIB = 1024;
/** In real time other work on the machine shows: the median counts. */
const ROUNDS = 3;

/** A TCP connection through the relay to a model board on a serial line of that rate, in real time. */
async function tcpRates(bytesPerS: number, delayMs: number, imageBytes: number): Promise<Rates> {
  const board = new ModelBoard({ timers: realTimers, slotSectors: 80 });
  await startEmpty(board);
  const [far, near] = linePair();
  for (const line of [far, near]) line.faults.bytesPerS = bytesPerS;
  board.attach(near);
  return relayed(far, delayMs, imageBytes);
}

async function relayed(far: Line, delayMs: number, imageBytes: number): Promise<Rates> {
  const relay = await latencyRelay(far, delayMs, realTimers);
  const connection = await connect(relay.address);
  try {
    return await measureRates(connection, imageBytes, ROUNDS);
  } finally {
    await connection.close();
    await relay.close();
  }
}

/** QEMU behind a pseudo-terminal: directly, and through the relay. */
async function emulatedRates(rows: Row[], imageBytes: number): Promise<void> {
  const missing = missingTools();
  if (missing.length > 0) {
    console.error(
      `emulated board: skipped, missing ${missing.map(({ program }) => program).join(", ")} (see \`meterbench doctor\`)`,
    );
    return;
  }
  const dir = mkdtempSync(join(tmpdir(), "meterbench-rates-"));
  const board = await EmulatedBoard.start({ dir });
  try {
    const connection = await connect(board.portPath);
    try {
      rows.push(row("emulated board, pty", await measureRates(connection, imageBytes, ROUNDS), 0));
    } finally {
      await connection.close();
    }
    const far = await openLine(board.portPath);
    try {
      rows.push(row("emulated board, 16 ms each way", await relayed(far, 16, imageBytes), 16));
    } finally {
      await far.close();
    }
  } finally {
    await board.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Shares of raw that are promised: on a line without latency, and over the latency timer of common USB adapters. */
const targets = { direct: 0.9, latency: 0.8 } as const;
/** A share of the target that is let pass, for a machine that does other things besides: `--slack 0.1`. */
const slack = process.argv[2] === "--slack" ? Number(process.argv[3]) : 0;
if (!(slack >= 0 && slack < 1)) throw new RangeError("--slack: expected a share of the target, such as 0.1");

function row(link: string, rates: Rates, delayMs: number): Row {
  const { rawBytesPerS, uploadBytesPerS, shareOfRaw, unwindowedBytesPerS, unwindowedShareOfRaw, window } =
    rates;
  const share = (value: number) => `${Math.round(100 * value)} %`;
  const rate = (bytesPerS: number) => (bytesPerS / KIB).toFixed(1);
  const target = delayMs === 0 ? targets.direct : targets.latency;
  if (shareOfRaw < target * (1 - slack)) process.exitCode = 1;
  return {
    "": shareOfRaw >= target ? "met" : "MISSED",
    link,
    "raw KiB/s": rate(rawBytesPerS),
    "upload KiB/s": rate(uploadBytesPerS),
    share: share(shareOfRaw),
    target: share(target),
    window,
    "without KiB/s": rate(unwindowedBytesPerS),
    "share without": share(unwindowedShareOfRaw),
  };
}

async function main(): Promise<void> {
  const rows: Row[] = [];
  for (const [baud, delayMs] of [
    [115_200, 0],
    [115_200, 16],
    [921_600, 0],
    [921_600, 16],
  ] as const)
    rows.push(
      row(
        `${baud} baud${latency(delayMs)} (virtual)`,
        await virtualRates(baud / 10, delayMs, 200 * KIB),
        delayMs,
      ),
    );
  for (const delayMs of [0, 16])
    rows.push(
      row(`921600 baud${latency(delayMs)} (TCP)`, await tcpRates(92_160, delayMs, 200 * KIB), delayMs),
    );
  await emulatedRates(rows, 200 * KIB);
  printTable(rows);
}

const latency = (delayMs: number): string => (delayMs === 0 ? "" : `, ${delayMs} ms each way`);

await main();
