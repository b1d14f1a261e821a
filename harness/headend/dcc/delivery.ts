/** Commands to devices and their answers back, over the WAN or by whoever is in the home with a terminal. */
import { grantsOn } from "../../../firmware/model/index.ts";
import type { Header, OperationResult } from "../../../firmware/wire/message.ts";
import { hasCode } from "../../../hal/base/coded-error.ts";
import { keysOf } from "../device-keys.ts";
import { answered, commandName, Transactions } from "../transactions.ts";
import type { PreCommand } from "../transform.ts";
import type { Commands } from "./commands.ts";
import type { DccContext } from "./context.ts";
import type { Kept } from "./kept.ts";
import { Lanes } from "./lanes.ts";
import type { RequestHeader } from "./messages.ts";
import { requireRoom } from "./room.ts";
import { type Errand, errandOf, type Task } from "./task.ts";

/** As far as anyone but who asked can tell. */
export const succeeded = (outcome: Outcome): boolean =>
  outcome.how === "answered" && (outcome.results?.every(({ status }) => status === 0) ?? true);

export type Outcome =
  | {
      readonly how: "answered";
      readonly bytes: Uint8Array;
      /** Undefined where the DCC cannot read them, or believe them: they tell it nothing. */
      readonly results: readonly OperationResult[] | undefined;
      /** Handed in by who asked (8.13). */
      readonly isReturned: boolean;
    }
  | { readonly how: "undelivered" | "timed-out" };

interface Sent {
  readonly task: Task;
  /** UTC milliseconds. */
  readonly deadlineMs: number;
}

interface KeptErrand {
  readonly errand: Errand;
  readonly deadlineMs: number;
}

export interface DeliverySnapshot {
  readonly sent: readonly KeptErrand[];
  /** For the answers of those before. */
  readonly waiting: readonly KeptErrand[];
  readonly handedOut: readonly Errand[];
}

export class Delivery implements Kept<DeliverySnapshot> {
  readonly #context: DccContext;
  readonly #commands: Commands;
  readonly #settled: (task: Task, outcome: Outcome) => void;
  readonly #lanes: Lanes<Sent>;
  readonly #sent: Transactions<Sent>;
  /** Given to users for local delivery, by the name that the answer repeats; the oldest is forgotten first. */
  readonly #handedOut = new Map<string, Task>();

  constructor(context: DccContext, commands: Commands, settled: (task: Task, outcome: Outcome) => void) {
    this.#context = context;
    this.#commands = commands;
    this.#settled = settled;
    this.#lanes = new Lanes(context.settings.maxUnderWay, (sent) => this.#dispatch(sent));
    this.#sent = new Transactions(context.ports);
  }

  /** Throws a `Refusal` when too many wait for their answers. */
  requireRoom(request: RequestHeader): void {
    const list = () => this.#open().map(({ task }) => task);
    requireRoom({ size: this.#sent.size + this.#lanes.waiting, list }, request, this.#context.settings);
  }

  /** Once the device has answered those before; what waits beyond its time was not delivered. */
  send(task: Task): void {
    const { answerTimeoutMs } = this.#context.settings;
    this.#enter({ task, deadlineMs: this.#context.ports.nowMs() + answerTimeoutMs });
  }

  #enter(sent: Sent): void {
    const { task } = sent;
    const { target } = task.request;
    const expiry = this.#context.ports.after(this.#leftMs(sent), () => {
      if (this.#lanes.drop(target, sent)) this.#settled(task, { how: "undelivered" });
    });
    this.#lanes.add(target, sent, expiry);
  }

  #dispatch(sent: Sent): void {
    const { task } = sent;
    const { header } = task.preCommand.command;
    if (this.#leftMs(sent) === 0) return void this.#fail(task, "undelivered");
    this.#context.headEnd.expect(task.preCommand);
    this.#sent.send(header, this.#sealed(task), sent, this.#leftMs(sent), (how) => this.#fail(task, how));
  }

