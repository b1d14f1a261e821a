/**
 * The hub's device log (CCS01 add, CCS02 remove, CCS03 restore, CCS06 and CCS07 read), over the home network's
 * coordinator, which keeps the entries. Every addition, removal and change of a hashed link key is told to the
 * ACB, once: alert 0018, code 8F12 (CS14).
 */
import { euiBytes, euiText } from "../../../hal/base/eui64.ts";
import type { Cancel, Listener } from "../../../hal/board.ts";
import type { HanDeviceEntry, HanEvent } from "../../han/options.ts";
import type { ToldDevice } from "../../han/restore.ts";
import type { JournalChange } from "../../kernel/journal.ts";
import { Kept } from "../../kernel/kept.ts";
import { alerts, devices, messages, toPlain, valueTypes } from "../../model/index.ts";
import { Status } from "../../wire/message.ts";
import type { CommandOrigin } from "../command-origin.ts";
import type { DeviceContext, Feature } from "../feature.ts";
import {
  type Backup,
  deviceLogObjects,
  type Registration,
  type Restore,
  type ShownDeviceLog,
} from "./cosem.ts";

/** What the device log needs of the coordinator (`HanCoordinator` has it). */
export interface DeviceLogHan {
  readonly extendedPanId: Uint8Array;
  readonly joinWindowOpen: boolean;
  allow(
    eui64: Uint8Array,
    installCode: Uint8Array,
    deviceType: number,
  ): Promise<"added" | "already" | "full">;
  /** `also` is in the same commit. */
  remove(eui64: Uint8Array, ...also: JournalChange[]): Promise<boolean>;
  openJoinWindow(seconds: number): Promise<void>;
  closeJoinWindow(): Promise<void>;
  devices(): readonly HanDeviceEntry[];
  onEvent(listener: Listener<HanEvent>): Cancel;
  /** Devices that were taken off the log, oldest first. */
  readonly historic: {
    devices(): readonly ToldDevice[];
    bringTo(devices: readonly ToldDevice[]): Promise<void>;
  };
  restore(extendedPanId: Uint8Array, devices: readonly ToldDevice[]): Promise<void>;
  bringTo(extendedPanId: Uint8Array, entries: readonly HanDeviceEntry[]): Promise<void>;
}

const deviceLogChanged = alerts.hubDeviceLogChanged.code;
/** Install codes of Zigbee, octets without CRC. */
const installCodeOctets = [6, 8, 12, 16];
const maxJoinTimeoutS = 3600;
const tellingEvents: readonly HanEvent["kind"][] = ["joined", "rejoined", "left"];

export interface DeviceLogSettings {
  /** What CCS06 says instead of a sub-GHz link quality for a device at 2.4 GHz, −128…127. */
  readonly linkQualityAt24GHz: number;
}

export function deviceLogFeature(
  context: DeviceContext,
  han: DeviceLogHan,
  settings: DeviceLogSettings = { linkQualityAt24GHz: 127 },
): Feature {
  return new DeviceLog(context, han, settings);
}

class DeviceLog implements Feature, ShownDeviceLog {
  readonly name = "device-log";
  readonly objects = deviceLogObjects(this);
  readonly #context: DeviceContext;
  readonly #han: DeviceLogHan;
  /** Seconds that the join window stays open. */
  readonly #joinTimeout: Kept<number>;
  /** The devices, and the hash of each one's key, as the ACB was last told. */
  readonly #told: Kept<readonly string[]>;
  /** The last command that removed a device. */
  readonly #removedBy: Kept<string>;
  /** The one that had done so before this start: done again after a power cut, it is answered as done. */
  readonly #removedBefore: string;
  /** The command whose registration was refused: it opens no window. */
  #refusedBy: string | undefined;
  readonly #settings: DeviceLogSettings;

  constructor(context: DeviceContext, han: DeviceLogHan, settings: DeviceLogSettings) {
    this.#context = context;
    this.#han = han;
    this.#settings = settings;
    this.#removedBy = new Kept<string>(context.journal, "device-log/removed-by", "");
    this.#removedBefore = this.#removedBy.value;
    this.#joinTimeout = new Kept<number>(context.journal, "device-log/join-timeout", 0);
    this.#told = new Kept<readonly string[]>(context.journal, "device-log/told", []);
  }

  get linkQuality(): number {
    return this.#settings.linkQualityAt24GHz;
  }

  devices(): readonly HanDeviceEntry[] {
    return this.#han.devices();
  }

