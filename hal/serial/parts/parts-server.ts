/** The board's end of SMP group 64: serves the parts of any {@link Board}, such as the simulated one. */
import type { Board, Cancel, Crypto, Flash, MaybePromise } from "../../board.ts";
import type { Line } from "../line/line.ts";
import { decodePayload, type Payload } from "../smp/cbor.ts";
import { generalError } from "../smp/errors.ts";
import { malformedPayload } from "../smp/fields.ts";
import type { SmpOperation } from "../smp/message.ts";
import type { SmpContext, SmpGroup, SmpRequest } from "../smp/server.ts";
import { SmpServer, type SmpServerOptions } from "../smp/server.ts";
import { refuse, toSmpError } from "./board-errors.ts";
import * as group from "./board-group.ts";
import {
  boardGroupId,
  Command,
  eventsRead,
  isActing,
  protocolVersion,
  type Stimulus,
} from "./board-group.ts";
import { type CounterStore, FlashCounter } from "./counter-store.ts";
import { EventQueue } from "./event-queue.ts";
import {
  type Commands,
  type MessageEnd,
  partsOf,
  type ServedPart,
  serveMessages,
  serveStimulus,
  shaped,
  taking,
} from "./served-parts.ts";
import { type SignedCommand, signedBytes, unsealCommand } from "./signed.ts";

export interface PartsServerOptions {
  /** What kind of board it says it is. Default "model". */
  readonly kind?: string;
  /** Bytes of one SMP packet that the server takes and gives. Default 512. */
  readonly bufBytes?: number;
  /** Sends one answer to "events" unasked; left out, the board tells only when polled. */
  readonly push?: (payload: Payload) => void;
  /**
   * Ed25519 public key, 32 bytes: acting commands must be signed by it. Takes the last two sectors of the flash.
   * The SMP server must then have {@link PartsServer.guard} as its guard.
   */
  readonly controlKey?: Uint8Array;
  /** Where those commands' counter is kept instead. */
  readonly counters?: CounterStore;
  /** The device whose messages go in and out here: the part "message". */
  readonly device?: MessageEnd;
  /** What the part "stimulus" does to the board. */
  readonly stimulus?: (stimulus: Stimulus) => MaybePromise<void>;
  /** Most events kept. Default 64. */
  readonly eventCapacity?: number;
}

const defaultBufBytes = 512;
/** SMP header, keys and heads around the longest data of one request or event. */
const overheadBytes = 96;
const counterSectors = 2;
/** Who listens asks for events once a second; who has not for this long may have given the line to somebody else. */
const listeningMs = 1500;

type BootReason = "power" | "reset" | "watchdog";

/** Serves one board. It tells its events from {@link start} on, which is to be called after every power-on. */
export class PartsServer implements SmpGroup {
  readonly id = boardGroupId;
  readonly name = "board";
  readonly #board: Board;
  readonly #options: PartsServerOptions;
  readonly #flash: Flash;
  readonly #chunk: number;
  readonly #events: EventQueue;
  readonly #parts: readonly ServedPart[];
  readonly #commands: ReadonlyMap<number, readonly Commands[]>;
  readonly #control: Control | undefined;
  #listening: readonly Cancel[] = [];
  #pushing = false;
  /** Uptime of the last request of this group, unless another has come since: see {@link PartsServer.#pushSoon}. */
  #heardAtMs: number | undefined;

