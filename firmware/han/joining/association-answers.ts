/** Association responses that wait until their device polls for them (802.15.4 indirect transmission). */
import type { Eui64 } from "../../wire/message.ts";

export interface AssociationAnswer {
  readonly shortAddress: number;
  readonly status: number;
}

/** macTransactionPersistenceTime: 0x01F4 unit periods of 15.36 ms. */
const KEEP_MS = 7680;
/** Strangers ask too: of their answers no more than this are kept, and none in the way of a listed device. */
const STRANGERS = 8;

export class AssociationAnswers {
  readonly #nowMs: () => number;
  readonly #strangers = new Set<Eui64>();
  readonly #answers = new Map<Eui64, AssociationAnswer & { readonly untilMs: number }>();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Keeps the answer to a listed device, in place of an older one. */
  put(eui64: Eui64, answer: AssociationAnswer): void {
    this.#expire();
    this.#answers.set(eui64, { ...answer, untilMs: this.#nowMs() + KEEP_MS });
  }

  /** Keeps the answer to a stranger. False: one was waiting already, or there is no room. */
  putStranger(eui64: Eui64, answer: AssociationAnswer): boolean {
    this.#expire();
    if (this.#answers.has(eui64) || this.#strangers.size >= STRANGERS) return false;
    this.#strangers.add(eui64);
    this.#answers.set(eui64, { ...answer, untilMs: this.#nowMs() + KEEP_MS });
    return true;
  }

  take(eui64: Eui64): AssociationAnswer | undefined {
    this.#expire();
    const answer = this.#answers.get(eui64);
    this.#drop(eui64);
    return answer && { shortAddress: answer.shortAddress, status: answer.status };
  }

  #expire(): void {
    const nowMs = this.#nowMs();
    for (const [eui64, { untilMs }] of this.#answers) if (untilMs <= nowMs) this.#drop(eui64);
  }

  #drop(eui64: Eui64): void {
    this.#answers.delete(eui64);
    this.#strangers.delete(eui64);
  }
}
