/**
 * Boards of which some parts are real: flash, clock, mains and switch on a board at the far end of a line, radio, WAN
 * and metrology in the simulation. What the target "model on board" runs the firmware on.
 */
import { type Board, type Cancel, type MaybePromise, PowerLost } from "../../hal/board.ts";
import type { MockBoard } from "../../hal/mock/index.ts";
import { EventLoop, type SerialBoard } from "../../hal/serial/parts/index.ts";

/** The parts of a board that may come from either of two. */
export const boardParts = [
  "clock",
  "flash",
  "entropy",
  "mains",
  "metrology",
  "loadSwitch",
  "auxiliary",
  "tamper",
  "supervisor",
  "userInterface",
  "radio",
  "modem",
] as const;
export type BoardPart = (typeof boardParts)[number];

/** What a board lends to the model by default: what it stores and switches, and its time. */
export const lentParts: readonly BoardPart[] = ["clock", "flash", "entropy", "mains", "loadSwitch"];

export interface MixOptions {
  /** Taken from the remote board, where it has them. Default {@link lentParts}. */
  readonly parts?: readonly BoardPart[];
  /** Hears what a listener of firmware threw. Default: rethrown to who delivers the event. */
  readonly onFault?: (error: unknown) => void;
}

/**
 * One board of the parts of two: `parts` from `remote`, all others from `mock`. Firmware gets one event at a time,
 * whichever part it is from. {@link MixedBoard.end} is its power loss: then every call throws `PowerLost`, and
 * no event is delivered any more.
 *
 * An event of the mock waits for what firmware does with it, over the line; so the line must not itself wait for the
 * scheduler that the mock lives on (a pair in memory without delay, and any real line, do not).
 */
export class MixedBoard implements Board {
  readonly id: string;
  readonly crypto: Board["crypto"];
  readonly clock: Board["clock"];
  readonly flash: Board["flash"];
  readonly entropy: Board["entropy"];
  declare readonly mains?: NonNullable<Board["mains"]>;
  declare readonly metrology?: NonNullable<Board["metrology"]>;
  declare readonly loadSwitch?: NonNullable<Board["loadSwitch"]>;
  declare readonly auxiliary?: NonNullable<Board["auxiliary"]>;
  declare readonly tamper?: NonNullable<Board["tamper"]>;
  declare readonly supervisor?: NonNullable<Board["supervisor"]>;
  declare readonly userInterface?: NonNullable<Board["userInterface"]>;
  declare readonly radio?: NonNullable<Board["radio"]>;
  declare readonly modem?: NonNullable<Board["modem"]>;
  readonly #loop: EventLoop;
  readonly #cancels = new Set<Cancel>();
  #ended = false;

  constructor(remote: Board, mock: Board, options: MixOptions = {}) {
    const { parts = lentParts, onFault } = options;
    this.id = `${mock.id}+${remote.id}`;
    this.crypto = mock.crypto;
    this.#loop = new EventLoop(onFault ?? rethrowLater);
    const own = (name: BoardPart): object | undefined =>
      parts.includes(name) && remote[name] !== undefined ? remote[name] : mock[name];
    this.clock = this.#mixed(own("clock") as Board["clock"]);
    this.flash = this.#mixed(own("flash") as Board["flash"]);
    this.entropy = this.#mixed(own("entropy") as Board["entropy"]);
    for (const name of boardParts) {
      const part = name in this ? undefined : own(name);
      if (part !== undefined) Object.assign(this, { [name]: this.#mixed(part) });
    }
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** The power is lost. */
  end(): void {
    this.#ended = true;
    this.#loop.end();
    for (const cancel of this.#cancels) cancel();
    this.#cancels.clear();
  }

  /** `part`, with everything that it calls back coming through this board's one queue. */
  #mixed<P extends object>(part: P): P {
    const get = (target: P, key: string | symbol): unknown => {
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? this.#method(target, value as Method) : this.#checked(value);
    };
    return new Proxy(part, { get });
  }

  #method(target: object, method: Method): Method {
    return (...args) => {
      this.#require();
      const result = method.apply(
        target,
        args.map((arg) => (typeof arg === "function" ? this.#queued(arg as Handler) : arg)),
      );
      return typeof result === "function" ? this.#tracked(result as Cancel) : result;
    };
  }

  /** A property that a part without power would not show either. */
  #checked(value: unknown): unknown {
    if (typeof value === "boolean") this.#require();
    return value;
  }

  #queued(handler: Handler): Handler {
    return (event) => this.#loop.post(() => handler(event));
  }

  #tracked(cancel: Cancel): Cancel {
    this.#cancels.add(cancel);
    return () => {
      this.#cancels.delete(cancel);
      cancel();
    };
  }

  #require(): void {
    if (this.#ended) throw new PowerLost(`board ${this.id} has no power`);
  }
}

type Method = (...args: unknown[]) => unknown;
type Handler = (event: unknown) => MaybePromise<void>;

function rethrowLater(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}

/** {@link MixedBoard} in one word. */
export const mixBoards = (remote: Board, mock: Board, options?: MixOptions): MixedBoard =>
  new MixedBoard(remote, mock, options);

/**
 * A simulated board and the remote one that lends it parts, through all their power-ons: each gets a board of its own
 * to boot on. The two have one fate: when the remote board restarts or falls silent, the simulated one loses its
 * power, and gets it back when the remote one answers again.
 *
 * What happens in the simulated home happens to the remote board too, where that takes stimuli (its mains), and
 * what the remote switch does is done to the simulated load.
 */
export class BoardPair {
  readonly mock: MockBoard;
  readonly #options: MixOptions;
  #remote: SerialBoard;
  #board: MixedBoard | undefined;

