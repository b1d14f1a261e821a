/** Commands on their way to devices: sent again when the WAN did not take them, and kept until answered or given up. */
import type { Eui64, Header } from "../../firmware/wire/message.ts";
import type { Cancel } from "../../hal/board.ts";

export interface TransactionPorts {
  /** Sends bytes to the hub; `done` runs once. */
  deliver(bytes: Uint8Array, done: (outcome: "delivered" | "failed") => void): void;
  after(delayMs: number, action: () => void): Cancel;
}

/** The DCC sends again a message that the WAN did not take. Both from memory, unverified. */
export const deliveryTries = 3;
export const deliveryRetryMs = 20_000;

/** What names a command: a response repeats all of it but who speaks. */
export type CommandName = Pick<Header, "originator" | "target" | "counter" | "code">;

interface Sent<T> {
  readonly what: T;
  readonly giveUp: (how: "undelivered" | "timed-out") => void;
  readonly cancel: Cancel;
}

/** `T`: what its owner keeps of a command until it is settled. */
export class Transactions<T> {
  readonly #ports: TransactionPorts;
  readonly #sent = new Map<string, Sent<T>>();

  constructor(ports: TransactionPorts) {
    this.#ports = ports;
  }

  get size(): number {
    return this.#sent.size;
  }

  /** `failed` runs at most once, and not after {@link take}. */
  send(
    { originator, target, counter, code }: CommandName,
    bytes: Uint8Array,
    what: T,
    timeoutMs: number,
    failed: (how: "undelivered" | "timed-out") => void,
  ): void {
    const name = this.expect({ originator, target, counter, code }, what, timeoutMs, failed);
    this.#deliver(name, this.#sent.get(name) as Sent<T>, bytes, deliveryTries);
  }

  /** The same for a command that is on its way already. */
  expect(
    { originator, target, counter, code }: CommandName,
    what: T,
    timeoutMs: number,
    failed: (how: "undelivered" | "timed-out") => void,
  ): string {
    const name = nameOf(target, originator, counter, code);
    const giveUp = (how: "undelivered" | "timed-out"): void => {
      if (this.#sent.get(name) !== sent) return;
      this.#sent.delete(name);
      failed(how);
    };
    const cancel = this.#ports.after(timeoutMs, () => giveUp("timed-out"));
    const sent: Sent<T> = { what, giveUp, cancel };
    this.#sent.set(name, sent);
    return name;
  }

  /** What is not settled, the oldest first. */
  list(): readonly T[] {
    return [...this.#sent.values()].map(({ what }) => what);
  }

  /** Forgets all of it; nothing fails. */
  clear(): void {
    for (const { cancel } of this.#sent.values()) cancel();
    this.#sent.clear();
  }

  /** What `response` answers. */
  of(response: CommandName): T | undefined {
    return this.#sent.get(answered(response))?.what;
  }

  /** The same, and it is settled. */
  take(response: CommandName): T | undefined {
    const name = answered(response);
    const sent = this.#sent.get(name);
    this.#sent.delete(name);
    sent?.cancel();
    return sent?.what;
  }

  #deliver(name: string, sent: Sent<T>, bytes: Uint8Array, tries: number): void {
    this.#ports.deliver(bytes, (outcome) => {
      if (outcome === "delivered" || this.#sent.get(name) !== sent) return;
      if (tries > 1)
        return void this.#ports.after(deliveryRetryMs, () => this.#again(name, sent, bytes, tries - 1));
      sent.cancel();
      sent.giveUp("undelivered");
    });
  }

  #again(name: string, sent: Sent<T>, bytes: Uint8Array, tries: number): void {
    if (this.#sent.get(name) === sent) this.#deliver(name, sent, bytes, tries);
  }
}

/** The command that a response answers, by what it repeats of it. */
export const answered = ({ originator, target, counter, code }: CommandName): string =>
  nameOf(originator, target, counter, code);

/** A command's name for whoever waits for its answer: the same as {@link answered} of its response. */
export const commandName = ({ originator, target, counter, code }: CommandName): string =>
  nameOf(target, originator, counter, code);

function nameOf(device: Eui64, party: Eui64, counter: bigint, code: number): string {
  return `${device}/${party}/${counter}/${code}`;
}
