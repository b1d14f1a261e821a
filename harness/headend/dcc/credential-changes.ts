/**
 * Trust anchors that have changed on a device (6.15.1, 6.21, 6.23, 8.5): who holds them now, and who is told. A change of
 * supplier ends what the losing supplier had there.
 */
import { fromPlain, plainFault, type Role, type ValueOf, valueTypes } from "../../../firmware/model/index.ts";
import type { Eui64 } from "../../../firmware/wire/message.ts";
import { toHex } from "../../../hal/base/hex.ts";
import type { ReceivedAlert } from "../receiver.ts";
import { checkForm } from "../requests/check-form.ts";
import { wordOfRole } from "../requests/credential-change.ts";
import type { Certificates } from "../requests/credentials.ts";
import { serviceRequest } from "../requests/index.ts";
import type { DccContext } from "./context.ts";
import { replacementOutcome } from "./dated.ts";
import type { Outcome } from "./delivery.ts";
import type { Gate } from "./gate.ts";
import type { Holders } from "./holders.ts";
import type { DccAlertContent } from "./messages.ts";
import { Refusal } from "./refusal.ts";
import { mpxnsOf } from "./status-alerts.ts";
import { type Errand, formOf, type TakenRequest, type Task } from "./task.ts";

type Replacement = ValueOf<typeof valueTypes.replacementOutcome>;
type Certificate = keyof Certificates;

export interface CredentialPorts {
  /** `user` is no longer the supplier of a device. */
  lost(user: Eui64, device: Eui64): void;
}

export class CredentialChanges implements Gate {
  readonly #context: DccContext;
  readonly #holders: Holders;
  readonly #ports: CredentialPorts;

  constructor(context: DccContext, holders: Holders, ports: CredentialPorts) {
    this.#context = context;
    this.#holders = holders;
    this.#ports = ports;
  }

  /** A change of supplier names the metering point of its meter. Throws a {@link Refusal}. */
  take({ request }: Task): undefined {
    if (request.reference !== "6.23") return;
    const { mpxn } = this.#context.headEnd.inventory.read(request.target);
    const { ImportMPxN } = formOf(request).parameters;
    if (mpxn === undefined || mpxn === ImportMPxN) return;
    const { otherMpxn } = this.#context.settings.codes;
    throw new Refusal(otherMpxn, `ImportMPxN: expected ${mpxn} of ${request.target}, got ${ImportMPxN}`);
  }

  /** The device has answered. */
  settled(task: Task, outcome: Outcome): void {
    if (outcome.how !== "answered" || !task.preCommand.useCase.id.startsWith("CS02b")) return;
    const value = outcome.results?.[0]?.value ?? null;
    if (plainFault(valueTypes.replacementReply, value, "reply") !== undefined) return;
    const reply = fromPlain(valueTypes.replacementReply, value, "reply");
    if (reply.outcome !== undefined) this.#changed(task, reply.outcome);
  }

  /** It has done at its time what it was asked before. */
  happened(errand: Errand, alert: ReceivedAlert): void {
    const outcome = replacementOutcome(alert.values[0]);
    if (outcome !== undefined) this.#changed(errand, outcome);
  }

  #changed(errand: Errand, { cells, floors }: Replacement): void {
    const done = cells.filter(({ status }) => status === "success");
    for (const role of new Set(done.map(({ cell }) => cell.role))) {
      const own = done.filter(({ cell }) => cell.role === role);
      const holder = toHex((own[0] as (typeof own)[0]).newHolder);
      this.#handOver(errand, role as Role, holder);
      if (own.some(({ cell }) => cell.usage === "sign")) this.#learn(errand, holder);
      this.#tellUpdated(
        errand,
        role as Role,
        floors.find((floor) => floor.role === role),
      );
    }
  }

  /** What the device believes of its new holder, the DCC does. */
  #learn({ request }: Errand, holder: Eui64): void {
    const signing = certificatesOf(request).filter(([name]) => name.startsWith("Digital"));
    for (const [, bytes] of signing)
      this.#holders.learn(holder, this.#context.ports.suite.certificates.read(bytes).publicKey);
  }

  #handOver({ request }: Errand, role: Role, holder: Eui64): void {
    const { target } = request;
    const before = this.#holders.of(target, role);
    this.#holders.change(target, role, holder);
    if (role !== "supplier" || before === undefined || before === holder) return;
    this.#ports.lost(before, target);
    const entry = this.#context.headEnd.inventory.read(target);
    const MPxNs = mpxnsOf(entry);
    const { changeOfSupplier } = this.#context.settings.alertCodes;
    if (MPxNs === undefined || this.#context.rules.user(before) === undefined) return;
    const DeviceChangeOfSupplier = { DeviceID: target, DeviceType: entry.type, MPxNs };
    this.#context.tell(before, changeOfSupplier, {
      ChangeOfSupplier: { DeviceChangeOfSupplier },
    } as DccAlertContent);
  }

  /** Everyone who is registered there, but for who asked and has the answer. */
  #tellUpdated({ request }: Errand, role: Role, floor: Replacement["floors"][number] | undefined): void {
    const { crypto } = this.#context.ports;
    const Certificates = certificatesOf(request).map(([name, certificate]) => ({
      CertificateType: name.replace(/Certificate$/, ""),
      CertificateHash: crypto.sha256(certificate),
    }));
    const topUp = floor?.topUp?.[0]?.floor;
    const RemotePartySeqNumberChange = floor && {
      RemotePartyFloorSeqNumber: floor.floor,
      ...(topUp !== undefined && { RemotePartyPrepaymentTopUpFloorSeqNumber: topUp }),
    };
    const content = {
      SecurityCredentialsUpdated: {
        ...{ DeviceID: request.target, RemotePartyRole: wordOfRole(role) },
        ...(RemotePartySeqNumberChange && { RemotePartySeqNumberChange }),
        Certificates,
      },
    } as DccAlertContent;
    const entry = this.#context.headEnd.inventory.read(request.target);
    const { alertCodes } = this.#context.settings;
    for (const user of this.#context.rules.registrations.entitled(entry, this.#context.nowS()))
      if (user !== request.originator) this.#context.tell(user, alertCodes.credentialsUpdated, content);
  }
}

const names: readonly Certificate[] = [
  "DigitalSigningCertificate",
  "KeyAgreementCertificate",
  "KeyAgreementTopUpCertificate",
];

const certificatesOf = (request: TakenRequest) =>
  certificatesIn(checkForm(serviceRequest(request.reference), formOf(request).parameters));

/** The certificates of a form, wherever it has them. */
function certificatesIn(form: unknown): readonly (readonly [Certificate, Uint8Array])[] {
  if (typeof form !== "object" || form === null || form instanceof Uint8Array) return [];
  const own = form as Readonly<Record<string, unknown>>;
  const here = names.flatMap((name) =>
    own[name] instanceof Uint8Array ? [[name, own[name] as Uint8Array] as const] : [],
  );
  return here.length > 0 ? here : Object.values(own).flatMap(certificatesIn);
}
