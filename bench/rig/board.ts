/** Benchmarks of a real board over its line: what a command costs, what the parts take, how the clock runs. */

import { z } from "zod";
import { CodedError } from "../../hal/base/coded-error.ts";
import type { LineSession } from "../../hal/serial/line/index.ts";
import {
  BoardClient,
  Command,
  clockResponse,
  type Description,
  dataResponse,
  switchState,
} from "../../hal/serial/parts/index.ts";
import { image, os, SmpClient, SmpError } from "../../hal/serial/smp/index.ts";
import { realTimers, type Timers } from "../../hal/serial/timers.ts";
import { connectionOn } from "../../harness/rig/flash/connection.ts";
import { framingHint } from "../../harness/rig/framing-hint.ts";
import { type BoardSmpOptions, type OpenedBoard, smpOptions } from "../../harness/rig/open-board.ts";
import { answers, isRecovery, recoveryName } from "../../harness/rig/recovery.ts";
import { measureRates, type Rates } from "./rates.ts";
import { type BoardTiming, timing } from "./timing.ts";

export interface ClockDrift {
  /** Board clock against host clock; positive: the board's runs fast. */
  readonly ppm: number;
  readonly uncertaintyPpm: number;
  readonly seconds: number;
}

export interface BoardBenchResult {
  readonly board: {
    readonly id: string;
    readonly kind: string;
    readonly port: string;
    readonly version?: string;
  };
  readonly atUtc: string;
  readonly timings: readonly BoardTiming[];
  readonly clock?: ClockDrift;
  readonly upload?: Rates & { readonly shareOfLine: number };
  /** What was left out, and why. */
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
}

export interface BoardBenchOptions {
  readonly timers?: Timers;
  /** Round trips timed. Default 500. */
  readonly runs?: number;
  /** Bytes of the test upload, which overwrites the free slot; 0: none. Default 64 KiB. */
  readonly uploadBytes?: number;
  readonly onProgress?: (name: string) => void;
}

/** So that one disturbance shows as noise, not as a change. */
const uploadRounds = 3;

const anything = z.looseObject({});

export async function benchBoard(
  { board, line }: Pick<OpenedBoard, "board" | "line">,
  options: BoardBenchOptions = {},
): Promise<BoardBenchResult> {
  const bench = new BoardBench(line, smpOptions(board, options.timers ?? realTimers), options);
  try {
    return await bench.run(board.id, line.name);
  } finally {
    bench.close();
  }
}

class BoardBench {
  readonly #line: LineSession;
  readonly #smpOptions: BoardSmpOptions;
  readonly #smp: SmpClient;
  readonly #client: BoardClient;
  readonly #timers: Timers;
  readonly #options: BoardBenchOptions;
  readonly #timings: BoardTiming[] = [];
  readonly #skipped: { name: string; reason: string }[] = [];

  constructor(line: LineSession, smp: BoardSmpOptions, options: BoardBenchOptions) {
    this.#line = line;
    this.#smpOptions = smp;
    this.#options = options;
    this.#timers = smp.timers;
    this.#smp = new SmpClient(line, smp);
    this.#client = new BoardClient(this.#smp, smp);
  }

  close(): void {
    this.#smp.close();
  }

