import {
  type Cancel,
  HalError,
  type Listener,
  type Radio,
  type RadioFrame,
  type RadioSettings,
  type TransmitOutcome,
} from "../../board.ts";
import { Command } from "./board-group.ts";
import { Outcomes } from "./outcomes.ts";
import { type PowerOn, Subscribers } from "./power-on.ts";
import { nothing, requireInteger } from "./remote-parts.ts";

/** Longest MPDU without its FCS. */
const maxMpduBytes = 125;
/** CSMA-CA with three retries takes tens of milliseconds; a board that says nothing for so long has forgotten. */
const outcomeLimitMs = 10_000;

export class RemoteRadio implements Radio {
  readonly eui64: Uint8Array;
  readonly #powerOn: PowerOn;
  readonly #frames: Subscribers<RadioFrame>;
  readonly #outcomes: Outcomes<TransmitOutcome>;
  #id = 0;

  constructor(powerOn: PowerOn, eui64: Uint8Array) {
    this.eui64 = eui64.slice();
    this.#powerOn = powerOn;
    this.#frames = new Subscribers(powerOn);
    this.#outcomes = new Outcomes<TransmitOutcome>(powerOn, outcomeLimitMs, "no-ack");
    powerOn.handle("radio-sent", ({ id, outcome }) => this.#outcomes.came(id, outcome));
    powerOn.handle("radio-frame", ({ mpdu, rssi, lqi }) =>
      mpdu.length <= maxMpduBytes ? this.#frames.emit({ mpdu, rssiDbm: rssi, lqi }) : undefined,
    );
  }

  async configure({ channel, panId, shortAddress, rxOnWhenIdle }: RadioSettings): Promise<void> {
    requireInteger("radio channel", channel, 26);
    requireInteger("radio PAN", panId, 0xffff);
    requireInteger("radio short address", shortAddress, 0xffff);
    const request = { channel, pan: panId, short: shortAddress, idle: rxOnWhenIdle };
    await this.#powerOn.write("radio", Command.radioConfigure, request, nothing);
  }

  async transmit(mpdu: Uint8Array, done: Listener<TransmitOutcome>): Promise<void> {
    this.#powerOn.require();
    if (mpdu.length > maxMpduBytes)
      throw new HalError(
        "hal/misuse",
        `radio: an MPDU has at most ${maxMpduBytes} bytes, got ${mpdu.length}`,
      );
    const id = ++this.#id;
    const request = { id, mpdu: mpdu.slice() };
    await this.#outcomes.expect(id, done, () =>
      this.#powerOn.write("radio", Command.radioTransmit, request, nothing),
    );
  }

  onFrame(listener: Listener<RadioFrame>): Cancel {
    return this.#frames.add(listener);
  }
}
