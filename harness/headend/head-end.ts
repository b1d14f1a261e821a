/**
 * The head end of one run: the service users and the DCC in one place. A service request becomes a
 * pre-command, is correlated and signed by its user, MACed by the ACB and sent; responses and alerts are
 * authenticated, opened and matched. Time is the run's: nothing here waits for anything but virtual time.
 */

import { lastGaspCode } from "../../firmware/features/hub-outage/feature.ts";
import {
  type DeviceName,
  fromPlain,
  grantsOn,
  messages,
  plainFault,
  type Role,
  type UseCase,
  type ValueOf,
  valueTypes,
} from "../../firmware/model/index.ts";
import {
  type Eui64,
  type Header,
  Kind,
  type OperationResult,
  UNSET_TIME,
  type Value,
} from "../../firmware/wire/message.ts";
import type { Suite } from "../../firmware/wire/suite.ts";
import { CodedError } from "../../hal/base/coded-error.ts";
import { toHex } from "../../hal/base/hex.ts";
import type { Cancel, Crypto, Signer } from "../../hal/board.ts";
import { expectKey, takeKey } from "./device-keys.ts";
import type { Exchange } from "./exchange.ts";
import { Inventory, type InventoryEvent } from "./inventory.ts";
import type { KnownDevice } from "./known-device.ts";
import type { Party, PartyName } from "./parties.ts";
import type { TestPki } from "./pki.ts";
import { type ReceivedAlert, type ReceivedResponse, Receiver, type RefusedMessage } from "./receiver.ts";
import { type Parameters, type Reference, serviceRequest } from "./requests/index.ts";
import type { DeviceBackup } from "./requests/request.ts";
import { Sealing } from "./sealing.ts";
import { Transactions } from "./transactions.ts";
import { type PreCommand, transform } from "./transform.ts";
import { Vending } from "./vending.ts";

/** The head end's side of the WAN, and the run's time. */
export interface HeadEndPorts {
  readonly crypto: Crypto;
  readonly suite: Suite;
  readonly pki: TestPki;
  /** Sends bytes to the hub; `done` runs once. */
  deliver(bytes: Uint8Array, done: (outcome: "delivered" | "failed") => void): void;
  after(delayMs: number, action: () => void): Cancel;
  /** UTC seconds; left out: the inventory's dates are 1970's. */
  nowS?(): number;
  observe(event: { readonly kind: string; readonly [field: string]: unknown }): void;
}

/** What the DCC itself tells a user (DUIS DCC alert). */
export interface DccAlert {
  /** AD1: power outage. */
  readonly code: "AD1";
  readonly to: PartyName;
  readonly hub: Eui64;
  /** When the supply was lost, UTC seconds; absent when the hub's clock was not set. */
  readonly startS?: number;
  /** Import metering points of the home. */
  readonly mpxns: readonly string[];
}

export interface RequestOptions {
  /** Who asks; default the supplier. */
  readonly by?: PartyName;
  readonly to: Eui64;
  /** Virtual time to wait for the response; default 120 s. */
  readonly timeoutMs?: number;
  /**
   * Skips the checks of the DCC (user role, inventory) and lets the party originate the command itself,
   * so that the device's own refusal can be seen.
   */
  readonly unchecked?: boolean;
  /** Signs with this key instead of the user's: for attacks. */
  readonly signWith?: Signer;
  /** Changes the command on its way: for attacks. */
  readonly tamper?: (bytes: Uint8Array) => Uint8Array;
}

export const defaultTimeoutMs = 120_000;
/** Users of the DCC outside this head end: what is theirs is handed to them. */
export interface OutsideUsers {
  /** True when it answers a command of theirs. */
  answer(response: Header, bytes: Uint8Array): boolean;
  /** An authentic alert of a device, once. */
  alert(alert: ReceivedAlert): void;
  dccAlert(alert: DccAlert): void;
}

