/** Frames that wait for the radio: it takes a few at a time, and its reports take their turn in the device's loop. */
import type { Listener, Radio, TransmitOutcome } from "../../../hal/board.ts";
import { Outbox, type OutboxDuties } from "../../kernel/outbox.ts";
import type { HanOptions } from "../options.ts";

const IN_RADIO = 4;
const WAITING = 64;

interface Waiting {
  readonly mpdu: Uint8Array;
  readonly done: Listener<TransmitOutcome>;
}

export class TransmitQueue {
  readonly #outbox: Outbox<Waiting, TransmitOutcome>;

  constructor(options: HanOptions, radio: Radio) {
    const turns = {
      event: <E>(name: string, handler: (event: E) => Promise<void>) =>
        options.event?.(name, handler) ?? handler,
      after: (delayMs: number, action: () => Promise<void>) => options.board.clock.after(delayMs, action),
      observe: options.observe,
    };
    const duties: OutboxDuties<Waiting, TransmitOutcome> = {
      send: ({ mpdu }, done) => radio.transmit(mpdu, done),
      // Whoever asked tries again, as with a busy channel.
      failed: "channel-busy",
      settled: async ({ done }, outcome) => {
        await done(outcome);
        return "gone" as const;
      },
      whenBroken: "gone",
    };
    this.#outbox = new Outbox(turns, "han-sent", duties, IN_RADIO);
  }

  /** A full queue reports "channel-busy" at once. */
  async send(mpdu: Uint8Array, done: Listener<TransmitOutcome>): Promise<void> {
    if (this.#outbox.size >= WAITING + IN_RADIO) return await done("channel-busy");
    await this.#outbox.add({ mpdu, done });
  }
}
