/**
 * What becomes of events: which alert supplier or network operator, are shared on the home network, sound an alarm, are
 * logged. Every report asks here (`report.ts`).
 */
import type { Journal } from "../../kernel/journal.ts";
import { Kept } from "../../kernel/kept.ts";
import { type AlertRow, alerts } from "../../model/index.ts";
import {
  asDelivered,
  type Behaviour,
  behaviourOf,
  changed,
  type EventString,
  type EventStrings,
  fromBits,
  toBits,
} from "./machine.ts";

export interface EventBehaviourSettings {
  /**
   * Whether alerts that a party may switch off (80xx, 81xx) are on as delivered, but for those of `alertsOff`. A
   * reading of a set of reference messages, not a rule; what is logged and shared in the home follows the table.
   */
  readonly alertsOnAsDelivered: boolean;
}

/** Every device has one; only where its objects are served do the strings ever change. */
export class EventBehaviours {
  readonly #kept: Kept<EventStrings>;

  constructor(journal: Journal, { alertsOnAsDelivered }: EventBehaviourSettings) {
    const rows = Object.values<AlertRow>(alerts).filter(({ devices }) => devices.includes("ESME"));
    this.#kept = new Kept(journal, "event-behaviours", asDelivered(rows, alertsOnAsDelivered));
  }

  of(row: AlertRow): Behaviour {
    return behaviourOf(this.#kept.value, row);
  }

  /** 256 bits, the one of n = 255 first. */
  bits(name: EventString): string {
    return toBits(this.#kept.value[name]);
  }

  /** `mask` and bits, 512 together. */
  change(name: EventString, maskAndBits: string): Promise<void> {
    return this.#keep(name, changed(this.#kept.value[name], maskAndBits));
  }

  /** For a bench: all 256 at once. */
  replace(name: EventString, bits: string): Promise<void> {
    return this.#keep(name, fromBits(bits));
  }

  async #keep(name: EventString, hex: string): Promise<void> {
    const { value } = this.#kept;
    if (value[name] !== hex) await this.#kept.keep({ ...value, [name]: hex });
  }
}
