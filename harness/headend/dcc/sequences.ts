/**
 * Requests in sequence: each names the one before it, waits until that has succeeded, and fails with it. From memory,
 * unverified. What waits, and what is remembered of those before, is bounded.
 */

import { pairs } from "../requests/duis.ts";
import { Agenda, type Appointment } from "./agenda.ts";
import type { Answer, DccContext } from "./context.ts";
import type { Gate } from "./gate.ts";
import type { Kept } from "./kept.ts";
import { type RequestHeader, requestIdOf } from "./messages.ts";
import { Refusal } from "./refusal.ts";
import { requireRoom } from "./room.ts";
import type { TakenRequest, Task } from "./task.ts";

type State = "open" | "succeeded" | "failed";

export interface SequencePorts {
  /** The one before it has succeeded. */
  next(request: TakenRequest): void;
  /** The one before it has failed, or did not come in time. */
  failed(request: TakenRequest): void;
}

export interface SequencesSnapshot {
  readonly states: readonly (readonly [string, State])[];
  readonly waiting: readonly Appointment<TakenRequest>[];
}

export class Sequences implements Gate, Kept<SequencesSnapshot> {
  readonly #context: DccContext;
  readonly #ports: SequencePorts;
  /** By RequestID: those that belong to a sequence. */
  readonly #states = new Map<string, State>();
  readonly #waiting: Agenda<TakenRequest>;

  constructor(context: DccContext, ports: SequencePorts) {
    this.#context = context;
    this.#ports = ports;
    this.#waiting = new Agenda(context.ports, (request) => this.#fail(request));
  }

  take({ request }: Task): Answer | undefined {
    if (!isSequenced(request)) return undefined;
    const before = this.#before(request);
    this.#remember(requestIdOf(request), "open");
    if (before === undefined || before === "succeeded") return undefined;
    const { settings, ports } = this.#context;
    requireRoom(
      { size: this.#waiting.size, list: () => this.#waiting.list().map((each) => ({ request: each })) },
      request,
      settings,
    );
    this.#waiting.add(ports.nowMs() + settings.sequenceWaitS * 1000, request);
    return { code: "I99" };
  }

  /** What the DCC answers at once cannot wait. Throws a {@link Refusal} unless the one before it has succeeded. */
  requireTurn(request: RequestHeader): void {
    if (!isSequenced(request)) return;
    const before = this.#before(request);
    if (before !== undefined && before !== "succeeded") throw this.#outOfTurn(request);
  }

  /** It was not taken; one that is under way, or done, has another answer already. */
  refused(request: RequestHeader): void {
    if (isSequenced(request) && !this.#states.has(requestIdOf(request))) this.settled(request, false);
  }

  /** A request is done, one way or the other. */
  settled(request: RequestHeader, succeeded: boolean): void {
    if (!isSequenced(request)) return;
    const id = requestIdOf(request);
    this.#remember(id, succeeded ? "succeeded" : "failed");
    for (const next of this.#waiting.remove((each) => precedingOf(each) === id))
      if (succeeded) this.#ports.next(next);
      else this.#fail(next);
  }

  snapshot(): SequencesSnapshot {
    return { states: [...this.#states], waiting: this.#waiting.snapshot() };
  }

  restore({ states, waiting }: SequencesSnapshot): void {
    this.#states.clear();
    for (const [id, state] of states) this.#states.set(id, state);
    this.#waiting.restore(waiting);
  }

  /** Undefined for the first of a sequence; what was never heard of is open. */
  #before(request: RequestHeader): State | undefined {
    const preceding = precedingOf(request);
    if (preceding === undefined) return undefined;
    const isOwn = preceding.startsWith(`${pairs(request.originator)}:`) && preceding !== requestIdOf(request);
    const state = this.#states.get(preceding) ?? "open";
    if (!isOwn || state === "failed") throw this.#outOfTurn(request);
    return state;
  }

  #outOfTurn(request: RequestHeader): Refusal {
    const why = `${request.preceding} before it has not succeeded`;
    return new Refusal(this.#context.settings.codes.sequence, `${requestIdOf(request)}: ${why}`);
  }

  #fail(request: TakenRequest): void {
    this.#ports.failed(request);
    this.settled(request, false);
  }

  #remember(id: string, state: State): void {
    this.#states.delete(id);
    this.#states.set(id, state);
    if (this.#states.size > this.#context.settings.maxRemembered)
      this.#states.delete(this.#states.keys().next().value as string);
  }
}

const isSequenced = ({ firstInSequence, preceding }: RequestHeader): boolean =>
  firstInSequence === true || preceding !== undefined;
/** EUIs may come in small letters. */
const precedingOf = ({ preceding }: RequestHeader): string | undefined => preceding?.toUpperCase();