  async run(id: string, port: string): Promise<BoardBenchResult> {
    const runs = this.#options.runs ?? 500;
    await this.#requireAnswer();
    const about = await this.#client.describe().catch(() => undefined);
    let noImages = "";
    const states = await image.readState(this.#smp).catch((error) => {
      noImages = reasonOf(error);
      return undefined;
    });
    const recovery = states !== undefined && (await isRecovery(this.#smp, states));
    const version = (recovery ? states[0] : states?.find(({ active }) => active))?.version;
    const clockAt = about && (await this.#clock());
    await this.#echo(runs);
    if (about === undefined) this.#skip("board/*", "the board has no SMP group 64");
    else await this.#parts(about, runs);
    const upload = recovery
      ? this.#skip("upload", `in ${recoveryName} an upload goes over the application`)
      : await this.#upload(noImages);
    const clock = clockAt && (await this.#drift(clockAt));
    return {
      board: {
        id: about?.id ?? id,
        kind: about?.kind ?? (recovery ? recoveryName : "unknown"),
        port,
        ...(version !== undefined && { version }),
      },
      atUtc: new Date().toISOString(),
      timings: this.#timings,
      ...(clock && { clock }),
      ...(upload && { upload: { ...upload, shareOfLine: upload.shareOfRaw } }),
      skipped: this.#skipped,
    };
  }

  /** Any answer of an SMP server's will do. Throws `rig/silent`. */
  async #requireAnswer(): Promise<void> {
    if (await answers(this.#smp)) return;
    const advice = await framingHint(this.#line, this.#smpOptions);
    throw new CodedError("rig/silent", `no answer on ${this.#line.name}`, {
      advice: advice ?? "Check that the board has power and an SMP server on this port, and the baud rate.",
    });
  }

  /** The round trip; left out on a board that echoes nothing. */
  async #echo(runs: number): Promise<void> {
    const echo = () => os.echo(this.#smp, "0123456789abcdef");
    try {
      await echo();
    } catch (error) {
      return this.#skip("smp/echo", reasonOf(error));
    }
    await this.#time("smp/echo", runs, echo);
  }

  async #parts(about: Description, runs: number): Promise<void> {
    await this.#time("board/clock-read", runs, () =>
      this.#client.read("clock", Command.clock, {}, clockResponse),
    );
    if (about.flash === undefined) this.#skip("flash/*", "the board has no flash part");
    else await this.#flash(about.flash, about.chunk, Math.min(runs, 100));
    if (!about.parts.includes("switch")) this.#skip("switch/*", "the board has no switch");
    else await this.#switch();
  }

  /** In the last sector of the data region, which must be blank and is blank again afterwards. */
  async #flash(
    { sector, count }: NonNullable<Description["flash"]>,
    chunk: number,
    runs: number,
  ): Promise<void> {
    const start = (count - 1) * sector;
    const bytes = Math.min(256, 2 ** Math.floor(Math.log2(chunk)));
    const read = (off: number) =>
      this.#client.read("flash", Command.flashRead, { off, len: bytes }, dataResponse);
    for (let at = 0; at < sector; at += bytes)
      if ((await read(start + at)).data.some((byte) => byte !== 0xff))
        return this.#skip("flash/*", "the last sector of its data region is in use");
    const data = new Uint8Array(bytes).fill(0x5a);
    const erase = () => this.#client.write("flash", Command.flashErase, { sector: count - 1 }, anything);
    await this.#time(`flash/read-${bytes}`, runs, () => read(start));
    const places = Math.min(runs, Math.floor(sector / bytes));
    await this.#time(`flash/program-${bytes}`, places, (run) =>
      this.#client.write("flash", Command.flashProgram, { off: start + run * bytes, data }, anything),
    );
    await this.#time("flash/erase-sector", 10, erase);
  }

  /** There and back, and left as it was. */
  async #switch(): Promise<void> {
    const read = () => this.#client.read("switch", Command.switch, {}, switchState);
    const move = (closed: boolean) => this.#client.write("switch", Command.switch, { closed }, switchState);
    const { closed } = await read();
    await this.#time("switch/move", 10, (run) => move(run % 2 === 0 ? !closed : closed));
  }

  async #upload(noImages: string): Promise<Rates | undefined> {
    const bytes = this.#options.uploadBytes ?? 65_536;
    if (bytes === 0) return this.#skip("upload", "not asked for");
    if (noImages !== "") return this.#skip("upload", `the board lists no images: ${noImages}`);
    this.#options.onProgress?.("upload");
    this.#smp.close();
    const connection = connectionOn(this.#line, this.#smpOptions);
    try {
      return await measureRates(connection, bytes, uploadRounds);
    } catch (error) {
      return this.#skip("upload", (error as Error).message);
    } finally {
      await image.erase(connection.client, 1).catch(() => {});
      connection.client.close();
    }
  }

  async #clock(): Promise<{ hostMs: number; upMs: number; tripMs: number }> {
    const askedMs = this.#timers.nowMs();
    const { up } = await this.#client.read("clock", Command.clock, {}, clockResponse);
    const gotMs = this.#timers.nowMs();
    return { hostMs: (askedMs + gotMs) / 2, upMs: up, tripMs: gotMs - askedMs };
  }

  async #drift(from: { hostMs: number; upMs: number; tripMs: number }): Promise<ClockDrift> {
    const client = new SmpClient(this.#line, this.#smpOptions);
    const board = new BoardClient(client, { timers: this.#timers });
    const askedMs = this.#timers.nowMs();
    const { up } = await board.read("clock", Command.clock, {}, clockResponse);
    const gotMs = this.#timers.nowMs();
    client.close();
    const hostMs = (askedMs + gotMs) / 2 - from.hostMs;
    // Half of each trip, and the millisecond that both readings are cut to.
    const uncertainMs = (from.tripMs + gotMs - askedMs) / 2 + 1;
    const ppm = (x: number) => Math.round((1e6 * x) / hostMs);
    return { ppm: ppm(up - from.upMs - hostMs), uncertaintyPpm: ppm(uncertainMs), seconds: hostMs / 1000 };
  }

  async #time(name: string, runs: number, work: (run: number) => Promise<unknown>): Promise<void> {
    this.#options.onProgress?.(name);
    const samples: number[] = [];
    for (let run = 0; run < runs; run++) {
      const startMs = this.#timers.nowMs();
      await work(run);
      samples.push(this.#timers.nowMs() - startMs);
    }
    this.#timings.push(timing(name, samples));
  }

  #skip(name: string, reason: string): undefined {
    this.#skipped.push({ name, reason });
  }
}

/** A refusal, with what would bring what is missing. Throws what is none. */
function reasonOf(error: unknown): string {
  if (error instanceof SmpError && error.code !== "smp/closed") return `${error.text}. ${error.advice}`;
  throw error;
}
