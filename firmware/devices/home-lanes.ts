/** What is on its way from the hub to each device of the home: in order, one message in a tunnel at a time. */
import type { HanFailure, HanPort } from "../han/port.ts";
import { type Fate, Outbox } from "../kernel/outbox.ts";
import type { Eui64 } from "../wire/message.ts";
import type { Device } from "./device.ts";

interface OnTheWay {
  readonly bytes: Uint8Array;
  triesLeft: number;
}

type Lane = Outbox<OnTheWay, "delivered" | HanFailure>;

export class HomeLanes {
  readonly #device: Device;
  readonly #han: HanPort;
  readonly #lost: (target: Eui64, why: HanFailure) => Promise<void>;
  readonly #lanes = new Map<Eui64, Lane>();

  /** `lost`: hears of each message that was given up, and why. */
  constructor(device: Device, han: HanPort, lost: (target: Eui64, why: HanFailure) => Promise<void>) {
    this.#device = device;
    this.#han = han;
    this.#lost = lost;
  }

  async send(target: Eui64, bytes: Uint8Array): Promise<void> {
    const { hanQueueCapacity, hanTries } = this.#device.settings;
    const onTheWay = [...this.#lanes.values()].reduce((sum, lane) => sum + lane.size, 0);
    if (onTheWay >= hanQueueCapacity) return this.#lost(target, "busy");
    await this.#lane(target).add({ bytes, triesLeft: hanTries });
  }

  #lane(target: Eui64): Lane {
    const known = this.#lanes.get(target);
    if (known !== undefined) return known;
    for (const [other, lane] of this.#lanes) if (lane.size === 0) this.#lanes.delete(other);
    const lane: Lane = new Outbox<OnTheWay, "delivered" | HanFailure>(this.#device, "han-sent", {
      send: ({ bytes }, done) => this.#han.send(target, bytes, (outcome) => void done(outcome)),
      failed: "refused",
      settled: (sent, outcome) => this.#settled(target, sent, outcome),
      whenBroken: "gone",
    });
    this.#lanes.set(target, lane);
    return lane;
  }

  async #settled(target: Eui64, sent: OnTheWay, outcome: "delivered" | HanFailure): Promise<Fate> {
    if (outcome === "delivered") return "gone";
    if (outcome !== "too-long" && --sent.triesLeft > 0) return this.#device.settings.hanRetryMs;
    await this.#lost(target, outcome);
    return "gone";
  }
}
