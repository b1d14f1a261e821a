/**
 * What devices keep until its time: each instruction of a command has its outcome told by the device (8F66, 8F67), which the
 * DCC passes on as one of so many, with the RequestID of who asked. What is not told in time gets E30.
 */
import { fromPlain, messages, NEVER, NOW, plainFault, valueTypes } from "../../../firmware/model/index.ts";
import type { Eui64, Value } from "../../../firmware/wire/message.ts";
import { toHex } from "../../../hal/base/hex.ts";
import type { ReceivedAlert } from "../receiver.ts";
import type { PreCommand } from "../transform.ts";
import { changeTimeS } from "./access.ts";
import { Agenda, type Appointment } from "./agenda.ts";
import type { Content, DccContext } from "./context.ts";
import type { Kept } from "./kept.ts";
import { type Errand, errandOf, formOf, type Task } from "./task.ts";

interface Dated {
  readonly errand: Errand;
  readonly device: Eui64;
  /** Who originated the command, and with which counter: outcomes repeat the latter. */
  readonly originator: Eui64;
  readonly counter: bigint;
  /** In hex class 2 ‖ OBIS 6 ‖ attribute 1, in the command's order; one without a name where the command has one time. */
  readonly instructions: readonly string[];
  /** Those not told yet. */
  readonly open: readonly number[];
}

export interface DatedPorts {
  /** The outcome of an instruction, for who asked. */
  outcome(errand: Errand, alert: ReceivedAlert, content: Content, isLast: boolean): void;
  /** No outcome came in time. */
  timedOut(errand: Errand): void;
}

export class DatedInstructions implements Kept<readonly Appointment<Dated>[]> {
  readonly #context: DccContext;
  readonly #ports: DatedPorts;
  readonly #agenda: Agenda<Dated>;

  constructor(context: DccContext, ports: DatedPorts) {
    this.#context = context;
    this.#ports = ports;
    this.#agenda = new Agenda(context.ports, ({ errand }) => ports.timedOut(errand));
  }

  /** The device has taken the command: a newer one of a kind, and a cancellation, take the place of an older. */
  accepted(task: Task): void {
    const { command, request } = task.preCommand;
    const atS = changeTimeS(formOf(task.request));
    if (!isDated(task)) return;
    const { originator, target: device, counter } = command.header;
    this.#agenda.remove(
      (each) =>
        each.device === device &&
        each.originator === originator &&
        each.errand.request.reference === request.reference,
    );
    if (atS === NEVER || atS <= this.#context.nowS() || this.#agenda.size >= this.#context.settings.maxOpen)
      return;
    const instructions = instructionsOf(task.preCommand);
    const dated = { ...{ device, originator, counter, instructions }, errand: errandOf(task) };
    const untilMs = (atS + this.#context.settings.datedOutcomeS) * 1000;
    this.#agenda.add(untilMs, { ...dated, open: instructions.map((_, i) => i) });
  }

  /** True when the alert is the outcome of an instruction that somebody asked for. */
  take(alert: ReceivedAlert): boolean {
    const told = toldBy(alert);
    if (told === undefined) return false;
    const isMeant = (each: Dated) => each.device === alert.device && each.counter === told.counter;
    const kept = this.#agenda
      .snapshot()
      .find(({ item }) => isMeant(item) && item.originator === alert.header.target);
    if (kept === undefined) return false;
    const { item } = kept;
    const at = told.instruction === undefined ? 0 : item.instructions.indexOf(told.instruction);
    if (!item.open.includes(at)) return false;
    const open = item.open.filter((each) => each !== at);
    this.#agenda.remove((each) => each === item);
    if (open.length > 0) this.#agenda.add(kept.atMs, { ...item, open });
    const content = contentOf(alert, at + 1, item.instructions.length);
    this.#ports.outcome(item.errand, alert, content, open.length === 0);
    return true;
  }

  snapshot(): readonly Appointment<Dated>[] {
    return this.#agenda.snapshot();
  }

  restore(kept: readonly Appointment<Dated>[]): void {
    this.#agenda.restore(kept);
  }
}

const contentOf = (
  alert: ReceivedAlert,
  InstructionNumber: number,
  TotalCommandInstructions: number,
): Content => ({
  FutureDatedDeviceAlertMessage: {
    FutureDatedAlertCode: alert.alertCode === 0x8f66 ? "8F66" : "8F67",
    GBCSPayload: alert.bytes,
    ...{ InstructionNumber, TotalCommandInstructions },
  },
});

/** Was a time asked for, or one cancelled, that the device keeps? */
export const isDated = ({ request, preCommand }: Pick<Task, "request" | "preCommand">): boolean =>
  changeTimeS(formOf(request)) !== NOW && instructionsOf(preCommand).length > 0;

/** Each time that a command carries; ASN.1 has one. */
function instructionsOf({ steps, useCase }: PreCommand): readonly string[] {
  const times = steps.filter(({ member }) => member === "activateAt");
  if (times.length === 0) return useCase.payload === "asn1" ? [""] : [];
  return times.map(({ target: { classId = 0, obis = "" }, no }) => {
    const bytes = [classId >> 8, classId & 0xff, ...(obis.match(/\d+/g) ?? []).map(Number), no];
    return toHex(Uint8Array.from(bytes));
  });
}

interface Told {
  readonly counter: bigint;
  readonly instruction?: string;
}

/** What an outcome says of the command that it is of. */
function toldBy({ header, values: [first], alertCode }: ReceivedAlert): Told | undefined {
  if (alertCode !== 0x8f66 && alertCode !== 0x8f67) return undefined;
  if (header.code === messages.FDOA.code)
    return typeof first === "bigint" || typeof first === "number" ? { counter: BigInt(first) } : undefined;
  if (header.code !== messages.FDOD.code) {
    const outcome = replacementOutcome(first);
    return outcome && { counter: outcome.authoriserCounter };
  }
  if (!(first instanceof Uint8Array) || first.length !== 19) return undefined;
  const view = new DataView(first.buffer, first.byteOffset);
  return { counter: view.getBigUint64(2), instruction: toHex(first.subarray(10)) };
}

/** What a replacement of anchors has done, where `value` says it. */
export function replacementOutcome(value: Value | undefined) {
  const type = valueTypes.replacementOutcome;
  if (plainFault(type, value ?? null, "outcome") !== undefined) return undefined;
  return fromPlain(type, value as Value, "outcome");
}
