/**
 * The hub between WAN and home: a command for a device of the log goes through the tunnel, answers and
 * alerts of those devices go to the WAN. What is for nobody here is refused; nothing is authentic to the hub
 * but what is its own, so it looks at the addresses only.
 */

import { concat } from "../../hal/base/bytes.ts";
import { euiBytes } from "../../hal/base/eui64.ts";
import type { HanDeviceEntry } from "../han/options.ts";
import type { HanFailure, HanMessage, HanPort } from "../han/port.ts";
import { open } from "../security/check.ts";
import { type Eui64, type Header, Kind } from "../wire/message.ts";
import type { Device } from "./device.ts";
import { HomeLanes } from "./home-lanes.ts";
import { RelayStore } from "./relay-store.ts";
import type { Wan } from "./wan.ts";

/** `HanDeviceEntry.status` of a device that can be reached. */
const keyEstablished = 2;

/** `message`: originator ‖ target ‖ kind ‖ counter, 25 octets. */
export type Drops = (target: Uint8Array, message: Uint8Array) => Promise<boolean>;

export class Router {
  /** Is a message for a device not to be sent? */
  drops: Drops = async () => false;
  readonly #device: Device;
  readonly #wan: Wan;
  readonly #devices: () => readonly HanDeviceEntry[];
  readonly #kept: RelayStore;
  readonly #lanes: HomeLanes;

  /** `devices`: the device log, as it is when asked. */
  constructor(device: Device, wan: Wan, han: HanPort, devices: () => readonly HanDeviceEntry[]) {
    this.#device = device;
    this.#wan = wan;
    this.#devices = devices;
    this.#lanes = new HomeLanes(device, han, (target, why) => this.#undeliverable(target, why));
    this.#kept = new RelayStore(device.journal, device.settings.relayCapacity);
  }

  /** A message from the WAN, as one event of the hub. */
  async fromWan(bytes: Uint8Array): Promise<void> {
    const envelope = open(this.#device.suite.wire, bytes);
    if (envelope === undefined) return this.#device.refuse("malformed");
    const { target, kind } = envelope.header;
    if (target === this.#device.identity.eui64) return this.#device.receiveOpened(envelope);
    if (kind !== Kind.command) return this.#device.refuse("not-a-command", { target });
    const entry = this.#devices().find(({ eui64 }) => eui64 === target);
    if (entry === undefined) return this.#device.refuse("not-for-me", { target });
    if (entry.status !== keyEstablished) return this.#undeliverable(target, "not-joined");
    if (await this.drops(euiBytes(target), tellingOf(envelope.header))) return;
    await this.#lanes.send(target, bytes);
  }

  /** A message from a device of the home, as one event of the hub. */
  async fromHome({ from, bytes }: HanMessage): Promise<void> {
    const envelope = open(this.#device.suite.wire, bytes);
    if (envelope === undefined) return this.#device.refuse("malformed", { from });
    const { kind, originator } = envelope.header;
    if (originator !== from || kind === Kind.command) return this.#device.refuse("not-relayed", { from });
    this.#device.observe({ kind: "relay", from, message: envelope.header.code });
    if (kind === Kind.response) return this.#wan.send(bytes, () => {}, true);
    await this.#relayAlert(bytes, await this.#kept.keep(from, bytes));
  }

  /** After a start: what was taken over and not delivered leaves again. */
  async start(): Promise<void> {
    for (const { key, bytes } of this.#kept.waiting()) await this.#relayAlert(bytes, key);
  }

  /** `key`: where the alert is kept until it is delivered. One that the queue gave up is queued again later. */
  async #relayAlert(bytes: Uint8Array, key: string | undefined): Promise<void> {
    const sent = this.#device.event<boolean>("relayed", async (delivered) => {
      if (key === undefined) return;
      if (delivered) await this.#kept.remove(key);
      else this.#device.after(this.#device.settings.alertRetryMaxMs, () => this.#relayAgain(bytes, key));
    });
    await this.#wan.send(bytes, (delivered) => void sent(delivered));
  }

  async #relayAgain(bytes: Uint8Array, key: string): Promise<void> {
    if (this.#kept.has(key)) await this.#relayAlert(bytes, key);
  }

  #undeliverable(target: Eui64, why: HanFailure): Promise<void> {
    return this.#device.refuse("undeliverable", { target, why });
  }
}

/** What is told of a message that was dropped (DBCH10). */
function tellingOf({ originator, target, kind, counter }: Header): Uint8Array {
  const bytes = concat(euiBytes(originator), euiBytes(target), Uint8Array.of(kind), new Uint8Array(8));
  new DataView(bytes.buffer, bytes.byteOffset).setBigUint64(17, counter);
  return bytes;
}
