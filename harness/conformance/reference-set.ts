/** The messages of a reference set: commands with their responses, and alerts. Found by what messages say, not by names. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { useCaseByCode } from "../../firmware/model/index.ts";
import type { Eui64 } from "../../firmware/wire/message.ts";
import { envelopeSuites } from "../../firmware/wire/suites.ts";
import { readMessageFile, type VerifiedMessage, verifyFiles } from "../verify/index.ts";

type ReferenceEnvelope = ReturnType<typeof envelopeSuites.gbcs.wire.peek>;

/** One message file that could be read. */
export interface Reference {
  readonly file: string;
  readonly useCase: string;
  readonly bytes: Uint8Array;
  readonly envelope: ReferenceEnvelope;
  /** Why it is not authentic. */
  readonly refused?: string;
}

export interface CommandSample {
  readonly command: Reference;
  readonly response: Reference | undefined;
}

export interface ReferenceSet {
  readonly commands: readonly CommandSample[];
  readonly alerts: readonly Reference[];
}

/**
 * Reads `DIR/messages`, or `DIR`. A response belongs to the command of its folder that it answers by code, parties and
 * counter: sets repeat counters from folder to folder. Throws as `verifyFiles`.
 */
export function readReferenceSet(dir: string, keysDir: string): ReferenceSet {
  const within = join(dir, "messages");
  const report = verifyFiles([existsSync(within) ? within : dir], { wire: "gbcs", keysDir });
  const references = (kind: VerifiedMessage["kind"]) =>
    report.messages.flatMap((message) => (message.kind === kind ? [referenceOf(message)] : []));
  const responses = new Map(references("response").map((each) => [pairKey(each), each]));
  return {
    commands: references("command").map((command) => ({
      command,
      response: responses.get(pairKey(command)),
    })),
    alerts: references("alert"),
  };
}

function referenceOf({ file, useCase, status, reason }: VerifiedMessage): Reference {
  const bytes = readMessageFile(file);
  const envelope = envelopeSuites.gbcs.wire.peek(bytes);
  return {
    file,
    useCase: useCase ?? "",
    bytes,
    envelope,
    ...(status === "refused" && { refused: reason ?? "not authentic" }),
  };
}

/** What a command and its response share. */
function pairKey({ file, envelope: { header } }: Reference): string {
  const parties = [header.originator, header.target].sort();
  return [dirname(file), header.code, header.counter, ...parties].join("/");
}

/** The device that a message is to or from. */
export const deviceOf = ({ envelope: { header } }: Reference): Eui64 =>
  header.kind === 1 ? header.target : header.originator;

/** Commands in the folder of an alert whose row says that this alert tells their outcome. */
export const causesOf = (set: ReferenceSet, alert: Reference): readonly CommandSample[] =>
  set.commands.filter(
    ({ command }) =>
      dirname(command.file) === dirname(alert.file) &&
      command.envelope.header.target === alert.envelope.header.originator &&
      useCaseByCode(command.envelope.header.code)?.outcome === alert.envelope.header.code,
  );
