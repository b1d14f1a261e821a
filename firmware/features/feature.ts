/**
 * What a feature is: a room that owns objects and behaviour of a device. It serves operations on its
 * objects, keeps its state in the journal, and raises alerts; it knows no wire and no other feature's state.
 */
import type { Board } from "../../hal/board.ts";
import type { EventLog } from "../kernel/event-log.ts";
import type { Journal, JournalChange } from "../kernel/journal.ts";
import type { Observation } from "../kernel/observation.ts";
import type { DeviceName, Role } from "../model/index.ts";
import type { Header, Value } from "../wire/message.ts";
import type { EventBehaviours } from "./event-behaviours/behaviours.ts";
import type { ServedObject } from "./serve.ts";

export interface Feature {
  readonly name: string;
  readonly objects: readonly ServedObject[];
  /** Runs once after the journal is open and before any message: restores state, sets timers. */
  start?(): Promise<void>;
  /** A firmware image has come whole, and waits. */
  imageArrived?(): Promise<void>;
}

/** An alert to send. Durable first: it is in the journal before it leaves, and leaves again after a power cut. */
export interface AlertRequest {
  readonly alertCode: number;
  /** Message code; default: 1000 for 8Fxx (signed), 1001 for the rest (MACed). */
  readonly message?: number;
  /** Who is told; several hear of it in one commit. */
  readonly to: Role | readonly Role[];
  /** Body after code and time. */
  readonly values?: readonly Value[];
  /** Whom the recipient passes it on to: who holds a role, or a party that a command named. */
  readonly supplementary?: Role | NonNullable<Header["supplementary"]>;
  /** Strangers can cause it: it gives way to every other alert. */
  readonly minor?: boolean;
}

/** What a device gives its features. */
export interface DeviceContext {
  readonly board: Board;
  readonly journal: Journal;
  readonly eventLog: EventLog;
  readonly securityLog: EventLog;
  /** Voltage and outages of a meter; a device without such a log has them in its event log. */
  readonly powerLog: EventLog;
  /** Which events alert, are shared, sound and are logged. */
  readonly behaviours: Pick<EventBehaviours, "of">;
  /** Who hears of refusals: the supplier at a meter, the ACB at a hub. */
  readonly overseer: Role;
  readonly deviceType: DeviceName;
  /** UTC seconds as the device knows it, for counting; from 0 at power-on while never set (see `timeIsSet`). */
  nowS(): number;
  /** The time to write down or to tell: UTC seconds, or UNSET_TIME while the clock was never set. */
  stampS(): number;
  timeIsSet(): boolean;
  /** Sets device time and the battery-backed clock: what a power cut after it leaves set, nothing else tells. */
  setTime(utcS: number): Promise<void>;
  /** Corrects a time that was set before, by a commit made elsewhere: it must make the change durable or throw. */
  adjustTime(utcS: number, commit: (change: JournalChange) => Promise<void>): Promise<void>;
  /** Runs `action` as one event of this device's loop at UTC `atS` (at once when past); re-aims when time is set. */
  at(atS: number, action: () => Promise<void>): () => void;
  /** Runs `action` as one event of this device's loop, `delayMs` from now. */
  after(delayMs: number, action: () => Promise<void>): () => void;
  /**
   * Wraps a board listener so that its events take their turn in this device's loop. `fromOutside`: others decide how
   * many there are, so one may be dropped when too many wait.
   */
  event<E>(
    name: string,
    handler: (event: E) => Promise<void>,
    fromOutside?: boolean,
  ): (event: E) => Promise<void>;
  /** Makes the alert durable, in one commit with `changes` (state that must change with it, or not at all). */
  raise(alert: AlertRequest, changes?: readonly JournalChange[]): Promise<void>;
  observe(observation: Observation): void;
}