  constructor(board: Board, options: PartsServerOptions = {}) {
    const bufBytes = options.bufBytes ?? defaultBufBytes;
    const { controlKey, device, stimulus } = options;
    this.#board = board;
    this.#options = options;
    this.#chunk = Math.max(16, bufBytes - overheadBytes - (controlKey ? signedBytes : 0));
    const { geometry } = board.flash;
    const ownCounters = controlKey !== undefined && options.counters === undefined;
    this.#flash = ownCounters ? withoutLast(board.flash, counterSectors) : board.flash;
    const counters = options.counters ?? new FlashCounter(board.flash, geometry.sectorCount - counterSectors);
    this.#control = controlKey && new Control(board.crypto, board.id, controlKey, counters);
    this.#events = new EventQueue({
      answerBytes: bufBytes - overheadBytes / 2,
      chunk: this.#chunk,
      uptimeMs: () => board.clock.uptimeMs(),
      ...(options.eventCapacity !== undefined && { capacity: options.eventCapacity }),
      onAdded: () => this.#pushSoon(),
    });
    this.#parts = [
      ...partsOf(board, this.#flash, this.#chunk),
      ...(device ? [serveMessages(device)] : []),
      ...(stimulus ? [serveStimulus(stimulus)] : []),
    ];
    this.#commands = gather([...this.#parts.map((part) => part.commands), this.#ownCommands()]);
  }

  /** The power is there: forgets what was before, listens to the parts, and tells "boot". */
  start(reason: BootReason): void {
    this.stop();
    this.#control?.forget();
    this.#listening = this.#parts.flatMap((part) => part.start?.(this.#events) ?? []);
    this.#events.add("boot", { reason });
  }

  /** The power is gone: with it events, subscriptions, and the memory of who listened. */
  stop(): void {
    for (const cancel of this.#listening) cancel();
    this.#listening = [];
    this.#heardAtMs = undefined;
    this.#events.clear();
  }

  /** Another host is on the line: what waits, waits for it, and nothing is told unasked until it asks. */
  newHost(): void {
    this.#heardAtMs = undefined;
    this.#events.newHost();
  }

  /** Tells of a fault of the board itself. */
  reportFault(text: string): void {
    this.#events.add("fault", { text: text.slice(0, 256) });
  }

  async handle(command: number, op: SmpOperation, payload: Payload, context: SmpContext): Promise<Payload> {
    if (payload === malformedPayload) throw generalError(3, "expected a CBOR map as payload");
    this.#heardAtMs = this.#board.clock.uptimeMs();
    if (command === Command.signed && op === "write" && this.#control !== undefined)
      return this.#signed(this.#control, payload, context);
    return this.#dispatch(command, op, payload);
  }

  /** Sees every request. Refuses acting commands of any group that come unsigned, where this board wants them signed. */
  readonly guard = ({ group: groupId, command, operation }: SmpRequest): void => {
    if (groupId !== this.id) this.#heardAtMs = undefined;
    if (this.#control === undefined || operation !== "write" || !isActing(groupId, command)) return;
    throw refuse("unsignedRefused", "this command must come signed (group 64, command 18)");
  };

  async #dispatch(command: number, op: SmpOperation, payload: Payload): Promise<Payload> {
    const handlers = (this.#commands.get(command) ?? []).flatMap((commands) => commands[op] ?? []);
    if (handlers.length === 0) throw refuse("absent", `this board has no ${op} command ${command}`);
    try {
      let answer: Payload = {};
      for (const handler of handlers) answer = (await handler(payload)) ?? answer;
      return answer;
    } catch (error) {
      throw toSmpError(error);
    }
  }

  #ownCommands(): Readonly<Record<number, Commands>> {
    return {
      [Command.describe]: { read: () => this.#describe() },
      [Command.events]: { read: taking(eventsRead, ({ ack }) => this.#events.read(ack)) },
    };
  }

  async #describe(): Promise<Payload> {
    const { id, mains, metrology, radio } = this.#board;
    const phases = metrology?.phaseCount ?? (await mains?.read())?.phasesPresent.length;
    const { sectorBytes, sectorCount, programUnitBytes } = this.#flash.geometry;
    return {
      proto: protocolVersion,
      kind: this.#options.kind ?? "model",
      id,
      parts: this.#parts.flatMap((part) => part.names),
      flash: { sector: sectorBytes, count: sectorCount, unit: programUnitBytes },
      ...(phases !== undefined && { phases }),
      ...(metrology?.elementCount === 2 && { elements: 2 }),
      ...(radio && { eui: radio.eui64 }),
      signed: this.#control !== undefined,
      chunk: this.#chunk,
    };
  }

  /** Past the guard: answered as the command inside would be. */
  async #signed(control: Control, request: Payload, context: SmpContext): Promise<Payload> {
    const { cose } = shaped(group.signedWrite, request);
    const { group: groupId, command, payload } = await control.accept(cose);
    if (groupId === this.id && command === Command.signed) throw refuse("misuse", "signed twice");
    return context.dispatch("write", groupId, command, payload.length === 0 ? {} : decodeInner(payload));
  }

  get #listened(): boolean {
    return this.#heardAtMs !== undefined && this.#board.clock.uptimeMs() - this.#heardAtMs <= listeningMs;
  }

  /**
   * All events of one moment go out together, to a host that listens: one that asked for something of this group a
   * moment ago, and for nothing else since. Any other would take an event for the answer to its own request; whoever
   * is passed over here hears of it when it asks.
   */
  #pushSoon(): void {
    if (this.#pushing || !this.#listened || this.#options.push === undefined) return;
    this.#pushing = true;
    queueMicrotask(() => {
      this.#pushing = false;
      if (!this.#listened) return;
      const events = this.#events.unsent();
      if (events.length > 0) this.#options.push?.({ events });
    });
  }
}

/** Who may act on this board. */
class Control {
  readonly #verify: (message: Uint8Array, signature: Uint8Array) => boolean;
  readonly #boardId: string;
  readonly #counters: CounterStore;

  constructor(crypto: Crypto, boardId: string, publicKey: Uint8Array, counters: CounterStore) {
    this.#verify = crypto.ed25519Verifier(publicKey);
    this.#boardId = boardId;
    this.#counters = counters;
  }

  forget(): void {
    this.#counters.forget?.();
  }

  /** The command, once its counter is durable: from then on the same bytes are refused. */
  async accept(cose: Uint8Array): Promise<SignedCommand> {
    const command = unsealCommand(cose, this.#boardId, this.#verify);
    if (command === undefined)
      throw refuse("signature", "no COSE_Sign1 by this board's control key for this board");
    const last = await this.#counters.read();
    if (command.counter <= last) throw refuse("counter", `expected a counter above ${last}`);
    await this.#counters.write(command.counter);
    return command;
  }
}

function gather(tables: readonly Readonly<Record<number, Commands>>[]): Map<number, Commands[]> {
  const all = new Map<number, Commands[]>();
  for (const table of tables)
    for (const [command, commands] of Object.entries(table))
      all.set(Number(command), [...(all.get(Number(command)) ?? []), commands]);
  return all;
}

function decodeInner(payload: Uint8Array): Payload {
  try {
    return decodePayload(payload);
  } catch (error) {
    throw refuse("misuse", `payload of the signed command: ${String(error)}`);
  }
}

/** `flash` without its last sectors. */
function withoutLast(flash: Flash, sectors: number): Flash {
  const geometry = { ...flash.geometry, sectorCount: flash.geometry.sectorCount - sectors };
  const end = geometry.sectorCount * geometry.sectorBytes;
  const inside = (holds: boolean): void => {
    if (!holds) throw refuse("misuse", `flash: beyond the data region of ${end} bytes`);
  };
  return {
    geometry,
    read: (offset, length) => {
      inside(offset + length <= end);
      return flash.read(offset, length);
    },
    program: (offset, data) => {
      inside(offset + data.length <= end);
      return flash.program(offset, data);
    },
    erase: (sector) => {
      inside(sector < geometry.sectorCount);
      return flash.erase(sector);
    },
  };
}

/** A board whose power comes and goes, as the simulated one's does. */
export interface PoweredBoard extends Board {
  readonly powered: boolean;
  onPowerOn(listener: () => void): Cancel;
  onPowerLost(listener: () => void): Cancel;
}

export type ServeBoardOptions = Omit<PartsServerOptions, "push"> &
  Omit<SmpServerOptions, "guard" | "groups" | "bufSize"> & {
    /** Groups besides the board's own. */
    readonly groups?: readonly SmpGroup[];
    /** False: events are told only when polled. Default true. */
    readonly unasked?: boolean;
  };

/**
 * Serves `board` on a line for as long as it has power, and again after each power-on. A board without power
 * answers nothing.
 */
export class ServedBoard {
  readonly parts: PartsServer;
  /** Why the next power-on comes, where it is no loss of power. */
  nextStart: BootReason = "power";
  readonly #line: Line;
  readonly #options: ServeBoardOptions;
  readonly #board: PoweredBoard;
  readonly #cancels: readonly Cancel[];
  #server: SmpServer | undefined;
  #cancelDeaf: Cancel = () => {};

  constructor(board: PoweredBoard, line: Line, options: ServeBoardOptions) {
    const { unasked = true, ...partsOptions } = options;
    const push = (payload: Payload): void =>
      void this.#server?.sendUnasked(boardGroupId, Command.events, payload);
    this.#board = board;
    this.#line = line;
    this.#options = options;
    this.parts = new PartsServer(board, unasked ? { ...partsOptions, push } : partsOptions);
    this.#cancels = [board.onPowerOn(() => this.#on(this.nextStart)), board.onPowerLost(() => this.#off())];
    if (board.powered) this.#on("power");
    else this.#off();
  }

  /** The board starts anew without losing its power, as after a reset: events and subscriptions are gone. */
  restart(reason: BootReason): void {
    this.#off();
    if (this.#board.powered) this.#on(reason);
  }

  /** Another host is on the line from now on. What waits stays, numbers go on, and nothing has started anew. */
  newHost(): void {
    this.#server?.newHost();
    this.parts.newHost();
  }

  /** Prints console text, where the framing has room for it. Never rejects. */
  async print(text: string): Promise<void> {
    await this.#server?.print(text);
  }

  close(): void {
    for (const cancel of this.#cancels) cancel();
    this.#off();
    this.#cancelDeaf();
  }

  #on(reason: BootReason): void {
    const { groups = [], bufBytes = defaultBufBytes, ...options } = this.#options;
    const { parts } = this;
    const all = [parts, ...groups];
    this.#server = new SmpServer(this.#line, {
      ...options,
      groups: all,
      bufSize: bufBytes,
      guard: parts.guard,
    });
    this.#cancelDeaf();
    this.nextStart = "power";
    parts.start(reason);
  }

  /** What comes in without power is lost. */
  #off(): void {
    this.#server?.close();
    this.#server = undefined;
    this.#cancelDeaf();
    this.#cancelDeaf = this.#line.onData(() => {});
    this.parts.stop();
  }
}
