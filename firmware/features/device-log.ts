/**
 * The hub's device log (CCS01 add, CCS02 remove, CCS06 read, backup_PAN of CCS07), over the home network's
 * coordinator, which keeps the entries. Every change is told to the ACB: alert 0018, code 8F12 (CS14).
 */
import type { Cancel, Listener } from "../../hal/board.ts";
import type { HanDeviceEntry, HanEvent } from "../han/options.ts";
import { objects } from "../objects/dictionary.ts";
import { AlertMessage } from "../objects/use-cases.ts";
import { euiBytes } from "../security/eui.ts";
import { type OperationResult, Status, type Value } from "../wire/message.ts";
import type { DeviceContext, Feature, ServedObject } from "./feature.ts";
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
  remove(eui64: Uint8Array): Promise<boolean>;
  openJoinWindow(seconds: number): Promise<void>;
  closeJoinWindow(): Promise<void>;
  devices(): readonly HanDeviceEntry[];
  onEvent(listener: Listener<HanEvent>): Cancel;
}

const deviceLogChanged = 0x8f12;
const installCodeCredential = 1;
/** GBCS device types that may be listed: GSME, ESME, GPF (3 and 254), HCALCS, PPMID, type 2. */
const deviceTypes = [0, 1, 3, 4, 5, 6, 254];

export function deviceLogFeature(context: DeviceContext, han: DeviceLogHan): Feature {
  return new DeviceLog(context, han);
}

class DeviceLog implements Feature {
  readonly name = "device-log";
  readonly objects: readonly ServedObject[];
  readonly #context: DeviceContext;
  readonly #han: DeviceLogHan;
  /** Seconds that the join window stays open. */
  readonly #joinTimeout: Kept<number>;
  /** The devices, and whether each has a key, as the ACB was last told. */
  readonly #told: Kept<readonly string[]>;

  constructor(context: DeviceContext, han: DeviceLogHan) {
    this.#context = context;
    this.#han = han;
    this.#joinTimeout = new Kept<number>(context.journal, "device-log/join-timeout", 0);
    this.#told = new Kept<readonly string[]>(context.journal, "device-log/told", []);
    this.objects = [
      {
        object: objects.deviceLog.id,
        get: (member) => this.#get(member),
        set: (member, value) => this.#set(member, value),
        call: (member, argument) => {
          if (member === 1) return this.#register(argument);
          return member === 2 ? this.#unregister(argument as Uint8Array) : withValue(this.#backup());
        },
      },
    ];
  }

  async start(): Promise<void> {
    const handle = this.#context.event<HanEvent>("device-log", async (event) => {
      if (event.kind === "joined") await this.#tellChange();
    });
    this.#han.onEvent((event) => void handle(event)); // not awaited: told inside this device's own turn
    // A power cut may have come between a change and its alert.
    if (this.#summary().join() !== this.#told.value.join()) await this.#tellChange();
  }

  #get(member: number): OperationResult {
    if (member === 2) return withValue(this.#han.joinWindowOpen);
    return withValue(member === 3 ? this.#joinTimeout.value : this.#han.devices().map(logEntry));
  }

  async #set(member: number, value: Value): Promise<OperationResult> {
    if (member === 3) await this.#joinTimeout.keep(integer(value));
    else if (member !== 2) return denied;
    else if (value === false) await this.#han.closeJoinWindow();
    else if (this.#joinTimeout.value === 0) return refused();
    else await this.#han.openJoinWindow(this.#joinTimeout.value);
    return success;
  }

  /** Adding a listed device again succeeds and changes nothing, its key included (facts §7.1). */
  async #register(argument: Value): Promise<OperationResult> {
    const [eui64, keyType, installCode, deviceType] = argument as [Uint8Array, Value, Uint8Array, Value];
    if (integer(keyType) !== installCodeCredential || !deviceTypes.includes(integer(deviceType)))
      return refused();
    const outcome = await this.#han.allow(eui64, installCode, integer(deviceType));
    if (outcome === "full") return refused(Status.temporaryFailure);
    if (outcome === "added") await this.#tellChange();
    return success;
  }

  async #unregister(eui64: Uint8Array): Promise<OperationResult> {
    if (!(await this.#han.remove(eui64))) return refused();
    await this.#tellChange();
    return success;
  }

  /** {time, extended PAN id, [{EUI, hash of its link key; empty when none}]} */
  #backup(): Value {
    const devices = this.#han.devices().map((device) => [euiBytes(device.eui64), device.linkKeyHash]);
    return [this.#context.stampS(), this.#han.extendedPanId, devices];
  }

  #summary(): string[] {
    return this.#han.devices().map(({ eui64, linkKeyHash }) => `${eui64}/${linkKeyHash.length}`);
  }

  #tellChange(): Promise<void> {
    const alert = {
      alertCode: deviceLogChanged,
      message: AlertMessage.deviceLogChanged,
      to: "accessControlBroker",
      values: [this.#backup()],
    } as const;
    return this.#told.keepWith(this.#summary(), (change) => this.#context.raise(alert, [change]));
  }
}

/** The 14 fields of CCS06, in its order. */
function logEntry(device: HanDeviceEntry): Value {
  return [
    euiBytes(device.eui64),
    device.status,
    device.maxRssiDbm,
    device.averageRssiDbm,
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
  ];
}
