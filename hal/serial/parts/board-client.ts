/** The host's end of SMP group 64: typed requests, one at a time, each bounded, acting ones signed where need be. */

import type { z } from "zod";
import { HalError } from "../../board.ts";
import { encodePayload, type Payload } from "../smp/cbor.ts";
import { SmpError } from "../smp/errors.ts";
import type { SmpOperation } from "../smp/message.ts";
import { pause, type Timers } from "../timers.ts";
import { toHalError } from "./board-errors.ts";
import {
  BoardError,
  boardGroupId,
  Command,
  type Description,
  describeResponse,
  isActing,
  type Piece,
} from "./board-group.ts";
import { pieces } from "./pieces.ts";
import { sealCommand } from "./signed.ts";

/** What a client needs of SMP; `SmpClient` is one. */
export interface Requester {
  request(
    op: SmpOperation,
    group: number,
    command: number,
    payload: Payload,
    options?: { timeoutMs?: number; retries?: number },
  ): Promise<Payload>;
}

/** Who acts: the control key's signature, and a counter that grows with every call, also over a restart of the host. */
export interface ControlKey {
  sign(message: Uint8Array): Uint8Array;
  nextCounter(): number;
  /** What is signed is for the board of this id, whoever the far end says that it is. Default: what it says. */
  readonly boardId?: string;
}

export interface BoardClientOptions {
  readonly timers: Timers;
  readonly control?: ControlKey;
  /** Longest wait for one answer. Default 1000 ms. */
  readonly timeoutMs?: number;
  /** Times a request is sent before its board counts as gone. Default 3. */
  readonly attempts?: number;
  /** For a line that comes back by itself: resolves when it has, rejects when it will not. Bounded. */
  readonly lineBack?: () => Promise<void>;
}

const defaults = { timeoutMs: 1000, attempts: 3 };
/** Erasing takes longer than the rest. */
const slowCommands: ReadonlySet<number> = new Set([Command.flashErase]);
const slowFactor = 5;
const busyPauseMs = 20;
const busyLimit = 50;

/** The board answers no more; what firmware sees of it is a loss of power. */
export class BoardSilent extends Error {
  override readonly name = "BoardSilent";
}

export class BoardClient {
  readonly #smp: Requester;
  readonly #options: BoardClientOptions & { readonly timeoutMs: number; readonly attempts: number };
  #turn: Promise<unknown> = Promise.resolve();
  #signed = false;
  /** Who the board says it is: what is signed is signed for it. */
  #boardId = "";
  #messageTurn: Promise<void> = Promise.resolve();

  constructor(smp: Requester, options: BoardClientOptions) {
    this.#smp = smp;
    this.#options = { ...defaults, ...options };
  }

  /** Asks what the board is and has. What was half sent before is forgotten there. */
  async describe(): Promise<Description> {
    const description = await this.read("description", Command.describe, {}, describeResponse);
    this.#signed = description.signed;
    this.#boardId = description.id;
    return description;
  }

  read<S extends z.ZodType>(what: string, command: number, payload: Payload, answer: S): Promise<z.infer<S>> {
    return this.#request("read", what, command, payload, answer);
  }

  write<S extends z.ZodType>(
    what: string,
    command: number,
    payload: Payload,
    answer: S,
  ): Promise<z.infer<S>> {
    return this.#request("write", what, command, payload, answer);
  }

  /** An acting command of another group: signed where the board wants it. */
  async act(group: number, command: number, payload: Payload, timeoutMs?: number): Promise<Payload> {
    const what = `command ${group}/${command}`;
    return this.#inTurn(() => this.#persist(what, "write", group, command, payload, timeoutMs));
  }

  /** Sends message `id` in pieces of at most `chunk` bytes, whole messages one after the other. */
  sendPieces(what: string, command: number, message: Uint8Array, chunk: number, id: number): Promise<void> {
    const sending = this.#messageTurn.then(async () => {
      for (const piece of pieces(message, chunk))
        await this.#inTurn(() => this.#sendPiece(what, command, id, piece));
    });
    this.#messageTurn = sending.catch(() => {});
    return sending;
  }

  #sendPiece(what: string, command: number, id: number, piece: Piece): Promise<Payload> {
    return this.#persist(what, "write", boardGroupId, command, { id, ...piece });
  }

  async #request<S extends z.ZodType>(
    op: SmpOperation,
    what: string,
    command: number,
    payload: Payload,
    schema: S,
  ): Promise<z.infer<S>> {
    const answer = await this.#inTurn(() => this.#persist(what, op, boardGroupId, command, payload));
    const read = schema.safeParse(answer);
    if (read.success) return read.data;
    const { path = [], message = "" } = read.error.issues[0] ?? {};
    throw new HalError(
      "hal/fault",
      `remote ${what}: answer not as defined, at ${path.join(".")}: ${message}`,
    );
  }

  /** One request at a time: a board may have a single buffer. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => {});
    return result;
  }

  /** Asks again after silence, and while the board is busy; both bounded. Every command here may be repeated. */
  async #persist(
    what: string,
    op: SmpOperation,
    group: number,
    command: number,
    payload: Payload,
    timeoutMs = this.#timeoutMs(group, command),
  ): Promise<Payload> {
    let silences = 0;
    for (let busy = 0; ; ) {
      try {
        return await this.#send(op, group, command, payload, timeoutMs);
      } catch (error) {
        if (isBusy(error) && ++busy < busyLimit) await pause(this.#options.timers, busyPauseMs);
        else if (error instanceof SmpError && error.code === "smp/refused") throw toHalError(what, error);
        else if (++silences >= this.#options.attempts || !(await this.#mayTryAgain(error)))
          throw new BoardSilent(`remote ${what}: no answer in ${silences} attempt(s) of ${timeoutMs} ms`, {
            cause: error,
          });
      }
    }
  }

  /** After silence, or once a lost line is back, the same request may still be answered. */
  async #mayTryAgain(error: unknown): Promise<boolean> {
    if (!(error instanceof SmpError)) return false;
    if (error.code !== "smp/closed" || this.#options.lineBack === undefined)
      return error.code === "smp/timeout";
    return this.#options.lineBack().then(
      () => true,
      () => false,
    );
  }

  #send(
    op: SmpOperation,
    group: number,
    command: number,
    payload: Payload,
    timeoutMs: number,
  ): Promise<Payload> {
    const options = { timeoutMs, retries: 0 };
    const { control } = this.#options;
    if (op === "read" || !this.#signed || !isActing(group, command) || control === undefined)
      return this.#smp.request(op, group, command, payload, options);
    const counter = control.nextCounter();
    const inner = { counter, group, command, payload: encodePayload(payload) };
    const cose = sealCommand(inner, control.boardId ?? this.#boardId, (input) => control.sign(input));
    return this.#smp.request("write", boardGroupId, Command.signed, { cose }, options);
  }

  #timeoutMs(group: number, command: number): number {
    const slow = group === boardGroupId && slowCommands.has(command);
    return this.#options.timeoutMs * (slow ? slowFactor : 1);
  }
}

const isBusy = (error: unknown): boolean =>
  error instanceof SmpError &&
  ((error.group === boardGroupId && error.rc === BoardError.busy) || error.code === "smp/busy");
