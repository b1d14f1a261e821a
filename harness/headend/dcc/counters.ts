/** Originator counters of the DCC's parties never go back, over restarts neither. */
import type { HeadEnd } from "../head-end.ts";
import { type PartyName, partyNames } from "../parties.ts";
import type { Kept } from "./kept.ts";

type Counter = readonly [PartyName, bigint];

export class Counters implements Kept<readonly Counter[]> {
  readonly #headEnd: HeadEnd;

  constructor(headEnd: HeadEnd) {
    this.#headEnd = headEnd;
  }

  snapshot(): readonly Counter[] {
    return partyNames.map((name) => [name, this.#headEnd.parties[name].counter]);
  }

  restore(kept: readonly Counter[]): void {
    for (const [name, counter] of kept) {
      const party = this.#headEnd.parties[name];
      if (counter > party.counter) party.counter = counter;
    }
  }
}
