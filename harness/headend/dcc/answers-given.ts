/**
 * A request is acted on once, whatever is retried: the same one again gets the answer that it got. Each user's counter
 * rises for each device; what is not above its predecessors, and is not remembered, is refused.
 */

import type { Eui64 } from "../../../firmware/wire/message.ts";
import { toHex } from "../../../hal/base/hex.ts";
import type { Crypto } from "../../../hal/board.ts";
import type { Kept } from "./kept.ts";
import { type DccMessage, requestIdOf, type UserRequest } from "./messages.ts";
import { Refusal } from "./refusal.ts";
import type { DccSettings } from "./settings.ts";

interface Given {
  /** SHA-256 of all that the request says: some carry images. */
  readonly digest: string;
  readonly answer: DccMessage;
}

export interface AnswersSnapshot {
  /** By RequestID and what was done, the oldest first. */
  readonly given: readonly (readonly [string, Given])[];
  readonly last: readonly (readonly [string, bigint])[];
}

export class AnswersGiven implements Kept<AnswersSnapshot> {
  readonly #settings: DccSettings;
  readonly #crypto: Pick<Crypto, "sha256">;
  readonly #given = new Map<string, Given>();
  /** By originator and target: the counter of the last request that was acted on. */
  readonly #last = new Map<string, bigint>();

  readonly #spent: (originator: Eui64) => bigint;

  /** `spent`: the last counter that was used in a user's name beside its requests: at commissioning, say. */
  constructor(
    settings: DccSettings,
    crypto: Pick<Crypto, "sha256">,
    spent: (originator: Eui64) => bigint = () => 0n,
  ) {
    this.#settings = settings;
    this.#crypto = crypto;
    this.#spent = spent;
  }

  /** What was answered. Throws a {@link Refusal} when the same RequestID asked for something else, or it is an old one. */
  recall(request: UserRequest): DccMessage | undefined {
    const given = this.#given.get(nameOf(request));
    if (given?.digest === this.#digest(request)) return given.answer;
    if (given !== undefined)
      throw new Refusal(
        this.#settings.codes.usedId,
        `RequestID ${requestIdOf(request)} asked for something else before`,
      );
    const last = this.#lastOf(request);
    if (!isTransform(request) && request.counter <= last)
      throw new Refusal(
        this.#settings.codes.usedId,
        `RequestID ${requestIdOf(request)}: expected a counter above ${last}`,
      );
    return undefined;
  }

  snapshot(): AnswersSnapshot {
    return { given: [...this.#given], last: [...this.#last] };
  }

  restore({ given, last }: AnswersSnapshot): void {
    this.#given.clear();
    this.#last.clear();
    for (const [name, each] of given) this.#given.set(name, each);
    for (const [pair, counter] of last) this.#last.set(pair, counter);
  }

  keep(request: UserRequest, answer: DccMessage): void {
    this.#given.set(nameOf(request), { digest: this.#digest(request), answer });
    if (this.#given.size > this.#settings.maxRemembered)
      this.#given.delete(this.#given.keys().next().value as string);
    if (!isTransform(request)) this.#last.set(pairOf(request), request.counter);
  }

  #lastOf(request: UserRequest): bigint {
    const [last, spent] = [this.#last.get(pairOf(request)) ?? 0n, this.#spent(request.originator)];
    return last > spent ? last : spent;
  }

  #digest(request: UserRequest): string {
    return toHex(this.#crypto.sha256(Buffer.from(contentOf(request))));
  }
}

const isTransform = ({ commandVariant }: UserRequest): boolean => commandVariant === 4;
const pairOf = ({ originator, target }: UserRequest): string => `${originator}/${target}`;
/** A critical request has its RequestID twice: to be transformed, and signed. */
const nameOf = (request: UserRequest): string =>
  `${requestIdOf(request)}/${isTransform(request) ? "transform" : "act"}`;

const contentOf = (request: UserRequest): string =>
  JSON.stringify(request, (_name, value) => {
    if (typeof value === "bigint") return `${value}n`;
    return value instanceof Uint8Array ? toHex(value) : value;
  });