  constructor(remote: SerialBoard, mock: MockBoard, options: MixOptions = {}) {
    this.mock = mock;
    this.#remote = remote;
    this.#options = options;
    mock.onPowerLost(() => this.#board?.end());
    remote.onRestart((next) => {
      this.#adopt(next);
      mock.powerOn();
    });
    this.#adopt(remote);
    this.#followMains();
  }

  /** The remote board as it is now. */
  get remote(): SerialBoard {
    return this.#remote;
  }

  /** The board for the firmware of this power-on of the simulated half. */
  async board(): Promise<Board> {
    this.#board?.end();
    const board = mixBoards(this.#followSwitch(this.#remote), this.mock, this.#options);
    this.#board = board;
    if (board.loadSwitch !== undefined) await this.#moveLoad();
    return board;
  }

  /** Erases all of the remote flash: a board fresh for its factory. */
  async erase(): Promise<void> {
    const { flash } = this.#remote;
    for (let sector = 0; sector < flash.geometry.sectorCount; sector++) await flash.erase(sector);
  }

  #adopt(remote: SerialBoard): void {
    this.#remote = remote;
    remote.onPowerLost(() => this.mock.powerOff());
  }

  #lends(part: BoardPart): boolean {
    return (this.#options.parts ?? lentParts).includes(part) && (this.#remote as Board)[part] !== undefined;
  }

  /** The remote board with a switch that takes the simulated load along. */
  #followSwitch(remote: SerialBoard): Board {
    const { loadSwitch } = remote;
    if (loadSwitch === undefined || !this.#lends("loadSwitch")) return remote;
    const follow = async (closed: boolean): Promise<void> => {
      try {
        await loadSwitch.set(closed);
      } finally {
        if (remote.powered) await this.#moveLoad();
      }
    };
    const followed = { set: follow, isClosed: () => loadSwitch.isClosed() };
    return Object.create(remote, { loadSwitch: { value: followed } }) as Board;
  }

  async #moveLoad(): Promise<void> {
    if (!this.#lends("loadSwitch") || this.mock.loadSwitch === undefined) return;
    const closed = await this.#remote.loadSwitch?.isClosed();
    const { mockLoadSwitch } = this.mock;
    if (closed !== undefined && closed !== mockLoadSwitch.contactsClosed) mockLoadSwitch.force(closed);
  }

  #followMains(): void {
    const { mains } = this.mock.faults;
    if (mains === undefined || !this.#lends("mains") || !this.#remote.description.parts.includes("stimulus"))
      return;
    mains.whenChanged(() => {
      const phases = this.#remote.description.phases ?? 1;
      const present = Array.from({ length: phases }, (_, phase) => mains.isPresent(phase));
      // A board that is gone hears nothing, and its silence is noticed elsewhere.
      if (this.#remote.powered) this.#remote.stimulate({ mains: present }).catch(() => {});
    });
  }
}
