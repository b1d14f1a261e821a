/** What scenarios have in common: a commissioned home, and refusals seen from both ends. */
import assert from "node:assert/strict";
import type { ModelledDevice } from "../../firmware/devices/boot.ts";
import { type DeviceName as DeviceType, objects } from "../../firmware/model/index.ts";
import type { Eui64, Operation } from "../../firmware/wire/message.ts";
import type { Suite } from "../../firmware/wire/suite.ts";
import type { Crypto } from "../../hal/board.ts";
import type { HeadEnd } from "../headend/head-end.ts";
import { pairKeys } from "../headend/pair-keys.ts";
import {
  alertText,
  type HomeRequestOptions,
  type Parameters,
  type PartyName,
  type Premises,
  type PremisesOptions,
  premises,
  type Reference,
  wholeLog,
} from "../index.ts";
import { isHub } from "../premises/device-specs.ts";
import type { Subject } from "./samples/sample.ts";

/** A home that is up: hub attached, meter joined and its clock set. */
export async function commissioned(context: Mocha.Context, options: PremisesOptions = {}): Promise<Premises> {
  const home = await premises(context, options);
  await home.commission();
  return home;
}

/** What a refusal must look like: the device's one reason, and the alert that reaches the head end. */
export interface Refusal {
  readonly reason: string;
  readonly alertCode: number;
  readonly device?: string;
}

/** Does `action`, and expects exactly one refusal and its alert, and nothing accepted. */
export async function expectRefusal(home: Premises, expected: Refusal, action: () => unknown): Promise<void> {
  const device = expected.device ?? "esme";
  const from = home.trace.events.length;
  const alertsBefore = home.headEnd.alerts.length;
  await action();
  const alert = () =>
    home.headEnd.alerts
      .slice(alertsBefore)
      .find((a) => a.device === home.device(device).eui && a.alertCode === expected.alertCode);
  await home.runUntil(
    () => alert() !== undefined,
    120_000,
    `alert ${alertText(expected.alertCode)} of the ${device}`,
  );
  const own = home.trace.events.slice(from).filter((event) => event.source === device);
  const refused = own.filter((event) => event.kind === "command-refused");
  assert.deepEqual(
    refused.map((event) => event.reason),
    [expected.reason],
  );
  assert.deepEqual(
    own.filter((event) => event.kind === "command-accepted"),
    [],
  );
}

/** A service request that the device must refuse; the checks of the DCC are skipped so that it gets there. */
export async function expectRequestRefused(
  home: Premises,
  reference: Reference,
  parameters: unknown,
  options: HomeRequestOptions,
  expected: Refusal,
): Promise<void> {
  await expectRefusal(home, expected, async () => {
    const exchange = await home.request(reference, parameters as never, {
      timeoutMs: 30_000,
      ...options,
      unchecked: true,
    });
    assert.equal(exchange.status, "timed-out", "a refused command must not be answered");
  });
}

/** Inverts one bit of the last byte but `fromEnd`: of the MAC when 0. */
export const flipBit =
  (fromEnd = 0) =>
  (bytes: Uint8Array): Uint8Array => {
    const changed = bytes.slice();
    const at = changed.length - 1 - fromEnd;
    changed[at] = (changed[at] as number) ^ 1;
    return changed;
  };

/** Octets from the end, on every wire behind the MAC: there stands the signature of a critical command. */
export const macBytes = 34;

type LogToRead = Parameters<"6.13">["LogToRead"];

type LogAsked = readonly [home: Premises, LogToRead: LogToRead, options?: HomeRequestOptions];

/** Every entry of a log, the oldest first. */
export async function logOf(home: Premises, LogToRead: LogToRead, options: HomeRequestOptions = {}) {
  const read = await home.read("6.13", { ReadLogPeriod: wholeLog, LogToRead }, options);
  return read.EventLog ?? read.SecurityLog ?? read.PowerEventLog ?? [];
}
/** The codes of its entries, as text. */
export const codesOf = async (...asked: LogAsked): Promise<string[]> =>
  (await logOf(...asked)).map(({ code }) => alertText(code));

