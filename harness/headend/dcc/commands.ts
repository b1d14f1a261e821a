/** Requests as what goes to devices: the pre-commands that the DCC makes, and those that come back signed. */
import { type UserRole, userRoles } from "../../../firmware/model/index.ts";
import type { Eui64 } from "../../../firmware/wire/message.ts";
import { sameBytes } from "../../../hal/base/bytes.ts";
import { hasCode } from "../../../hal/base/coded-error.ts";
import { anyRequest, serviceRequest } from "../requests/index.ts";
import type { PreCommand } from "../transform.ts";
import type { DccUser, Granted } from "./access.ts";
import { type Directory, transformRequest } from "./command-of.ts";
import type { DccContext } from "./context.ts";
import type { Holders } from "./holders.ts";
import type { Kept } from "./kept.ts";
import type { ListedDevice } from "./listed-devices.ts";
import { type FormRequest, requestIdOf, type SignedRequest, type UserRequest } from "./messages.ts";
import { Refusal } from "./refusal.ts";
import { type Errand, formOf, type TakenRequest, type Task } from "./task.ts";

export class Commands implements Kept<readonly FormRequest[]> {
  readonly #context: DccContext;
  readonly #holders: Holders;
  /** Pre-commands made and not yet come back signed: what they were made from, by RequestID. */
  readonly #issued = new Map<string, FormRequest>();

  constructor(context: DccContext, holders: Holders) {
    this.#context = context;
    this.#holders = holders;
  }

  /** The pre-command that a user is to correlate and sign. Throws what `transformRequest` throws. */
  issue(request: FormRequest, { role }: Granted): PreCommand {
    const { preCommand } = this.make(this.#errand(request, role));
    this.#issued.set(requestIdOf(request), request);
    if (this.#issued.size > this.#context.settings.maxOpen)
      this.#issued.delete(this.#issued.keys().next().value as string);
    return preCommand;
  }

  /** Throws a {@link Refusal} for what is not the pre-command that was made, signed by who asks. */
  task(request: UserRequest, { role, user }: Granted, more: Pick<Errand, "scheduleId"> = {}): Task {
    const task = this.make({ ...this.#errand(this.#taken(request), role), ...more });
    if ("signedPreCommand" in request) this.#requireSigned(request, user, task.preCommand);
    return task;
  }

  /** A signed pre-command has been taken: it cannot come again. */
  spend(request: UserRequest): void {
    this.#issued.delete(requestIdOf(request));
  }

  make(errand: Errand): Task {
    const { request } = errand;
    const form = formOf(request);
    const preCommand = transformRequest(
      form,
      definitionOf(form.reference),
      this.#directory(form, errand),
      this.#wire,
    );
    const { sealing } = this.#context.headEnd;
    const isOwn = preCommand.definition.byHand.actsAs !== undefined;
    const isSigned = isOwn && sealing.protectionOf(preCommand) !== "mac";
    const message = isSigned ? sealing.sign(preCommand) : preCommand.bytes;
    return { ...errand, preCommand, message: "form" in request ? request.signedPreCommand : message };
  }

  snapshot(): readonly FormRequest[] {
    return [...this.#issued.values()];
  }

  restore(kept: readonly FormRequest[]): void {
    this.#issued.clear();
    for (const request of kept) this.#issued.set(requestIdOf(request), request);
  }

  get #wire() {
    return this.#context.ports.suite.wire;
  }

  #errand(request: TakenRequest, role: UserRole): Errand {
    const { parties } = this.#context.headEnd;
    const { originator, target, reference } = request;
    const { actsAs = "accessControlBroker" } = definitionOf(reference).byHand;
    const number = () => String(this.#context.ports.draw(10_000)).padStart(4, "0");
    return {
      ...{ request, role, counter: parties[actsAs].nextCounter() },
      isStranger: !this.#holders.holds(target, originator),
      ...(reference === "9.1" && { customerNumber: number() }),
    };
  }

  #directory({ originator }: FormRequest, errand: Errand): Directory {
    const { devices, backups, inventory } = this.#context.headEnd;
    const { counter, role, isStranger, customerNumber, scheduleId } = errand;
    return {
      devices: new Map<Eui64, ListedDevice>([
        ...inventory.list().map(({ eui, type }) => [eui, { type }] as const),
        ...devices.map((device) => [device.eui, device] as const),
      ]),
      users: new Map([[originator, userRoles[role].role]]),
      ...{ counter, backups },
      strangers: new Set(isStranger || scheduleId !== undefined ? [originator] : []),
      ...(customerNumber !== undefined && { customerNumber }),
    };
  }

  #taken(request: UserRequest): TakenRequest {
    if (!("signedPreCommand" in request)) return request;
    const form = "form" in request ? (request.form as FormRequest) : this.#issued.get(requestIdOf(request));
    if (form === undefined || form.reference !== request.reference)
      throw this.#wrong(request, "no pre-command was made for it: transform it first (command variant 4)");
    return { ...request, form };
  }

  #requireSigned(request: SignedRequest, user: DccUser, { bytes }: PreCommand): void {
    const { crypto, suite } = this.#context.ports;
    const envelope = this.#peek(request);
    if (!sameBytes(envelope.plain, bytes))
      throw this.#wrong(request, "it is not the pre-command that was made");
    const isSigned = this.#holders
      .signingKeys(user)
      .some((key) => this.#wire.signatureValid(envelope, suite.verifier(crypto, key)));
    if (!isSigned) throw this.#wrong(request, "it is not signed by who asks");
  }

  #peek(request: SignedRequest) {
    try {
      return this.#wire.peek(request.signedPreCommand);
    } catch (error) {
      if (hasCode(error, "wire")) throw this.#wrong(request, (error as Error).message);
      throw error;
    }
  }

  #wrong(request: SignedRequest, why: string): Refusal {
    return new Refusal(this.#context.settings.codes.preCommand, `${requestIdOf(request)}: ${why}`);
  }
}

/** Throws `headend/unknown-request`. */
const definitionOf = (reference: string) => anyRequest(reference) ?? serviceRequest(reference);
