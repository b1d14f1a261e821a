/** A party of the set, as its private keys are there: makes authentic commands that the set does not hold. */
import {
  type DeviceName,
  grantsOn,
  type MessageId,
  type Role,
  type Step,
  toPlain,
  useCase,
} from "../../firmware/model/index.ts";
import { type Header, Kind, type Operation, type Value } from "../../firmware/wire/message.ts";
import type { Suite } from "../../firmware/wire/suite.ts";
import { envelopeSuites, suites } from "../../firmware/wire/suites.ts";
import { CodedError } from "../../hal/base/coded-error.ts";
import { euiBytes } from "../../hal/base/eui64.ts";
import type { Kit, RunningReference } from "./reference-device.ts";

const suite: Suite = suites.gbcs;

export interface Sent {
  /** By path ("object.member"), named as the model has them; steps that may be left out are, without a value. */
  readonly values?: Readonly<Record<string, unknown>>;
  /** Default: the first role that may send it. */
  readonly role?: Role;
  readonly counter?: bigint;
  readonly supplementary?: Header["supplementary"];
}

/** The bytes of a command to a running device. Throws `conform/keys` without the private keys that it takes. */
export function makeCommand(running: RunningReference, kit: Kit, id: MessageId, sent: Sent): Uint8Array {
  const { device } = running;
  const row = useCase(id);
  const grants = grantsOn(row, device.deviceType as DeviceName);
  const grant = grants.find(({ role }) => role === sent.role) ?? grants[0];
  const role = sent.role ?? grant?.role ?? "supplier";
  const originator = device.anchors.holder(role)?.eui ?? "";
  const { counter = 1n << 40n, supplementary, values = {} } = sent;
  const base = { kind: Kind.command, code: row.code, originator, target: device.identity.eui64, counter };
  const header: Header = supplementary === undefined ? base : { ...base, supplementary };
  const operations = row.steps.flatMap((step) => operationOf(step, values) ?? []);
  const plain = suite.wire.encode({ header, operations });
  return seal(plain, header, grant?.protection ?? "signature+mac", running, kit);
}

/** A command of which only the header matters: it never comes to what it asks. For another party the ACB only MACs. */
export function makeHeader(running: RunningReference, kit: Kit, header: Header): Uint8Array {
  const nothing = Uint8Array.of(0x05, 0);
  const plain = envelopeSuites.gbcs.wire.encode({ header, payload: nothing });
  return seal(plain, header, header.supplementary === undefined ? "signature+mac" : "mac", running, kit);
}

function operationOf(step: Step, values: Readonly<Record<string, unknown>>): Operation | undefined {
  const value = values[step.path];
  if (value === undefined && step.times[0] === 0) return undefined;
  const asked = { kind: step.kind, object: step.target.id, member: step.no };
  return value === undefined ? asked : { ...asked, value: toPlain(step.carries, value as never) as Value };
}

function seal(
  plain: Uint8Array,
  header: Header,
  protection: "mac" | "signature" | "signature+mac",
  { device }: RunningReference,
  { keys, crypto }: Kit,
): Uint8Array {
  const noKeyId = new Uint8Array(8);
  const signing = keys.party(header.originator)?.keys.ds?.secret;
  const broker = keys.party(device.anchors.holder("accessControlBroker")?.eui ?? "")?.keys.ka?.secret;
  const own = keys.party(header.target)?.keys.ka?.publicKey;
  const missing =
    (protection !== "mac" && signing === undefined) || broker === undefined || own === undefined;
  if (missing) throw new CodedError("conform/keys", `no private keys of ${header.originator} and of the ACB`);
  const signed =
    protection === "mac" ? plain : suite.wire.sign(plain, suite.signer(crypto, signing!).sign, noKeyId);
  if (protection === "signature") return signed;
  const pair = { originator: euiBytes(header.originator), target: euiBytes(header.target) };
  const mac = suite.macs(crypto, suite.agreement(crypto, broker), own, pair);
  if (mac === undefined) throw new CodedError("conform/keys", "the ACB and the device agree no secret");
  return suite.wire.protect(signed, mac(header), noKeyId);
}
