/**
 * Responses on their way out, in RAM: a head end that misses one asks again. Each gets a bounded number of
 * tries; when too many wait, the oldest gives way.
 */
import type { DeviceContext } from "../features/feature.ts";
import { type Fate, Outbox } from "../kernel/outbox.ts";
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
  readonly #settings: ResponseSettings;
  readonly #outbox: Outbox<Waiting>;

  constructor(context: DeviceContext, uplink: Uplink, settings: ResponseSettings) {
    this.#context = context;
    this.#settings = settings;
    this.#outbox = new Outbox(context, "response-sent", {
      send: ({ bytes }, done) => uplink.send(bytes, (delivered) => void done(delivered)),
      failed: false,
      settled: (sent, delivered) => this.#settled(sent, delivered),
      whenBroken: "gone",
    });
  }

  async add(bytes: Uint8Array): Promise<void> {
    if (this.#outbox.size >= this.#settings.responseQueueCapacity) this.#drop();
    await this.#outbox.add({ bytes, triesLeft: this.#settings.responseTries });
    await this.flush();
  }

  /** Sends what waits, oldest first. Call it when the link comes up. */
  flush(): Promise<void> {
    return this.#outbox.flush();
  }

  #settled(sent: Waiting, delivered: boolean): Fate {
    if (delivered) return "gone";
    if (--sent.triesLeft > 0) return this.#settings.alertRetryMs;
    this.#context.observe({ kind: "response-dropped", reason: "undelivered" });
    return "gone";
  }

  #drop(): void {
    const [oldest] = this.#outbox.idle();
    if (oldest === undefined) return;
    this.#outbox.remove(oldest);
    this.#context.observe({ kind: "response-dropped", reason: "queue-full" });
  }
}
