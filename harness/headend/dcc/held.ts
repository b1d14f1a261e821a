/**
 * Requests that the DCC keeps until their time: those that the device knows no time of, and a dated change of supplier until
 * the CoS party sends it. A request of the same kind for the year 3000 cancels them.
 */
import { NEVER, NOW, type RequestReference, requests } from "../../../firmware/model/index.ts";
import { changeTimeS } from "./access.ts";
import { Agenda, type Appointment } from "./agenda.ts";
import type { Answer, DccContext } from "./context.ts";
import type { Gate } from "./gate.ts";
import type { Kept } from "./kept.ts";
import { Refusal } from "./refusal.ts";
import { requireRoom } from "./room.ts";
import { formOf, type TakenRequest, type Task, told } from "./task.ts";

export interface HeldPorts {
  /** Its time has come. */
  due(request: TakenRequest): void;
  /** It will never be sent. */
  cancelled(request: TakenRequest): void;
}

export class Held implements Gate, Kept<readonly Appointment<TakenRequest>[]> {
  readonly #context: DccContext;
  readonly #ports: HeldPorts;
  readonly #agenda: Agenda<TakenRequest>;

  constructor(context: DccContext, ports: HeldPorts) {
    this.#context = context;
    this.#ports = ports;
    this.#agenda = new Agenda(context.ports, (request) => ports.due(request));
  }

  get size(): number {
    return this.#agenda.size;
  }

  list(): readonly { readonly request: TakenRequest }[] {
    return this.#agenda.list().map((request) => ({ request }));
  }

  take({ request }: Task): Answer | undefined {
    const untilS = this.#untilS(request);
    if (untilS === NEVER) return this.#cancel(request);
    if (untilS <= this.#context.nowS()) return undefined;
    requireRoom(this, request, this.#context.settings);
    this.#agenda.add(untilS * 1000, request);
    this.#context.ports.observe({ kind: "request-held", ...told(request), untilS });
    return { code: "I99" };
  }

  snapshot(): readonly Appointment<TakenRequest>[] {
    return this.#agenda.snapshot();
  }

  restore(kept: readonly Appointment<TakenRequest>[]): void {
    this.#agenda.restore(kept);
  }

  #untilS(request: TakenRequest): number {
    const { reference } = request;
    if (reference === "6.23") return whenSent(changeTimeS(formOf(request)), this.#context.settings.cosLeadS);
    const { heldUntilS = NOW } = request;
    const { futureDated }: { readonly futureDated: readonly string[] } =
      requests[reference as RequestReference];
    if (futureDated.includes("dcc") || heldUntilS === NOW) return heldUntilS;
    if ("form" in request) return NOW; // the device keeps the time that its command carries
    throw new Refusal(this.#context.settings.codes.form, `${reference} has no time to be kept until`);
  }

  /** What a device may have already is cancelled there, too. */
  #cancel(request: TakenRequest): Answer | undefined {
    const isMeant = (other: TakenRequest) =>
      other.originator === request.originator &&
      other.target === request.target &&
      other.reference === request.reference;
    const cancelled = this.#agenda.remove(isMeant);
    for (const each of cancelled) this.#ports.cancelled(each);
    const { codes } = this.#context.settings;
    if (cancelled.length > 0) return { code: codes.cancelled };
    if (request.reference === "6.23") return undefined;
    throw new Refusal(
      codes.nothingToCancel,
      `no ${request.reference} of this user is held for ${request.target}`,
    );
  }
}

const whenSent = (atS: number, leadS: number): number =>
  atS === NEVER || atS === NOW ? atS : Math.max(1, atS - leadS);