/** Tells the inventory of one more device of the home (12.2), once; the hub may then list it. */
export function announce({ inventory }: HeadEnd, hub: Eui64, eui: Eui64, type: DeviceType): void {
  if (inventory.list().some((entry) => entry.eui === eui)) return;
  inventory.preNotify({ eui, type, installCode: new Uint8Array(16), hub });
}

/** What samples may depend on, of a run's head end. `other`: the device beside the hub, for which tokens are vended. */
export const subjectFor = (
  headEnd: HeadEnd,
  nowS: number,
  { hub, other }: { readonly hub: Eui64; readonly other: Eui64 },
): Subject => ({
  nowS,
  issuingCertificate: headEnd.pki.issuingCertificate,
  contingencyKey: headEnd.pki.contingencyKey,
  nextRootCertificate: () => headEnd.pki.nextRootCertificate(),
  nextKeys: (name) => headEnd.pki.partyKeys(name),
  listed: other,
  vend: (pence) => headEnd.vend(other, pence),
  announce: (eui, type) => announce(headEnd, hub, eui, type),
});

/** A command made by hand, signed and MACed as told: for attacks that no service request makes. */
export interface Forgery {
  readonly code: number;
  readonly operations: readonly Operation[];
  readonly by?: PartyName;
  readonly target?: string;
  readonly counter?: bigint;
  /** Default: as a critical command is protected. */
  readonly protection?: "mac" | "signature" | "signature+mac";
  /** Changes the unprotected bytes. */
  readonly change?: (plain: Uint8Array) => Uint8Array;
}

interface Peer {
  readonly eui: Eui64;
  readonly type: ModelledDevice;
  readonly keys: { readonly agree: { readonly publicKey: Uint8Array } };
}

/** Whom a command is forged for: a home, or the like for a board under test. */
export interface Victim {
  readonly crypto: Crypto;
  readonly suite: Suite;
  readonly headEnd: Pick<HeadEnd, "parties">;
  readonly devices: readonly Peer[];
}

/** The bytes of a forged command, for the first meter unless told; authentic in all that `forgery` does not say otherwise. */
export function forge(home: Victim, forgery: Forgery): Uint8Array {
  const { crypto, suite, headEnd } = home;
  const { wire, keyId } = suite;
  const party = headEnd.parties[forgery.by ?? "supplier"];
  const victim = (home.devices.find((device) => !isHub(device)) ?? home.devices[0]) as Peer;
  const target = forgery.target ?? victim.eui;
  const counter = forgery.counter ?? party.nextCounter();
  const header = { kind: 1, code: forgery.code, originator: party.eui, target, counter } as const;
  const encoded = wire.encode({ header, operations: forgery.operations });
  const plain = forgery.change?.(encoded) ?? encoded;
  const { signer } = party.keys.sign;
  const protection = forgery.protection ?? "signature+mac";
  const signed =
    protection === "mac" ? plain : wire.sign(plain, signer.sign, keyId(crypto, signer.publicKey));
  if (protection === "signature") return signed;
  const { agree } = headEnd.parties.accessControlBroker.keys;
  const peer = home.devices.find((device) => device.eui === target) ?? victim;
  const { mac } = pairKeys(suite, crypto, agree, peer.keys.agree.publicKey, header);
  return wire.protect(signed, mac(header), keyId(crypto, agree.publicKey));
}

/** The operation of ECS43, "disable supply". */
export const disableSupply: Operation = {
  kind: "call",
  object: objects.supplyControl.id,
  member: 1,
  value: 0x34,
};

/** Is the load connected, as the contacts have it? */
export const connected = (home: Premises): boolean => home.device("esme").board.mockLoadSwitch.contactsClosed;
