/**
 * Future-dated commands: an attribute that becomes active at a stated time. The activation time is in the
 * journal until it has been acted on; a newer command for the same attribute replaces it, NEVER cancels it,
 * NOW acts at once. Each activation reports its outcome to the originator (alert 00CC, codes 8F66 and 8F67).
 */

import { hasCode } from "../../../hal/base/coded-error.ts";
import { euiBytes, euiText } from "../../../hal/base/eui64.ts";
import type { JournalChange } from "../../kernel/journal.ts";
import { alerts, messages, objectById, type Role, roleByNumber, roles } from "../../model/index.ts";
import { type MemberRef, NEVER, NOW, Status } from "../../wire/message.ts";
import type { CommandOrigin } from "../command-origin.ts";
import type { DeviceContext } from "../feature.ts";
import type { Activate, FutureDatedValues } from "./values.ts";

export const OutcomeCode = {
  actioned: alerts.futureDatedDone.code,
  notActioned: alerts.futureDatedFailed.code,
} as const;

const prefix = "future/";
const keyOf = (ref: MemberRef): string => `${prefix}${ref.object}/${ref.member}`;

export class FutureDated implements FutureDatedValues {
  readonly #context: DeviceContext;
  readonly #activations = new Map<string, { readonly ref: MemberRef; readonly activate: Activate }>();
  readonly #timers = new Map<string, () => void>();

  constructor(context: DeviceContext) {
    this.#context = context;
  }

  /** Says what activating `ref` does. Features call it before the device starts. */
  onActivation(ref: MemberRef, activate: Activate): void {
    this.#activations.set(keyOf(ref), { ref, activate });
  }

  /** After every `onActivation`: takes up what was pending before the last restart. */
  start(): void {
    for (const key of this.#context.journal.keys(prefix)) this.#aim(key);
  }

  /** Serves a set of an activation time: UTC seconds, NOW or NEVER. */
  async schedule(ref: MemberRef, activationS: number, origin: CommandOrigin): Promise<Status> {
    const key = keyOf(ref);
    const known = this.#activations.get(key);
    if (known === undefined) return Status.readWriteDenied;
    if (activationS === NOW || activationS === NEVER)
      return this.#settle(key, activationS === NOW ? known.activate : undefined);
    await this.#context.journal.commit([{ key, value: encodeEntry(activationS, origin) }]);
    this.#aim(key);
    return Status.success;
  }

  /** The pending activation time of `ref`; NEVER when there is none. */
  activationS(ref: MemberRef): number {
    const bytes = this.#context.journal.get(keyOf(ref));
    return bytes === undefined ? NEVER : decodeEntry(bytes).timeS;
  }

  /** At once, or not at all: either way nothing stays pending. */
  async #settle(key: string, activate: Activate | undefined): Promise<Status> {
    const status = activate === undefined ? Status.success : await activate();
    this.#cancelTimer(key);
    if (this.#context.journal.get(key) !== undefined)
      await this.#context.journal.commit([{ key, value: null }]);
    return status;
  }

  #cancelTimer(key: string): void {
    this.#timers.get(key)?.();
    this.#timers.delete(key);
  }

  #aim(key: string): void {
    this.#cancelTimer(key);
    const bytes = this.#context.journal.get(key);
    if (bytes === undefined || !this.#activations.has(key)) return;
    this.#timers.set(
      key,
      this.#context.at(decodeEntry(bytes).timeS, () => this.#activate(key)),
    );
  }

  async #activate(key: string): Promise<void> {
    this.#timers.delete(key);
    const bytes = this.#context.journal.get(key);
    const known = this.#activations.get(key);
    if (bytes === undefined || known === undefined) return;
    const code = await outcomeOf(this.#context, known.activate);
    const { origin } = decodeEntry(bytes);
    const done = [{ key, value: null }];
    await reportOutcome(this.#context, code, origin, known.ref, done);
  }
}

/** Runs `activate`; what it throws (but for lost power) is an outcome, not an error. */
async function outcomeOf(context: DeviceContext, activate: Activate): Promise<number> {
  try {
    return (await activate()) === Status.success ? OutcomeCode.actioned : OutcomeCode.notActioned;
  } catch (error) {
    if (hasCode(error, "hal/power-lost")) throw error;
    context.observe({ kind: "fault", where: "future-dated activation", error: String(error) });
    return OutcomeCode.notActioned;
  }
}

/**
 * The outcome alert of a future-dated command. Its value is 19 octets: message code 2 ‖ originator
 * counter 8 ‖ class 2 ‖ OBIS 6 ‖ attribute 1. `changes` is committed together with the alert.
 */
async function reportOutcome(
  context: DeviceContext,
  alertCode: number,
  origin: CommandOrigin,
  ref: MemberRef,
  changes: readonly JournalChange[],
): Promise<void> {
  const body = new Uint8Array(19);
  const view = new DataView(body.buffer);
  const object = objectById(ref.object);
  view.setUint16(0, origin.code);
  view.setBigUint64(2, origin.counter);
  view.setUint16(10, object?.classId ?? 0);
  body.set((object?.obis.match(/\d+/g) ?? []).map(Number), 12);
  body[18] = ref.member;
  const message = messages.FDOD.code;
  await context.raise({ alertCode, message, to: origin.role, values: [body] }, changes);
}

/** time 4 ‖ command origin 19. */
function encodeEntry(timeS: number, origin: CommandOrigin): Uint8Array {
  const bytes = new Uint8Array(4 + originBytes);
  new DataView(bytes.buffer).setUint32(0, timeS);
  bytes.set(encodeOrigin(origin), 4);
  return bytes;
}

function decodeEntry(bytes: Uint8Array): { readonly timeS: number; readonly origin: CommandOrigin } {
  const timeS = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  return { timeS, origin: decodeOrigin(bytes.subarray(4)) };
}

export const originBytes = 19;

/** code 2 ‖ counter 8 ‖ role 1 ‖ originator 8. */
export function encodeOrigin(origin: CommandOrigin): Uint8Array {
  const bytes = new Uint8Array(originBytes);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, origin.code);
  view.setBigUint64(2, origin.counter);
  bytes[10] = roles[origin.role].number;
  bytes.set(euiBytes(origin.originator), 11);
  return bytes;
}

export function decodeOrigin(bytes: Uint8Array): CommandOrigin {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const role = roleByNumber(bytes[10] ?? -1) as Role;
  return {
    code: view.getUint16(0),
    counter: view.getBigUint64(2),
    role,
    originator: euiText(bytes.subarray(11, originBytes)),
  };
}