export class HeadEnd {
  readonly pki: TestPki;
  readonly inventory: Inventory;
  readonly alerts: ReceivedAlert[] = [];
  readonly dccAlerts: DccAlert[] = [];
  /** Messages that nobody could authenticate or match, and alerts that came again. */
  readonly refused: RefusedMessage[] = [];
  readonly #ports: HeadEndPorts;
  readonly #devices = new Map<Eui64, KnownDevice>();
  readonly #waiting: Transactions<Exchange>;
  #outside: OutsideUsers | undefined;
  readonly #receiver: Receiver;
  readonly sealing: Sealing;
  readonly #vending: Vending;
  /** Alerts taken, by device and counter: the same one again is a repetition on the way, or a replay. */
  readonly #alertsTaken = new Set<string>();
  /** Each hub's log as it was last told. */
  readonly #backups = new Map<Eui64, DeviceBackup>();

  constructor(ports: HeadEndPorts) {
    this.#ports = ports;
    this.inventory = new Inventory(ports.nowS);
    this.pki = ports.pki;
    this.#waiting = new Transactions(ports);
    const asked = (response: Header) => this.#waiting.of(response)?.preCommand;
    this.sealing = new Sealing(ports, (eui) => this.device(eui));
    this.#vending = new Vending(ports.crypto);
    this.#receiver = new Receiver(ports, this.#devices, asked);
  }

  get parties(): Readonly<Record<PartyName, Party>> {
    return this.pki.parties;
  }

  /** Tells the head end of a device's certificates (they come with its manufacture). */
  register(device: KnownDevice): void {
    this.#devices.set(device.eui, device);
  }

