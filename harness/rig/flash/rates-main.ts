/** Prints the upload rates: links in virtual time, TCP on this machine, and an emulated board where QEMU is installed. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EmulatedBoard, missingTools } from "../../../hal/emulated/index.ts";
import { type Line, linePair, openLine } from "../../../hal/serial/line/index.ts";
import { realTimers } from "../../../hal/serial/timers.ts";
import { printTable } from "../../cli/table.ts";
import { connect } from "./connection.ts";
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
      rows.push(row("emulated board, pty", await measureRates(connection, imageBytes, ROUNDS)));
    } finally {
      await connection.close();
    }
    const far = await openLine(board.portPath);
    try {
      rows.push(row("emulated board, 16 ms each way", await relayed(far, 16, imageBytes)));
    } finally {
      await far.close();
    }
  } finally {
    await board.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

function row(link: string, rates: Rates): Row {
  const { rawBytesPerS, uploadBytesPerS, unwindowedBytesPerS, window } = rates;
  const share = (bytesPerS: number) => `${Math.round((100 * bytesPerS) / rawBytesPerS)} %`;
  const rate = (bytesPerS: number) => (bytesPerS / KIB).toFixed(1);
  return {
    link,
    "raw KiB/s": rate(rawBytesPerS),
    "upload KiB/s": rate(uploadBytesPerS),
    share: share(uploadBytesPerS),
    window,
    "without KiB/s": rate(unwindowedBytesPerS),
    "share without": share(unwindowedBytesPerS),
  };
}

async function main(): Promise<void> {
  const rows: Row[] = [];
  for (const [baud, delayMs] of [
    [115_200, 0],
    [115_200, 16],
    [921_600, 0],
    [921_600, 16],
  ] as const) {
    const name = `${baud} baud${delayMs ? `, ${delayMs} ms each way` : ""} (virtual)`;
    rows.push(row(name, await virtualRates(baud / 10, delayMs, 200 * KIB)));
  }
  for (const delayMs of [0, 16])
    rows.push(row(`921600 baud, ${delayMs} ms each way (TCP)`, await tcpRates(92_160, delayMs, 200 * KIB)));
  await emulatedRates(rows, 200 * KIB);
  printTable(rows);
}

await main();
