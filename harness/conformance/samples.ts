/** Runs one command of a reference set on a device fresh for it, and compares what comes back. */

import type { OperationResult } from "../../firmware/wire/message.ts";
import { envelopeSuites } from "../../firmware/wire/suites.ts";
import { messageOf } from "../../hal/base/coded-error.ts";
import type { Checked } from "../verify/index.ts";
import { type Comparison, compareLeaves, identical } from "./compare.ts";
import { loadState, makingOf } from "./premises-of.ts";
import { type Envelope, type ReadCommand, type Reader, readCommand } from "./reading.ts";
import type { Kit, ReferenceDevice, RunningReference } from "./reference-device.ts";
import type { CommandSample, Reference } from "./reference-set.ts";

/** What became of one message of the set. */
export interface Outcome extends Comparison {
  /** Whether the device answered at all, or raised the alert. */
  readonly answered: boolean;
}

export interface Bench {
  readonly kit: Kit;
  readonly reader: Reader;
  /** Checks a message of a device under the keys that stand in. */
  readonly check: (bytes: Uint8Array) => Checked;
}

const unanswered = (why: string): Outcome => ({ answered: false, result: "differs", why });

export async function runCommand(
  { command, response }: CommandSample,
  device: ReferenceDevice,
  bench: Bench,
): Promise<Outcome> {
  if (response === undefined) return unanswered("the set has no response to it");
  try {
    const asked = readCommand(command.envelope);
    const { running, unloaded } = await prepare(device, bench, command, asked, response.envelope);
    const answer = await running.ask(command.bytes);
    if (answer === undefined)
      return unanswered(`no answer: ${running.troubles.join(", ") || "the device said nothing"}`);
    const outcome = compareAnswer(answer, response.envelope, asked, bench, unloaded);
    if (outcome.result !== "differs" || running.troubles.length === 0) return outcome;
    return { ...outcome, why: `${outcome.why ?? ""}; the device tells of ${running.troubles.join(", ")}` };
  } catch (error) {
    return unanswered(messageOf(error));
  }
}

/** A device fresh from its factory, brought into the state that the response presumes. */
export async function prepare(
  device: ReferenceDevice,
  { reader, kit }: Bench,
  command: Reference,
  asked: ReadCommand,
  response: Envelope,
): Promise<{ readonly running: RunningReference; readonly unloaded: readonly string[] }> {
  const results: readonly OperationResult[] = reader.results(response, asked);
  const running = await device.boot(makingOf(device.type, command.envelope, asked, results, kit.keys));
  return { running, unloaded: await loadState(running.device, asked, results) };
}

function compareAnswer(
  answer: Uint8Array,
  reference: Envelope,
  asked: ReadCommand,
  { reader, check }: Bench,
  unloaded: readonly string[],
): Outcome {
  const checked = check(answer);
  if (checked.status !== "ok")
    return { answered: true, result: "differs", why: `the answer does not verify: ${checked.reason}` };
  const own = envelopeSuites.gbcs.wire.peek(answer);
  if (identical(reference, own)) return { answered: true, result: "identical" };
  const compared = compareLeaves(reader.answerLeaves(reference, asked), reader.answerLeaves(own, asked));
  const more = unloaded.length === 0 ? "" : ` (cannot be loaded: ${unloaded.join(", ")})`;
  return { answered: true, ...compared, why: `${compared.why}${more}` };
}