  get devices(): readonly KnownDevice[] {
    return [...this.#devices.values()];
  }

  get backups(): ReadonlyMap<Eui64, DeviceBackup> {
    return this.#backups;
  }

  /** From now on, what is for users outside goes to them. */
  serveOutside(users: OutsideUsers): void {
    this.#outside = users;
  }

  /** A device has been handed from one supplier to another. */
  handOver(eui: Eui64, from: PartyName, to: PartyName): void {
    const { parties } = this.device(eui);
    parties.delete(from);
    parties.add(to);
  }

  device(eui: Eui64): KnownDevice {
    const device = this.#devices.get(eui);
    if (device === undefined)
      throw new CodedError("headend/unknown-device", `the head end knows no device ${eui}`, { eui });
    return device;
  }

  /** Sends a service request; the exchange changes as virtual time runs. Throws what is refused before sending. */
  submit<R extends Reference>(reference: R, parameters: Parameters<R>, options: RequestOptions): Exchange<R> {
    const preCommand = this.prepare(reference, parameters, options);
    const sealed = this.sealing.protect(preCommand, options.signWith);
    const bytes = options.tamper?.(sealed) ?? sealed;
    const { header } = preCommand.command;
    const { originator, target, counter } = header;
    const exchange: Exchange<R> = { reference, preCommand, bytes, originator, target, status: "sent" };
    this.#ports.observe({
      kind: "request",
      reference,
      useCase: preCommand.useCase.id,
      title: inWords(preCommand.definition.title),
      by: options.by ?? "supplier",
      originator,
      target,
      counter,
      parameters,
    });
    this.expect(preCommand);
    const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
    this.#waiting.send(header, bytes, exchange, timeoutMs, (how) => this.#settle(exchange, how));
    return exchange;
  }

  /** A top-up token of `pence` for a device, which a person enters there or 2.2 carries. Throws `headend/token`. */
  vend(device: Eui64, pence: number, by: PartyName = "supplier"): string {
    return this.#vending.vend(this.device(device), pence, this.parties[by]);
  }

  /** Service request to pre-command, checked: eligible user, device in service. */
  prepare<R extends Reference>(reference: R, parameters: Parameters<R>, options: RequestOptions): PreCommand {
    const definition = serviceRequest(reference);
    const user = this.parties[options.by ?? "supplier"];
    const device = this.device(options.to);
    if (!options.unchecked) this.#checkUser(reference, definition.roles, user, device);
    const { actsAs } = definition.byHand;
    const party = actsAs !== undefined && definition.roles.includes(user.role) ? this.parties[actsAs] : user;
    const route =
      options.unchecked || party !== user
        ? { originator: party.eui, counter: this.#vending.counterOf(reference, parameters, party) }
        : this.#route(reference, parameters, user, device);
    const request = {
      reference,
      parameters,
      role: party.role,
      target: device,
      typeOf: this.#typeOf,
      backups: this.#backups,
      ...route,
    };
    return transform(request, this.#ports.suite.wire);
  }

  /** Takes one message from the hub. Never throws: what cannot be believed is kept in `refused`. */
  receive(bytes: Uint8Array): void {
    const received = this.#receiver.open(bytes);
    if (this.#outside !== undefined && received.kind !== "alert") {
      const { header } = received;
      if (header?.kind === Kind.response && this.#outside.answer(header, bytes)) return;
    }
    if (received.kind === "refused") this.#refuse(received);
    else if (received.kind === "alert") this.#takeAlert(received);
    else this.#takeResponse(received);
  }

  #takeResponse({ header, answer }: ReceivedResponse): void {
    const exchange = this.#waiting.take(header);
    if (exchange === undefined) {
      this.#refuse({ kind: "refused", reason: "no-such-command", bytes: answer.bytes, header });
      return;
    }
    exchange.status = "answered";
    exchange.answer = answer;
    const { reference } = exchange;
    this.#ports.observe({ ...header, kind: "answered", reference, results: answer.results });
    this.progress(exchange.preCommand, answer.results);
  }

  /** A command is on its way that may change what is believed of its device. */
  expect({ useCase, command }: PreCommand): void {
    if (useCase.id === "CS02d") expectKey(this.device(command.header.target), command, this.#ports.suite);
  }

  /** What an answer means for the inventory. */
  progress({ useCase, command, request }: PreCommand, results: readonly OperationResult[]): void {
    if (results.some(({ status }) => status !== 0)) return;
    const { target } = command.header;
    if (useCase.id === "CS02d") takeKey(this.device(target), command, results, this.#ports.suite);
    const [argument] = command.operations.map(({ value }) => value);
    const device = Array.isArray(argument) ? argument[0] : argument;
    if (useCase.id === "CCS01" && device instanceof Uint8Array) this.#move(toHex(device), "whitelisted");
    if (useCase.id === "CCS02" && device instanceof Uint8Array) this.#move(toHex(device), "removedFromHub");
    if (request.reference === "8.1.1") this.#move(target, "commissioned");
    if (/^CS03[ABC]/.test(useCase.id) && !isMeter(this.device(target).type))
      this.#move(target, "joinedToMeter");
  }

  /** A device's progress as seen on the wire; one the inventory does not know, or has further on, stays as it is. */
  #move(eui: Eui64, event: InventoryEvent): void {
    const entry = this.inventory.find(eui);
    if (entry === undefined || !this.inventory.allows(eui, event)) return;
    const { status } = this.inventory.apply(eui, event);
    this.#ports.observe({ kind: "inventory", device: eui, from: entry.status, to: status });
  }

  #takeAlert(alert: ReceivedAlert): void {
    const { bytes, kind: _, header, ...told } = alert;
    const key = `${header.originator}/${header.counter}`;
    if (this.#alertsTaken.has(key)) {
      this.#refuse({ kind: "refused", reason: "repeated", bytes, header });
      return;
    }
    this.#alertsTaken.add(key);
    if (header.code === lastGaspCode) {
      this.#tellOutage(header.originator, alert.values);
      return;
    }
    this.alerts.push(alert);
    this.#outside?.alert(alert);
    this.#ports.observe({ kind: "alert", message: header.code, counter: header.counter, ...told });
    if (header.code === messages.CS14.code) {
      this.#keepBackup(header.originator, alert.values);
      for (const { eui, joined } of listedDevices(alert.values)) {
        this.#move(eui, "whitelisted"); // the answer to 8.11 may have been lost
        if (joined) this.#move(eui, "joined");
      }
    }
  }

  /** What the hub's log is, for the one that follows it (8.12.1). */
  #keepBackup(hub: Eui64, [value]: readonly Value[]): void {
    if (plainFault(valueTypes.devicesBackup, value ?? null, "CS14") !== undefined) return;
    const told = fromPlain(valueTypes.devicesBackup, value as Value, "CS14");
    const { panId, devices } = told as ValueOf<typeof valueTypes.devicesBackup>;
    this.#backups.set(hub, { panId, devices });
  }

  /** A hub's last gasp is for the WAN provider: what the network operator hears of it is the DCC's AD1. */
  #tellOutage(hub: Eui64, [lostS]: readonly Value[]): void {
    const mpxns = this.inventory.list().flatMap((entry) => (entry.hub === hub ? (entry.mpxn ?? []) : []));
    const start = typeof lostS === "number" && lostS !== UNSET_TIME ? { startS: lostS } : {};
    const alert: DccAlert = { code: "AD1", to: "networkOperator", hub, ...start, mpxns };
    // A hub whose attempt seemed to fail tries again: one outage is told once.
    if (lostS !== UNSET_TIME && this.dccAlerts.some((a) => a.hub === hub && a.startS === lostS)) return;
    this.dccAlerts.push(alert);
    this.#outside?.dccAlert(alert);
    this.#ports.observe({ kind: "dcc-alert", ...alert });
  }

  #refuse(received: RefusedMessage): void {
    this.refused.push(received);
    this.#ports.observe({ ...(received.header ?? {}), kind: "message-refused", reason: received.reason });
  }

  readonly #typeOf = (eui: Eui64) => this.inventory.read(eui).type;

  #checkUser(reference: string, roles: readonly Role[], user: Party, device: KnownDevice): void {
    if (!roles.includes(user.role))
      throw new CodedError(
        "headend/not-eligible",
        `service request ${reference} may be asked by ${roles.join(" or ")}, not by a ${user.role}`,
        { reference, role: user.role },
      );
    this.inventory.requireInService(device.eui);
  }

  /** A party that the device does not know, or does not let do this, speaks through the ACB. */
  #route(reference: string, parameters: unknown, user: Party, device: KnownDevice) {
    const own = { originator: user.eui, counter: this.#vending.counterOf(reference, parameters, user) };
    const broker = this.parties.accessControlBroker;
    if (user === broker || serviceRequest(reference).critical) return own;
    const context = { typeOf: this.#typeOf, backups: this.#backups };
    const probe = { reference, parameters, role: user.role, target: device, ...context, ...own };
    const { useCase } = transform(probe, this.#ports.suite.wire);
    const allowed = grantsOn(useCase, device.type).some(({ role }) => role === user.role);
    if (device.parties.has(user.name) && allowed) return own;
    return {
      originator: broker.eui,
      counter: broker.nextCounter(),
      supplementary: { party: user.eui, counter: own.counter, ...this.#shown(useCase, user, device) },
    };
  }

  /** The certificate of a party that the device does not know, where it is to hide its answer for it. */
  #shown({ sensitive }: UseCase, user: Party, device: KnownDevice): { readonly certificate?: Uint8Array } {
    if (!sensitive || this.#ports.suite.hiddenFor === "originator" || device.parties.has(user.name))
      return {};
    return { certificate: user.keys.agree.certificate };
  }

  #settle(exchange: Exchange, status: "undelivered" | "timed-out"): void {
    exchange.status = status;
    const { target, counter } = exchange.preCommand.command.header;
    this.#ports.observe({ kind: "no-answer", reference: exchange.reference, status, target, counter });
  }
}

/** CS14: {time, extended PAN id, [{EUI, hash of its link key}]}; a device that has established a key has a hash. */
function listedDevices(values: readonly Value[]): { readonly eui: Eui64; readonly joined: boolean }[] {
  const list = (value: Value | undefined): readonly Value[] => (Array.isArray(value) ? value : []);
  return list(list(values[0])[2]).flatMap((row) => {
    const [eui, hash] = list(row);
    return eui instanceof Uint8Array && hash instanceof Uint8Array
      ? [{ eui: toHex(eui), joined: hash.length > 0 }]
      : [];
  });
}

/** Meters are commissioned by their clock (8.1.1), what stands beside them by joining them. */
const isMeter = (type: DeviceName): boolean => serviceRequest("8.1.1").devices.includes(type);

/** A title inside a sentence. */
const inWords = (title: string): string => title.charAt(0).toLowerCase() + title.slice(1);