  #fail(task: Task, how: "undelivered" | "timed-out"): void {
    this.#lanes.done(task.request.target);
    this.#settled(task, { how });
  }

  #leftMs({ deadlineMs }: Sent): number {
    return Math.max(0, deadlineMs - this.#context.ports.nowMs());
  }

  /** Not yet settled, those that wait last. */
  #open(): readonly Sent[] {
    return [...this.#sent.list(), ...this.#lanes.list()];
  }

  /** The command, for a user to deliver. */
  handOut(task: Task): Uint8Array {
    this.#context.headEnd.expect(task.preCommand);
    this.#handedOut.set(commandName(task.preCommand.command.header), task);
    if (this.#handedOut.size > this.#context.settings.maxOpen)
      this.#handedOut.delete(this.#handedOut.keys().next().value as string);
    return this.#sealed(task);
  }

  /** A response over the WAN; false when it answers nothing of ours. */
  answer(header: Header, bytes: Uint8Array): boolean {
    const sent = this.#sent.take(header);
    if (sent === undefined) return false;
    this.#lanes.done(sent.task.request.target);
    this.#handedOut.delete(answered(header));
    this.#take(sent.task, bytes, false);
    return true;
  }

  /** What a response that a user hands in answers, where the user was given such a command. */
  handedOut(bytes: Uint8Array): Task | undefined {
    try {
      return this.#handedOut.get(answered(this.#wire.peek(bytes).header));
    } catch (error) {
      if (hasCode(error, "wire")) return undefined;
      throw error;
    }
  }

  /** The same, and it is taken in; where the command went both ways, one answer is enough. */
  takeBack(task: Task, bytes: Uint8Array): void {
    this.#handedOut.delete(commandName(task.preCommand.command.header));
    const sent = this.#sent.take(this.#wire.peek(bytes).header);
    const { target } = task.request;
    const waits = this.#lanes.list().find((each) => each.task === task);
    if (sent !== undefined) this.#lanes.done(target);
    if (waits !== undefined) this.#lanes.drop(target, waits);
    this.#take(task, bytes, true);
  }

  /** What is on its way is not sent again: its answer is waited for until its time. */
  restore({ sent, waiting, handedOut }: DeliverySnapshot): void {
    this.#sent.clear();
    this.#lanes.clear();
    this.#handedOut.clear();
    for (const { errand, deadlineMs } of sent) {
      const task = this.#commands.make(errand);
      const again = { task, deadlineMs };
      this.#context.headEnd.expect(task.preCommand);
      this.#lanes.resume(task.request.target);
      this.#sent.expect(task.preCommand.command.header, again, this.#leftMs(again), (how) =>
        this.#fail(task, how),
      );
    }
    for (const { errand, deadlineMs } of waiting)
      this.#enter({ task: this.#commands.make(errand), deadlineMs });
    for (const errand of handedOut) {
      const task = this.#commands.make(errand);
      this.#handedOut.set(commandName(task.preCommand.command.header), task);
    }
  }

  snapshot(): DeliverySnapshot {
    const kept = ({ task, deadlineMs }: Sent) => ({ errand: errandOf(task), deadlineMs });
    return {
      sent: this.#sent.list().map(kept),
      waiting: this.#lanes.list().map(kept),
      handedOut: [...this.#handedOut.values()].map(errandOf),
    };
  }

  get #wire() {
    return this.#context.ports.suite.wire;
  }

  #take(task: Task, bytes: Uint8Array, isReturned: boolean): void {
    const { preCommand } = task;
    const isBelieved = this.#isBelieved(bytes, preCommand);
    const results = isBelieved ? this.#resultsIn(bytes, preCommand) : undefined;
    if (results !== undefined) this.#context.headEnd.progress(preCommand, results);
    this.#settled(task, { how: "answered", bytes, results, isReturned });
  }

  /** A response that its device should have signed tells something only when it did. */
  #isBelieved(bytes: Uint8Array, { command, useCase }: PreCommand): boolean {
    const { crypto, suite } = this.#context.ports;
    const device = this.#context.headEnd.device(command.header.target);
    const isSigned = grantsOn(useCase, device.type).every(({ response }) => response === "signature");
    if (!isSigned) return true;
    const envelope = suite.wire.peek(bytes);
    return keysOf(device, "sign").some((key) =>
      suite.wire.signatureValid(envelope, suite.verifier(crypto, key)),
    );
  }

  #sealed({ preCommand, message }: Task): Uint8Array {
    const { sealing } = this.#context.headEnd;
    const needsMac = sealing.protectionOf(preCommand) !== "signature";
    return needsMac ? sealing.mac(message, preCommand.command.header) : message;
  }

  #resultsIn(bytes: Uint8Array, { command }: PreCommand): readonly OperationResult[] | undefined {
    try {
      const message = this.#wire.decode(this.#wire.peek(bytes), command.operations);
      return "results" in message ? message.results : undefined;
    } catch (error) {
      if (hasCode(error, "wire")) return undefined;
      throw error;
    }
  }
}
