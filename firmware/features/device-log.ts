/**
 * The hub's device log (CCS01 add, CCS02 remove, CCS06 read, backup_PAN of CCS07), over the home network's
 * coordinator, which keeps the entries. Every addition, removal and change of a hashed link key is told to the
 * ACB, once: alert 0018, code 8F12 (CS14).
 */
import { euiBytes, euiText } from "../../hal/base/eui64.ts";
import type { Cancel, Listener } from "../../hal/board.ts";
import type { HanDeviceEntry, HanEvent } from "../han/options.ts";
import type { JournalChange } from "../kernel/journal.ts";
import { objects } from "../objects/dictionary.ts";
import { AlertMessage } from "../objects/use-cases.ts";
import { type OperationResult, Status, type Value } from "../wire/message.ts";
import type { CommandOrigin, DeviceContext, Feature, ServedObject } from "./feature.ts";
import { Kept } from "./kept.ts";
import { denied, integer, refused, success, withValue } from "./results.ts";

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
}

const deviceLogChanged = 0x8f12;
const installCodeCredential = 1;
/** Blue Book class 104: ESME, GSME, HCALCS, IHD, CAD, PPMID, and GPF, which the hub must support. Not CS03's. */
const deviceTypes = [0, 1, 13, 128, 130, 132, 254];
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

class DeviceLog implements Feature {
  readonly name = "device-log";
  readonly objects: readonly ServedObject[];
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
    this.objects = [
      {
        object: objects.deviceLog.id,
        get: (member) => this.#get(member),
        set: (member, value, origin) => this.#set(member, value, origin),
        call: (member, argument, origin) => {
          if (member === 1) return this.#register(argument, origin);
          if (member === 2) return this.#unregister(argument as Uint8Array, origin);
          return withValue(this.#backup());
        },
      },
    ];
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

  #get(member: number): OperationResult {
    if (member === 2) return withValue(this.#han.joinWindowOpen);
    return withValue(member === 3 ? this.#joinTimeout.value : this.#entries());
  }

  async #set(member: number, value: Value, origin: CommandOrigin): Promise<OperationResult> {
    if (member !== 2 && member !== 3) return denied;
    if (this.#refusedBy === commandText(origin)) return refused();
    if (member === 3) return this.#setTimeout(integer(value));
    if (value === false) await this.#han.closeJoinWindow();
    else if (this.#joinTimeout.value === 0) return refused();
    else await this.#han.openJoinWindow(this.#joinTimeout.value);
    return success;
  }

  async #setTimeout(seconds: number): Promise<OperationResult> {
    if (seconds > maxJoinTimeoutS) return refused();
    await this.#joinTimeout.keep(seconds);
    return success;
  }

  async #register(argument: Value, origin: CommandOrigin): Promise<OperationResult> {
    const result = await this.#add(argument);
    this.#refusedBy = result.status === Status.success ? undefined : commandText(origin);
    return result;
  }

  /** Adding a listed device again succeeds and changes nothing; its key is not even read (facts §7.1). */
  async #add(argument: Value): Promise<OperationResult> {
    const [eui64, keyType, installCode, deviceType] = argument as [Uint8Array, Value, Uint8Array, Value];
    if (this.#lists(eui64)) return success;
    if (integer(keyType) !== installCodeCredential || !deviceTypes.includes(integer(deviceType)))
      return refused();
    if (!installCodeOctets.includes(installCode.length)) return refused();
    const outcome = await this.#han.allow(eui64, installCode, integer(deviceType));
    if (outcome === "full") return refused(Status.temporaryFailure);
    await this.#tellChange();
    return success;
  }

  async #unregister(eui64: Uint8Array, origin: CommandOrigin): Promise<OperationResult> {
    const command = `${commandText(origin)} ${euiText(eui64)}`;
    if (this.#lists(eui64))
      await this.#removedBy.keepWith(command, async (change) => {
        await this.#han.remove(eui64, change);
      });
    else if (this.#removedBefore !== command) return refused();
    await this.#tellChange();
    return success;
  }

  #lists(eui64: Uint8Array): boolean {
    const name = euiText(eui64);
    return this.#han.devices().some((device) => device.eui64 === name);
  }

  /** {time, extended PAN id, [{EUI, hash of its link key; empty when none}]} */
  #backup(): Value {
    const devices = this.#han.devices().map((device) => [euiBytes(device.eui64), device.linkKeyHash]);
    return [this.#context.stampS(), this.#han.extendedPanId, devices];
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
      message: AlertMessage.deviceLogChanged,
      to: "accessControlBroker",
      values: [this.#backup()],
    } as const;
    await this.#told.keepWith(summary, (change) => this.#context.raise(alert, [change]));
  }

  /**
   * The 14 fields of CCS06, in its order. The field named averageRSSI carries the link quality of a sub-GHz
   * device; ours are all at 2.4 GHz.
   */
  #entries(): Value {
    return this.#han
      .devices()
      .map((device) => [
        euiBytes(device.eui64),
        statusBits(device.status),
        device.maxRssiDbm,
        this.#settings.linkQualityAt24GHz,
        device.minRssiDbm,
        device.maxLqi,
        device.averageLqi,
        device.minLqi,
        device.lastHeardS,
        device.hops,
        device.failures,
        device.successes,
        device.applicationVersion,
        device.stackVersion,
      ]);
  }
}

const commandText = ({ code, originator, counter }: CommandOrigin): string =>
  `${code}/${originator}/${counter}`;

/**
 * The bit string of Blue Book class 104, first bit highest: 0 authorised on the PAN, 1 actively reporting, 4 Smart
 * Energy profile in use. From memory, unverified, but for C8 = all three of them in the reference messages.
 */
function statusBits(status: number): number {
  return 0x80 | (status >= 1 ? 0x40 : 0) | (status >= 2 ? 0x08 : 0);
}
