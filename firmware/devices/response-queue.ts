/**
 * Responses on their way out, in RAM: a head end that misses one asks again. Each gets a bounded number of
 * tries; when too many wait, the oldest gives way.
 */
import type { DeviceContext } from "../features/feature.ts";
import type { DeviceSettings } from "./settings.ts";
import type { Uplink } from "./uplink.ts";

export type ResponseSettings = Pick<
  DeviceSettings,
  "responseQueueCapacity" | "responseTries" | "alertRetryMs"
>;

interface Waiting {
  readonly bytes: Uint8Array;
  triesLeft: number;
}

export class ResponseQueue {
  readonly #context: DeviceContext;
  readonly #uplink: Uplink;
  readonly #settings: ResponseSettings;
  readonly #waiting: Waiting[] = [];
  #inFlight = false;
  #cancelRetry: () => void = () => {};

  constructor(context: DeviceContext, uplink: Uplink, settings: ResponseSettings) {
    this.#context = context;
    this.#uplink = uplink;
    this.#settings = settings;
  }

  async add(bytes: Uint8Array): Promise<void> {
    if (this.#waiting.length >= this.#settings.responseQueueCapacity) this.#drop();
    this.#waiting.push({ bytes, triesLeft: this.#settings.responseTries });
    await this.flush();
  }

  /** Sends what waits, oldest first. Call it when the link comes up. */
  async flush(): Promise<void> {
    const next = this.#waiting[0];
    if (this.#inFlight || next === undefined) return;
    this.#cancelRetry();
    this.#inFlight = true;
    const settled = this.#context.event<boolean>("response-sent", (delivered) => this.#sent(next, delivered));
    await this.#uplink.send(next.bytes, (delivered) => void settled(delivered));
  }

  async #sent(sent: Waiting, delivered: boolean): Promise<void> {
    this.#inFlight = false;
    if (!delivered && --sent.triesLeft > 0) {
      this.#cancelRetry = this.#context.after(this.#settings.alertRetryMs, () => this.flush());
      return;
    }
    if (!delivered) this.#context.observe({ kind: "response-dropped", reason: "undelivered" });
    const at = this.#waiting.indexOf(sent);
    if (at >= 0) this.#waiting.splice(at, 1);
    await this.flush();
  }

  #drop(): void {
    this.#waiting.splice(this.#inFlight ? 1 : 0, 1);
    this.#context.observe({ kind: "response-dropped", reason: "queue-full" });
  }
}
