/**
 * The target "model on board": the meter's firmware runs here, on flash, clock, mains, switch and entropy of a real
 * board; radio, WAN and metrology stay simulated. One board serves all homes of a run, one after the other.
 *
 * Two ways of time. With scale 1 the board's own clock drives the meter, and everything happens in real time.
 * With a greater scale clock and mains are simulated too (a hold-up store empties in real time): virtual time runs
 * at most that much faster than real time, and stands still while the board is asked something, so that the length
 * of a request changes no outcome.
 */
import { nodeCrypto } from "../../hal/crypto/index.ts";
import type { Scheduler } from "../../hal/mock/index.ts";
import type { Line } from "../../hal/serial/line/index.ts";
import { type ControlKey, SerialBoard } from "../../hal/serial/parts/index.ts";
import {
  type RequestOptions,
  SmpClient,
  type SmpClientOptions,
  type SmpOperation,
} from "../../hal/serial/smp/index.ts";
import { realTimers, type Timers } from "../../hal/serial/timers.ts";
import { BoardPair, type BoardPart, lentParts } from "./boards.ts";
import type { ConnectBoard } from "./device-specs.ts";
import type { LendingBoard } from "./options.ts";
import { Pace } from "./pace.ts";

export interface BoardTargetOptions {
  /** The parts it lends; default {@link lentParts}. */
  readonly parts?: readonly BoardPart[] | undefined;
  readonly control?: ControlKey | undefined;
  /** Brings a board that answers no more back to life, once before a home: switches its power. */
  readonly revive?: (() => Promise<void>) | undefined;
  /** How SMP is spoken to the board. Default: console frames, real time. */
  readonly smp?: SmpClientOptions;
  /** Hears what went wrong outside any scenario. */
  readonly onFault?: (error: unknown) => void;
}

/** Parts with a time of their own, which no scale changes. */
const timed: readonly BoardPart[] = ["clock", "mains"];

export class BoardTarget implements LendingBoard {
  /** Virtual milliseconds a real one, for the homes to come. */
  timeScale = 1;
  readonly #smp: CountingClient;
  readonly #options: BoardTargetOptions;
  readonly #timers: Timers;
  #remote: SerialBoard | undefined;

  constructor(line: Line, options: BoardTargetOptions = {}) {
    this.#options = options;
    this.#smp = new CountingClient(line, options.smp ?? { timers: realTimers });
    this.#timers = this.#smp.timers;
  }

  readonly connect: ConnectBoard = async (mock, { scheduler, startUtcMs }) => {
    // The home before is done with the board: its firmware dies here.
    this.#remote?.close();
    const { parts = lentParts, onFault, revive } = this.#options;
    const remote = await this.#meet().catch(async (error: unknown) => {
      if (revive === undefined) throw error;
      await revive();
      return this.#meet();
    });
    this.#remote = remote;
    const realTime = this.timeScale === 1;
    if (!realTime) scheduler.outside = () => this.#smp.idle();
    await makeNormal(remote, startUtcMs + scheduler.nowMs);
    return new BoardPair(remote, mock, {
      parts: parts.filter((part) => realTime || !timed.includes(part)),
      ...(onFault && { onFault }),
    });
  };

  #meet(): Promise<SerialBoard> {
    const { control, onFault } = this.#options;
    return SerialBoard.connect(this.#smp, {
      crypto: nodeCrypto(),
      timers: this.#timers,
      ...(control && { control }),
      ...(onFault && { onFault }),
    });
  }

  pace(scheduler: Scheduler): Pace {
    return new Pace(scheduler, this.#timers, this.timeScale);
  }

  /** Lets go of the board; the line stays open. */
  close(): void {
    this.#remote?.close();
    this.#smp.close();
  }
}

/** A board may still feel what an earlier home did to it. Its clock cannot be unset: it is set, as in a factory. */
async function makeNormal(remote: SerialBoard, utcMs: number): Promise<void> {
  const { parts, phases = 1 } = remote.description;
  if (parts.includes("stimulus"))
    await remote.stimulate({ mains: new Array<boolean>(phases).fill(true), stuck: false });
  await remote.loadSwitch?.set(true);
  await remote.clock.setRtcMs(Math.floor(utcMs));
}

/** Knows when nothing is asked and nothing is about to be. */
class CountingClient extends SmpClient {
  #underWay = 0;
  #waiting: (() => void)[] = [];

  override async request(
    operation: SmpOperation,
    group: number,
    command: number,
    payload: Record<string, unknown> = {},
    options: RequestOptions = {},
  ): Promise<Record<string, unknown>> {
    this.#underWay++;
    try {
      return await super.request(operation, group, command, payload, options);
    } finally {
      this.#underWay--;
      if (this.#underWay === 0) for (const wake of this.#waiting.splice(0)) wake();
    }
  }

  /** Every request ends in bounded time, so this does. */
  async idle(): Promise<void> {
    while (this.#underWay > 0) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
      // What the answer brings about may ask on.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
