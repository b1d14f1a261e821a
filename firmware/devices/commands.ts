/**
 * A command's way through a device. Every command goes it once, in this order: the checks, the commit of its counter,
 * its operations, its sealed answer, and that it is done. One that a power cut interrupted enters by the same door.
 */

import { euiBytes } from "../../hal/base/eui64.ts";
import type { MaybePromise } from "../../hal/board.ts";
import type { Refusals } from "../features/refusals.ts";
import type { Observation } from "../kernel/observation.ts";
import { type Accepted, acceptable, type Checker, checkEnvelope, open } from "../security/check.ts";
import type { Pending } from "../security/counters.ts";
import { type RefusalReason, refusalCodes } from "../security/refusal-reasons.ts";
import type { Message, OperationResult } from "../wire/message.ts";
import type { Suite } from "../wire/suite.ts";
import type { Envelope } from "../wire/wire.ts";
import { commandAccepted } from "./observations.ts";
import type { Operations } from "./operations.ts";
import type { Sealer } from "./sealer.ts";

/** Takes an answer back to where its command came from. */
export type Reply = (response: Uint8Array) => MaybePromise<void>;

export interface CommandParts {
  readonly suite: Suite;
  readonly checker: Checker;
  readonly operations: Operations;
  readonly refusals: Refusals;
  readonly sealer: Sealer;
  readonly observe: ((observation: Observation) => void) | undefined;
}

export class Commands {
  readonly #parts: CommandParts;

  constructor(parts: CommandParts) {
    this.#parts = parts;
  }

  /** Whole bytes, from any link. */
  receive(bytes: Uint8Array, reply: Reply): Promise<void> {
    const { suite } = this.#parts;
    const envelope = open(suite.wire, bytes);
    return envelope === undefined ? this.refuse("malformed") : this.receiveOpened(envelope, reply);
  }

  /** An envelope that was opened before. */
  receiveOpened(envelope: Envelope, reply: Reply): Promise<void> {
    const checked = checkEnvelope(this.#parts.checker, envelope);
    return checked === "unsupported" ? this.#tellUnsupported(envelope) : this.#take(checked, reply);
  }

  /** ECS100: its sender is told the command's code and counter. */
  async #tellUnsupported({ header }: Envelope): Promise<void> {
    const { refusals, observe, checker } = this.#parts;
    const { code, counter, originator, supplementary } = header;
    const command = new Uint8Array(10);
    const view = new DataView(command.buffer);
    view.setUint16(0, code);
    view.setBigUint64(2, counter);
    const role = checker.anchors.party(originator)?.role;
    observe?.({ kind: "command-refused", reason: "unsupported", code: refusalCodes.unsupported });
    await refusals.report("unsupported", {
      values: [command],
      ...(role && { originator: role }),
      ...(supplementary && { supplementary }),
    });
  }

  /** After a start: what was accepted, and cut by a power loss before it was answered, is done again, and answered. */
  async resume(reply: Reply): Promise<void> {
    const { counters } = this.#parts.checker;
    const pending = counters.pending();
    if (pending === undefined) return;
    const checked = this.#checkAgain(pending);
    if (typeof checked !== "string") return this.#take(checked, reply, true);
    this.#parts.observe?.({ kind: "fault", where: "pending command", error: checked });
    await counters.finish(pending.role, pending.holder);
  }

  /**
   * The one door. What is not replay-protected only reads, or is taken once by itself (a token): there is nothing to commit. A cut after the first
   * commit has the command done again at the next boot, which features allow; a cut after the last one may lose
   * the response on its way, and the head end asks again. `again`: the first commit was made before the cut.
   */
  async #take(checked: Accepted | RefusalReason, reply: Reply, again = false): Promise<void> {
    if (typeof checked === "string") return this.refuse(checked);
    const { grant, party, command, plain } = checked;
    const { counters } = this.#parts.checker;
    if (!again) {
      const counted = grant.replayProtected && counters.accept(party.role, command.header, plain);
      if (counted instanceof Promise) await counted;
      this.#parts.observe?.(commandAccepted(checked));
    }
    const executed = this.#execute(checked);
    const results = executed instanceof Promise ? await executed : executed;
    const sealed = this.#parts.sealer.response(checked, results);
    const response = sealed instanceof Promise ? await sealed : sealed;
    const replied = response && reply(response);
    if (replied instanceof Promise) await replied;
    if (grant.replayProtected) await counters.finish(party.role, party.eui);
  }

  #execute({ command, operations, party }: Accepted): MaybePromise<readonly OperationResult[]> {
    const { code, originator, counter } = command.header;
    return this.#parts.operations.run(operations, { code, originator, role: party.role, counter });
  }

  /** Logs and reports a refusal, within its budget; it has no other effect. */
  async refuse(reason: RefusalReason, more: Readonly<Record<string, unknown>> = {}): Promise<void> {
    this.#parts.observe?.({ kind: "command-refused", reason, code: refusalCodes[reason], ...more });
    await this.#parts.refusals.report(reason);
  }

  /**
   * The checks that hold for a pending command, too: its counter is not fresh, and what proved it authentic is gone.
   * A text says why it is not done: an older firmware accepted what this one no longer reads or allows.
   */
  #checkAgain({ role, holder, command: plain }: Pending): Accepted | string {
    const { rules, anchors } = this.#parts.checker;
    const command = this.#readPlain(plain);
    if (typeof command === "string") return command;
    if (!("operations" in command)) return "not-a-command";
    const rule = rules.get(command.header.code);
    const grant = rule?.grants.get(role);
    if (rule === undefined || !grant?.replayProtected) return "role";
    const known = anchors.party(holder);
    // A command may itself have replaced the keys of who sent it.
    const party = known?.role === role ? known : { eui: holder, bytes: euiBytes(holder), role };
    return acceptable({ command, plain, rule, grant, party });
  }

  #readPlain(plain: Uint8Array): Message | string {
    try {
      return this.#parts.suite.decodePlain(plain);
    } catch (error) {
      return String(error);
    }
  }
}
