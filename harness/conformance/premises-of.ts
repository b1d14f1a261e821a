/**
 * The state that a sample presumes, by one rule. What a response reports was so before: each value is loaded through the
 * binding that reports it. Where it reports a failure, the hardware behind the first failing member fails. What a
 * device is made as (elements, phases, who holds its cells) follows from what is asked of it and by whom.
 */
import type { Device } from "../../firmware/devices/device.ts";
import {
  type DeviceName,
  grantsOn,
  type Matched,
  type Plain,
  present,
  useCaseByCode,
  type ValueType,
} from "../../firmware/model/index.ts";
import { type OperationResult, Status } from "../../firmware/wire/message.ts";
import type { KeyStore } from "../verify/index.ts";
import type { Envelope, ReadCommand } from "./reading.ts";
import type { Making } from "./reference-device.ts";

/** `results`: as the reference reports them, where it does. */
export function makingOf(
  type: DeviceName,
  { header }: Envelope,
  { row, matched }: ReadCommand,
  results: readonly OperationResult[],
  keys: KeyStore,
): Making {
  const role = keys.party(header.originator)?.role;
  const holds =
    role !== undefined && role !== "device" && grantsOn(row, type).some((grant) => grant.role === role);
  const twin = matched.some(
    ({ step }, at) => hasTwin(step.gives, results[at]?.value ?? null) || isSecondary(step.path),
  );
  return {
    holders: holds ? { [role]: header.originator } : {},
    elementCount: twin ? 2 : 1,
    phaseCount: matched.some(({ step }) => phaseOf(step.target.obis) > 1) ? 3 : 1,
  };
}

/** The same of what an alert tells. */
export const makingOfValues = ({ header }: Envelope, values: readonly Plain[]): Making => {
  const body = useCaseByCode(header.code)?.alert?.body;
  const twin = body !== undefined && hasTwin(body, values);
  return { holders: {}, elementCount: twin ? 2 : 1, phaseCount: 1 };
};

/** Loads what `results` report. The paths of members that no feature could bring into the state. */
export async function loadState(
  device: Device,
  { matched }: ReadCommand,
  results: readonly OperationResult[],
): Promise<readonly string[]> {
  const unloaded: string[] = [];
  for (const [at, operation] of matched.entries()) {
    const { status, value = null } = results[at] ?? { status: Status.success };
    const { step } = operation;
    if (status !== Status.success || failed(device, operation, value as Plain)) {
      device.setFailing(step.path);
      break;
    }
    const told = step.kind === "get" || step.gives.kind !== "null";
    if (!(await loaded(device, operation, value as Plain)) && told) unloaded.push(step.path);
  }
  return unloaded;
}

/** Whether the value is what the member tells of its own failure. */
function failed(device: Device, operation: Matched, value: Plain): boolean {
  const failure = device.failureOf(operation);
  return failure !== undefined && samePlain(failure, value);
}

const samePlain = (a: Plain, b: Plain): boolean => JSON.stringify(a, shown) === JSON.stringify(b, shown);

const shown = (_key: string, value: unknown): unknown => (typeof value === "bigint" ? `${value}n` : value);

async function loaded(device: Device, operation: Matched, value: Plain): Promise<boolean> {
  if (operation.step.kind === "set") return false;
  try {
    return await device.load(operation, value);
  } catch {
    // Some features refuse values that no command could bring about: then the comparison says what differs.
    return false;
  }
}

/** Whether a value has the members that only twin-element meters have. */
function hasTwin(type: ValueType, value: Plain): boolean {
  if (value === null) return false;
  switch (type.kind) {
    case "structure": {
      const list = value as readonly Plain[];
      const members = present(type.fields, list.length);
      return members.some(([, of], at) => of.kind === "twin" || hasTwin(of, list[at] ?? null));
    }
    case "array":
      return (value as readonly Plain[]).some((each) => hasTwin(type.item, each));
    case "optional":
    case "tagged":
    case "default":
      return hasTwin(type.of, value);
    default:
      return false;
  }
}

/** Members and objects of the second element are named for it. */
const isSecondary = (path: string): boolean => /secondary/i.test(path);

/** COSEM numbers electricity by phase: C is 21 to 40 for L1, 41 to 60 for L2, 61 to 80 for L3 (Blue Book §7.5.1). */
function phaseOf(obis: string): number {
  const [, medium, c] = /^(\d+)-\d+:(\d+)\./.exec(obis) ?? [];
  return medium === "1" && Number(c) >= 41 && Number(c) <= 80 ? (Number(c) > 60 ? 3 : 2) : 1;
}
