/** Brings what is kept for users to their addresses: in order, one at a time for each, again and again until it is taken. */
import { pause, type Timers } from "../../../hal/serial/timers.ts";
import type { Push, Store } from "./store.ts";

/** Sends a message to a user's address: the status that it answers. Rejects when there is no answer, or `signal` ends the wait. */
export type Post = (address: string, xml: string, signal: AbortSignal) => Promise<number>;

export interface DeliveryPorts {
  readonly store: Store;
  readonly timers: Timers;
  readonly post: Post;
  address(user: string): string | undefined;
  /** An address has taken a message. */
  delivered(user: string, push: Push): void;
  observe(event: { readonly kind: string; readonly [field: string]: unknown }): void;
}

export interface DeliverySettings {
  /** From a message's making to its leaving: the answer to its request is to be read before, real ms. */
  readonly delayMs: number;
  /** After the first failure; doubled by each that follows, up to `maxRetryMs`. */
  readonly retryMs: number;
  readonly maxRetryMs: number;
}
export const defaultDeliverySettings: DeliverySettings = { delayMs: 500, retryMs: 1000, maxRetryMs: 60_000 };

export class Delivery {
  readonly #ports: DeliveryPorts;
  readonly #settings: DeliverySettings;
  readonly #stop = new AbortController();
  /** Ends what is still on its way after the stop. */
  readonly #cut = new AbortController();
  /** Users that are being delivered to. */
  readonly #busy = new Map<string, Promise<void>>();
  readonly #failed: (error: unknown) => void;

  /** `failed`: the store cannot be written. */
  constructor(ports: DeliveryPorts, settings: Partial<DeliverySettings>, failed: (error: unknown) => void) {
    this.#ports = ports;
    this.#settings = { ...defaultDeliverySettings, ...settings };
    this.#failed = failed;
  }

  /** There is something for `user`. */
  wake(user: string): void {
    if (this.#stop.signal.aborted || this.#busy.has(user)) return;
    const address = this.#ports.address(user);
    if (address === undefined) return;
    const work = this.#deliver(user, address)
      .catch(this.#failed)
      .finally(() => {
        this.#busy.delete(user);
        if (this.#ports.store.next(user) !== undefined) this.wake(user);
      });
    this.#busy.set(user, work);
  }

  /** What is on its way is waited for, a little; the rest stays in the store. */
  async stop(): Promise<void> {
    this.#stop.abort();
    const cancel = this.#ports.timers.after(graceMs, () => this.#cut.abort());
    await Promise.all(this.#busy.values());
    cancel();
  }

  async #deliver(user: string, address: string): Promise<void> {
    const { store, timers } = this.#ports;
    const { delayMs, retryMs, maxRetryMs } = this.#settings;
    let failures = 0;
    for (let next = store.next(user); next !== undefined; next = store.next(user)) {
      const dueMs = next.push.madeMs + delayMs - timers.nowMs();
      if (dueMs > 0) await pause(timers, Math.min(dueMs, delayMs), this.#stop.signal);
      if (this.#stop.signal.aborted) return;
      if (await this.#isTaken(user, address, next.push, failures)) {
        failures = 0;
        store.delivered(user, next.seq);
        this.#ports.delivered(user, next.push);
        continue;
      }
      failures += 1;
      await pause(timers, Math.min(retryMs * 2 ** Math.min(failures - 1, 16), maxRetryMs), this.#stop.signal);
    }
  }

  async #isTaken(
    user: string,
    address: string,
    { xml, code, requestId }: { readonly xml: string; readonly code: string; readonly requestId?: string },
    failures: number,
  ): Promise<boolean> {
    const told = { user, address, code, ...(requestId !== undefined && { requestId }) };
    const answer = await this.#ports
      .post(address, xml, this.#cut.signal)
      .catch((error: unknown) => reasonOf(error));
    if (typeof answer === "number" && answer >= 200 && answer < 300) {
      this.#ports.observe({ kind: "delivered", ...told, status: answer });
      return true;
    }
    const waiting = this.#ports.store.waitingFor(user);
    this.#ports.observe({ kind: "not-delivered", ...told, answer, tries: failures + 1, waiting });
    return false;
  }
}

function reasonOf(error: unknown): string {
  const { cause, message } = error as Error;
  return cause instanceof Error && cause.message !== "" ? cause.message : message;
}

const postTimeoutMs = 10_000;
const graceMs = 1000;

/** Over HTTP; redirections are not followed, and what is answered is not read. */
export const postOverHttp: Post = async (address, xml, signal) => {
  const response = await fetch(address, {
    method: "POST",
    headers: { "content-type": "application/xml" },
    body: xml,
    redirect: "manual",
    signal: AbortSignal.any([signal, AbortSignal.timeout(postTimeoutMs)]),
  });
  await response.body?.cancel();
  return response.status;
};
