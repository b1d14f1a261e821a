/**
 * Has a device raise an alert of a reference set by its cause, and compares. An alert that tells the outcome of a
 * future-dated command is caused by that command, which the set has beside it; others by what `causes.ts` says.
 */
import type { Plain, ValueType } from "../../firmware/model/index.ts";
import { Kind } from "../../firmware/wire/message.ts";
import { envelopeSuites } from "../../firmware/wire/suites.ts";
import { messageOf } from "../../hal/base/coded-error.ts";
import { toHex } from "../../hal/base/hex.ts";
import { causes } from "./causes.ts";
import { type Comparison, compareLeaves, identical } from "./compare.ts";
import { makingOfValues } from "./premises-of.ts";
import { type Envelope, type ReadCommand, readCommand } from "./reading.ts";
import { beginS, type ReferenceDevice, type RunningReference } from "./reference-device.ts";
import { type CommandSample, causesOf, type Reference, type ReferenceSet } from "./reference-set.ts";
import { type Bench, type Outcome, prepare } from "./samples.ts";

const peek = envelopeSuites.gbcs.wire.peek;

export async function runAlert(
  alert: Reference,
  device: ReferenceDevice,
  set: ReferenceSet,
  bench: Bench,
): Promise<Outcome> {
  try {
    const command = causesOf(set, alert).find((sample) => names(alert, sample, bench));
    const running = command
      ? await carryOutOnce(alert, command, device, set, bench)
      : await provoke(alert, device, bench);
    if (running === undefined) return { answered: false, result: "differs", why: "no cause is known" };
    return best(alert.envelope, running, bench);
  } catch (error) {
    return { answered: false, result: "differs", why: messageOf(error) };
  }
}

/** Whether the alert tells the outcome of this command: it repeats the command's counter. */
function names(alert: Reference, { command }: CommandSample, { reader }: Bench): boolean {
  const { code, counter } = command.envelope.header;
  const inOctets =
    `${code.toString(16).padStart(4, "0")}${counter.toString(16).padStart(16, "0")}`.toUpperCase();
  return reader.alertLeaves(alert.envelope).some(({ path, value }) => {
    if (value instanceof Uint8Array) return toHex(value).startsWith(inOctets);
    return /counter$/i.test(path) && !path.startsWith("header") && BigInt(value as bigint) === counter;
  });
}

/** One command has many outcomes. */
const carriedOut = new WeakMap<CommandSample, Promise<RunningReference>>();

function carryOutOnce(
  alert: Reference,
  sample: CommandSample,
  device: ReferenceDevice,
  set: ReferenceSet,
  bench: Bench,
): Promise<RunningReference> {
  const known = carriedOut.get(sample) ?? carryOut(alert, sample, device, set, bench);
  carriedOut.set(sample, known);
  return known;
}

/** Sends the command, and lets its time come. */
async function carryOut(
  alert: Reference,
  sample: CommandSample,
  device: ReferenceDevice,
  set: ReferenceSet,
  bench: Bench,
): Promise<RunningReference> {
  const { command, response } = sample;
  const asked = readCommand(command.envelope);
  const { running } = await prepare(device, bench, command, asked, (response ?? command).envelope);
  const { values, header } = bench.reader.alert(alert.envelope);
  await loadOutcome(running, asked, values as readonly Plain[]);
  await running.device.setAlertCounter(firstCounter(alert, sample, set, bench) - 1n);
  await running.ask(command.bytes);
  await running.moveTo((header.timeS ?? beginS) - 1);
  await running.run(3000);
  return running;
}

/** All outcomes of a command have counters of their own, one after the other. */
function firstCounter(alert: Reference, sample: CommandSample, set: ReferenceSet, bench: Bench): bigint {
  const siblings = set.alerts.filter(
    (each) => causesOf(set, each).includes(sample) && names(each, sample, bench),
  );
  const counters = [alert, ...siblings].map(({ envelope }) => envelope.header.counter);
  return counters.sort((a, b) => (a < b ? -1 : 1))[0] as bigint;
}

async function loadOutcome(
  { device }: RunningReference,
  { matched }: ReadCommand,
  values: readonly Plain[],
): Promise<void> {
  const [operation] = matched;
  const gives = operation && answerWith(operation.step.gives, values.at(-1) ?? null);
  if (operation !== undefined && gives !== undefined) await device.load(operation, gives);
}

/** The answer that tells an outcome, of a service that answers at once or later. */
function answerWith(type: ValueType, outcome: Plain): Plain | undefined {
  if (type.kind === "choice") {
    const index = Object.keys(type.options).indexOf("outcome");
    return index < 0 ? undefined : [index, outcome];
  }
  if (type.kind !== "structure" || !("outcome" in type.fields)) return undefined;
  return Object.keys(type.fields).map((name) => (name === "outcome" ? outcome : null));
}

async function provoke(
  alert: Reference,
  device: ReferenceDevice,
  bench: Bench,
): Promise<RunningReference | undefined> {
  const told = bench.reader.alert(alert.envelope);
  const cause = causes[told.alertCode];
  if (cause === undefined) return undefined;
  const running = await device.boot(makingOfValues(alert.envelope, told.values as readonly Plain[]));
  if (device.type === "CHF") await attach(running);
  await running.device.setAlertCounter(alert.envelope.header.counter - 1n);
  await cause({ running, alert: told, header: alert.envelope.header, device, kit: bench.kit });
  await running.run(5000);
  return running;
}

/** A hub's alerts leave by the WAN, which takes a while to come up. */
async function attach(running: RunningReference): Promise<void> {
  await running.run(15_000);
  await running.moveTo(beginS);
}

/** Of the alerts that left the most alike one. */
function best(reference: Envelope, { sent, troubles }: RunningReference, bench: Bench): Outcome {
  const outcomes = sent.flatMap((bytes) => outcomeOf(reference, bytes, bench) ?? []);
  const order = ["identical", "sameShape", "differs"] as const;
  outcomes.sort((a, b) => order.indexOf(a.result) - order.indexOf(b.result));
  const [found] = outcomes;
  if (found !== undefined) return { answered: true, ...found };
  const why = `not raised${troubles.length > 0 ? `: ${troubles.join(", ")}` : ""}`;
  return { answered: false, result: "differs", why };
}

/** Undefined for a message that is no alert of this code. */
function outcomeOf(reference: Envelope, bytes: Uint8Array, { reader, check }: Bench): Comparison | undefined {
  const own = peek(bytes);
  const { kind, code, target } = own.header;
  if (kind !== Kind.alert || code !== reference.header.code || target !== reference.header.target)
    return undefined;
  if (reader.alert(own).alertCode !== reader.alert(reference).alertCode) return undefined;
  const checked = check(bytes);
  if (checked.status !== "ok")
    return { result: "differs", why: `the alert does not verify: ${checked.reason ?? ""}` };
  if (identical(reference, own)) return { result: "identical" };
  return compareLeaves(reader.alertLeaves(reference), reader.alertLeaves(own));
}
