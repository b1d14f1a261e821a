/** A board at the far end of a line, through SMP group 64. */
import {
  type AuxiliaryOutputs,
  type Board,
  type Cancel,
  type Clock,
  type Crypto,
  type Entropy,
  type Flash,
  HalError,
  type LoadSwitch,
  type Mains,
  type MaybePromise,
  type Metrology,
  type Modem,
  type Radio,
  type Tamper,
  type UserInterface,
} from "../../board.ts";
import type { Line } from "../line/line.ts";
import { LineSession } from "../line/session.ts";
import { SmpClient } from "../smp/client.ts";
import type { SmpClientOptions } from "../smp/client-options.ts";
import { Command, type Description, type Stimulus } from "./board-group.ts";
import { BoardLink, type BoardLinkOptions } from "./board-link.ts";
import type { PowerOn } from "./power-on.ts";
import { RemoteClock } from "./remote-clock.ts";
import { RemoteMetrology } from "./remote-metrology.ts";
import { RemoteDevice, RemoteModem } from "./remote-modem.ts";
import {
  nothing,
  RemoteAuxiliary,
  RemoteEntropy,
  RemoteFlash,
  RemoteLoadSwitch,
  RemoteMains,
  RemoteTamper,
  RemoteUserInterface,
} from "./remote-parts.ts";
import { RemoteRadio } from "./remote-radio.ts";

export interface SerialBoardOptions extends BoardLinkOptions {
  /** The host computes; a key never crosses the line. */
  readonly crypto: Crypto;
  readonly smp?: Omit<SmpClientOptions, "timers">;
}

/** A power-on of the board that firmware has not seen yet. */
export type RestartListener = (board: SerialBoard, reason: string) => MaybePromise<void>;

/**
 * One power-on of a remote board. When the board restarts, loses its power or falls silent, every call of this
 * object throws `PowerLost`, now and for ever: the firmware above it has died with the board. Once the board
 * answers again {@link onRestart} hands over the next one, on which firmware boots.
 *
 * Parts that the board does not declare are absent; clock, flash and entropy must be there to boot firmware, but
 * a board without them can still lend its other parts (each is then a part that throws `hal/absent`).
 */
export class SerialBoard implements Board {
  readonly id: string;
  readonly crypto: Crypto;
  readonly clock: Clock;
  readonly flash: Flash;
  readonly entropy: Entropy;
  readonly mains?: Mains;
  readonly metrology?: Metrology;
  readonly loadSwitch?: LoadSwitch;
  readonly auxiliary?: AuxiliaryOutputs;
  readonly tamper?: Tamper;
  readonly userInterface?: UserInterface;
  readonly radio?: Radio;
  readonly modem?: Modem;
  /** The board's own firmware, when it is a board under test. */
  readonly device?: RemoteDevice;
  readonly description: Description;
  readonly #link: BoardLink;
  readonly #powerOn: PowerOn;
  readonly #restarts: Set<RestartListener>;

  /** Meets the board on `line`, on which an SMP client of its own then listens. Throws when no board answers. */
  static async connect(line: Line | SmpClient, options: SerialBoardOptions): Promise<SerialBoard> {
    const smp =
      line instanceof SmpClient ? line : new SmpClient(line, { ...options.smp, timers: options.timers });
    const { line: near } = smp;
    const lineBack = near instanceof LineSession ? () => near.ready() : undefined;
    const link = new BoardLink(smp, lineBack === undefined ? options : { lineBack, ...options });
    const restarts = new Set<RestartListener>();
    const start = (powerOn: PowerOn) => SerialBoard.#start(link, powerOn, options.crypto, restarts);
    link.onStarted(async (powerOn, reason) => {
      const board = await start(powerOn).catch((error: unknown) => link.refuse(powerOn, error));
      if (board !== undefined) for (const listener of restarts) await listener(board, reason);
    });
    try {
      return await start(await link.open());
    } catch (error) {
      link.close();
      throw error;
    }
  }

  static async #start(
    link: BoardLink,
    powerOn: PowerOn,
    crypto: Crypto,
    restarts: Set<RestartListener>,
  ): Promise<SerialBoard> {
    const board = new SerialBoard(link, powerOn, crypto, restarts);
    powerOn.deliverEarly();
    if (board.modem instanceof RemoteModem) await board.modem.refresh();
    if (board.metrology instanceof RemoteMetrology) await board.metrology.read();
    return board;
  }

  private constructor(link: BoardLink, powerOn: PowerOn, crypto: Crypto, restarts: Set<RestartListener>) {
    const { description } = powerOn;
    this.#restarts = restarts;
    this.#link = link;
    this.#powerOn = powerOn;
    this.id = description.id;
    this.description = description;
    this.crypto = crypto;
    this.clock = new RemoteClock(powerOn);
    this.flash = description.flash ? new RemoteFlash(powerOn, description.flash) : noFlash(description);
    this.entropy = new RemoteEntropy(powerOn);
    if (powerOn.has("mains")) this.mains = new RemoteMains(powerOn);
    if (powerOn.has("metrology")) this.metrology = new RemoteMetrology(powerOn);
    if (powerOn.has("switch")) this.loadSwitch = new RemoteLoadSwitch(powerOn);
    if (powerOn.has("auxiliary")) this.auxiliary = new RemoteAuxiliary(powerOn);
    if (powerOn.has("tamper")) this.tamper = new RemoteTamper(powerOn);
    if (powerOn.has("ui")) this.userInterface = new RemoteUserInterface(powerOn);
    if (powerOn.has("radio") && description.eui) this.radio = new RemoteRadio(powerOn, description.eui);
    if (powerOn.has("modem")) this.modem = new RemoteModem(powerOn);
    if (powerOn.has("message")) this.device = new RemoteDevice(powerOn);
  }

  /** False once this power-on is over. */
  get powered(): boolean {
    return this.#powerOn.alive;
  }

  /** Hears at once that this power-on is over: the firmware on it has died. */
  onPowerLost(listener: () => void): Cancel {
    return this.#powerOn.onEnd(listener);
  }

  /** Hears of every later power-on of the same board, also when it was asked on an earlier one. */
  onRestart(listener: RestartListener): Cancel {
    const own: RestartListener = (board, reason) => listener(board, reason);
    this.#restarts.add(own);
    return () => void this.#restarts.delete(own);
  }

  /** Hears that the board was silent for so long that nobody looks for it any more. */
  onGone(listener: (reason: string) => void): Cancel {
    return this.#link.onGone(listener);
  }

  /** Makes something happen to a board made for tests. Throws `hal/absent` on any other. */
  async stimulate(stimulus: Stimulus): Promise<void> {
    await this.#powerOn.write("stimulus", Command.stimulus, stimulus, nothing);
  }

  /** Resets the board (group 0), signed where it wants that; the next power-on comes by {@link onRestart}. */
  async reset(): Promise<void> {
    await this.#powerOn.guard(() => this.#powerOn.client.act(0, 5, {}));
  }

  /** Lets go of the board; the line stays open. Firmware on it dies. */
  close(): void {
    this.#link.close();
  }
}

function noFlash({ id }: Description): Flash {
  const absent = (): never => {
    throw new HalError("hal/absent", `board ${id} has no flash`);
  };
  const geometry = { sectorBytes: 1, sectorCount: 0, programUnitBytes: 1 };
  return { geometry, read: absent, program: absent, erase: absent };
}
