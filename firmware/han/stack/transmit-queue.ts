/** Frames that wait for the radio: it takes a few at a time, and its reports take their turn in the device's loop. */
import type { Listener, Radio, TransmitOutcome } from "../../../hal/board.ts";
import type { HanOptions } from "../options.ts";

const IN_RADIO = 4;
const WAITING = 64;

interface Waiting {
  readonly mpdu: Uint8Array;
  readonly done: Listener<TransmitOutcome>;
}

export class TransmitQueue {
  readonly #options: HanOptions;
  readonly #radio: Radio;
  readonly #waiting: Waiting[] = [];
  #inRadio = 0;

  constructor(options: HanOptions, radio: Radio) {
    this.#options = options;
    this.#radio = radio;
  }

  /** A full queue reports "channel-busy" at once. */
  async send(mpdu: Uint8Array, done: Listener<TransmitOutcome>): Promise<void> {
    if (this.#waiting.length >= WAITING) return await done("channel-busy");
    this.#waiting.push({ mpdu, done });
    await this.#pump();
  }

  async #pump(): Promise<void> {
    while (this.#inRadio < IN_RADIO) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#inRadio++;
      await this.#radio.transmit(
        next.mpdu,
        this.#turn((outcome) => this.#sent(next, outcome)),
      );
    }
  }

  async #sent(frame: Waiting, outcome: TransmitOutcome): Promise<void> {
    this.#inRadio--;
    await this.#pump();
    await frame.done(outcome);
  }

  #turn(handler: (outcome: TransmitOutcome) => Promise<void>): Listener<TransmitOutcome> {
    return this.#options.event?.("han-sent", handler) ?? handler;
  }
}
