/** A home whose DCC is asked from outside, and what it pushes. */
import assert from "node:assert/strict";
import type { Service } from "../../../../harness/headend/dcc/access.ts";
import type { Dcc } from "../../../../harness/headend/dcc/dcc.ts";
import type {
  DccAlertMessage,
  DccMessage,
  FormRequest,
  ResponseMessage,
  SignedRequest,
  UserRequest,
} from "../../../../harness/headend/dcc/messages.ts";
import { requestIdOf } from "../../../../harness/headend/dcc/messages.ts";
import { responseBody } from "../../../../harness/headend/dcc/responses.ts";
import { type PartyName, partyIdentities } from "../../../../harness/headend/parties.ts";
import { type OutsideOptions, serveOutside } from "../../../../harness/premises/outside-users.ts";
import { type Premises, premises } from "../../../../harness/premises/premises.ts";

export const { supplier, secondSupplier, networkOperator, accessControlBroker } = partyIdentities;

export interface Asking {
  readonly by?: PartyName;
  readonly to?: string;
  readonly variant?: number;
  readonly more?: Partial<FormRequest>;
}

export class Outside {
  readonly home: Premises;
  readonly pushed: { readonly user: string; readonly message: DccMessage }[] = [];
  dcc: Dcc;
  #counter = 5000n;

  constructor(home: Premises, options: Partial<OutsideOptions> = {}) {
    this.home = home;
    this.dcc = serveOutside(home, { push: (user, message) => this.#take(user, message), ...options });
  }

  /** Every message has DUIS's form. */
  #take(user: string, message: DccMessage): void {
    responseBody.parse(message.body);
    this.pushed.push({ user, message });
  }

  request(
    reference: string,
    parameters: object = {},
    { by = "supplier", to, variant = 1, more }: Asking = {},
  ) {
    this.#counter += 1n;
    const target = to ?? (variant === 8 ? accessControlBroker.eui : this.home.device("esme").eui);
    const header = { originator: partyIdentities[by].eui, target, counter: this.#counter };
    return { ...header, commandVariant: variant, reference, parameters, ...more } as FormRequest;
  }

  accept(request: UserRequest): DccMessage {
    const service: Service =
      request.commandVariant === 4
        ? "transform"
        : [2, 6, 8].includes(request.commandVariant)
          ? "dcc"
          : "send";
    const answer = this.dcc.accept(request, service);
    responseBody.parse(answer.body);
    return answer;
  }

  ask(reference: string, parameters: object = {}, asking: Asking = {}): DccMessage {
    return this.accept(this.request(reference, parameters, asking));
  }

  /** Asks the DCC itself. */
  tell(reference: string, parameters: object = {}, asking: Asking = {}): DccMessage {
    return this.ask(reference, parameters, { ...asking, variant: 8 });
  }

  /** As a user does it: transform, correlate, sign. */
  signed(reference: string, parameters: object = {}, asking: Asking = {}): SignedRequest {
    const request = this.request(reference, parameters, { ...asking, variant: 4 });
    const answer = this.accept(request);
    assert.equal(answer.code, "I0");
    const { GBCSPayload } = contentOf(answer).PreCommand as { GBCSPayload: Uint8Array };
    const { signer } = this.home.headEnd.parties[asking.by ?? "supplier"].keys.sign;
    const { wire, keyId } = this.home.suite;
    const id = keyId(this.home.crypto, signer.publicKey);
    const signedPreCommand = wire.sign(GBCSPayload, (input) => signer.sign(input), id);
    const { parameters: _, ...header } = request;
    return { ...header, commandVariant: asking.variant ?? 5, signedPreCommand };
  }

  /** What was pushed in answer to a request: codes. */
  codesFor(request: UserRequest): readonly string[] {
    return this.answersTo(request).map(({ code }) => code);
  }

  answersTo(request: UserRequest): readonly DccMessage[] {
    return this.pushed.flatMap(({ message }) => (message.requestId === requestIdOf(request) ? message : []));
  }

  /** Every DCC alert so far: "USER CODE KIND". */
  get alerts(): readonly string[] {
    return this.dccAlerts.map(
      ({ user, alert }) => `${user} ${alert.DCCAlertCode} ${Object.keys(alert.DCCAlert)[0]}`,
    );
  }

  get dccAlerts(): readonly { readonly user: string; readonly alert: DccAlertMessage }[] {
    return this.pushed.flatMap(({ user, message: { body } }) =>
      "DCCAlertMessage" in body ? { user, alert: body.DCCAlertMessage } : [],
    );
  }

  /** A snapshot as a store keeps it, in a DCC made anew for the same home. */
  restart(options: Partial<OutsideOptions> = {}): void {
    const kept = structuredClone(this.dcc.snapshot());
    this.dcc.stop();
    this.dcc = serveOutside(this.home, { push: (user, message) => this.#take(user, message), ...options });
    this.dcc.restore(kept);
  }
}

export const contentOf = ({ body }: DccMessage): ResponseMessage =>
  (body as { ResponseMessage: ResponseMessage }).ResponseMessage;

/** A commissioned home on the GBCS wire. */
export async function outside(options: Partial<OutsideOptions> = {}): Promise<Outside> {
  const home = await premises({ wire: "gbcs" });
  await home.commission();
  return new Outside(home, options);
}