  async start(): Promise<void> {
    const handle = this.#context.event<HanEvent>("device-log", () => this.#tellChange());
    this.#han.onEvent((event) => {
      // Not awaited: told inside this device's own turn.
      if (tellingEvents.includes(event.kind)) void handle(event);
    });
    // A power cut may have come between a change and its alert.
    await this.#tellChange();
  }

  async setJoining(enabled: boolean, origin: CommandOrigin): Promise<Status> {
    if (this.#wasRefused(origin)) return Status.otherReason;
    if (!enabled) await this.#han.closeJoinWindow();
    else if (this.#joinTimeout.value === 0) return Status.otherReason;
    else await this.#han.openJoinWindow(this.#joinTimeout.value);
    return Status.success;
  }

  async setJoinTimeout(seconds: number, origin: CommandOrigin): Promise<Status> {
    if (this.#wasRefused(origin) || seconds > maxJoinTimeoutS) return Status.otherReason;
    await this.#joinTimeout.keep(seconds);
    return Status.success;
  }

  #wasRefused(origin: CommandOrigin): boolean {
    return this.#refusedBy === commandText(origin);
  }

  async register(registration: Registration, origin: CommandOrigin): Promise<Status> {
    const status = await this.#add(registration);
    this.#refusedBy = status === Status.success ? undefined : commandText(origin);
    return status;
  }

  /** Adding a listed device again succeeds and changes nothing; its key is not even read (facts §7.1). */
  async #add({ device, key, deviceType }: Registration): Promise<Status> {
    if (this.#lists(device)) return Status.success;
    if (!installCodeOctets.includes(key.length)) return Status.otherReason;
    const outcome = await this.#han.allow(device, key, devices[deviceType].logNumber as number);
    if (outcome === "full") return Status.temporaryFailure;
    await this.#tellChange();
    return Status.success;
  }

  async unregister(eui64: Uint8Array, origin: CommandOrigin): Promise<Status> {
    const command = `${commandText(origin)} ${euiText(eui64)}`;
    if (this.#lists(eui64))
      await this.#removedBy.keepWith(command, async (change) => {
        await this.#han.remove(eui64, change);
      });
    else if (this.#removedBefore !== command) return Status.otherReason;
    await this.#tellChange();
    return Status.success;
  }

  #lists(eui64: Uint8Array): boolean {
    const name = euiText(eui64);
    return this.#han.devices().some((device) => device.eui64 === name);
  }

  /** The hash is empty where no link key was ever agreed. */
  backup(): Backup {
    const devices = this.#han
      .devices()
      .map(({ eui64, linkKeyHash }) => ({ device: euiBytes(eui64), keyHash: linkKeyHash }));
    return { time: this.#context.stampS(), panId: this.#han.extendedPanId, devices };
  }

  historicBackup(): Backup {
    const devices = this.#han.historic.devices().map(({ eui64, hash }) => ({
      device: euiBytes(eui64),
      keyHash: hash,
    }));
    return { time: this.#context.stampS(), panId: this.#han.extendedPanId, devices };
  }

  /** What another hub had takes the place of what this one has. */
  async restore({ panId, devices }: Restore): Promise<Status> {
    await this.#han.restore(panId, devices.map(toldOf));
    await this.#tellChange();
    return Status.success;
  }

  async load(devices: readonly HanDeviceEntry[], panId = this.#han.extendedPanId): Promise<void> {
    const known = new Map(this.#han.devices().map((device) => [device.eui64, device.linkKeyHash]));
    await this.#han.bringTo(
      panId,
      devices.map((device) => ({
        ...device,
        linkKeyHash: device.linkKeyHash.length > 0 ? device.linkKeyHash : (known.get(device.eui64) ?? none),
      })),
    );
    await this.#told.keep(this.#summary());
  }

  /** The network is that of the log in use. */
  async loadHistoric({ devices }: Restore): Promise<void> {
    await this.#han.historic.bringTo(devices.map(toldOf));
  }

  #summary(): string[] {
    const hex = (bytes: Uint8Array) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return this.#han.devices().map(({ eui64, linkKeyHash }) => `${eui64}/${hex(linkKeyHash)}`);
  }

  /** Nothing when the ACB knows it already. */
  async #tellChange(): Promise<void> {
    const summary = this.#summary();
    if (summary.join() === this.#told.value.join()) return;
    const alert = {
      alertCode: deviceLogChanged,
      message: messages.CS14.code,
      to: "accessControlBroker",
      values: [toPlain(valueTypes.devicesBackup, this.backup())],
    } as const;
    await this.#told.keepWith(summary, (change) => this.#context.raise(alert, [change]));
  }
}

const none = new Uint8Array();
const toldOf = ({ device, keyHash }: Restore["devices"][number]): ToldDevice => ({
  eui64: euiText(device),
  hash: keyHash,
});

const commandText = ({ code, originator, counter }: CommandOrigin): string =>
  `${code}/${originator}/${counter}`;
