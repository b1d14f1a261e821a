/**
 * A device's own certificates (GBCS 13): CS02c makes a key pair and asks for its certificate, CS02d puts the pair in force
 * with it, CS02e gives what is in force. The key in force is never without its certificate: a power cut at any step leaves
 * the former pair or the new one, whole. Answers are signed by the key that is in force when they leave.
 */
import { sameBytes } from "../../../hal/base/bytes.ts";
import { hasCode } from "../../../hal/base/coded-error.ts";
import { alerts, type Outcome, objects, type ValueOf, type valueTypes } from "../../model/index.ts";
import type { OwnKeys, OwnUsage } from "../../security/own-keys.ts";
import type { Eui64, Status } from "../../wire/message.ts";
import type { Suite } from "../../wire/suite.ts";
import type { DeviceContext, Feature } from "../feature.ts";
import { report } from "../report.ts";
import { calls, servePart } from "../serve.ts";
import { judgeOwn } from "./judge.ts";

type Types = typeof valueTypes;
type Usage = { readonly usage: ValueOf<Types["keyUsage"]> };
type Asked = { readonly request: Uint8Array } | { readonly fault: ValueOf<Types["requestFault"]> };
type Given = { readonly certificate: Uint8Array } | { readonly fault: ValueOf<Types["retrievalFault"]> };
type Fault = ValueOf<Types["certificateFault"]>;

const secretBytes = 32;
const logged = {
  sign: { done: alerts.ownSigningReplaced, failed: alerts.ownSigningFailed },
  agree: { done: alerts.ownAgreementReplaced, failed: alerts.ownAgreementFailed },
} as const;

export interface OwnCredentialsParts {
  readonly suite: Suite;
  readonly eui64: Eui64;
  readonly keys: OwnKeys;
  /** Those between the factory's certificates and the root. */
  readonly path: readonly Uint8Array[];
  /** Undefined while there is none. */
  root(): Uint8Array | undefined;
  /** Are validity periods looked at? */
  readonly timeChecks: boolean;
  /** The agreement key is another. */
  agreementChanged(): void;
}

export function ownCredentialsFeature(context: DeviceContext, parts: OwnCredentialsParts): Feature {
  const own = new OwnCredentials(context, parts);
  return {
    name: "own-credentials",
    objects: [
      servePart(objects.credentials, {
        makeKeyPair: calls(
          (asked: Usage) => own.makeKeyPair(asked),
          undefined,
          () => ({ fault: "requestFailed" }),
        ),
        installCertificate: calls(
          (certificate: Uint8Array) => own.install(certificate),
          undefined,
          (): Fault => "storageFailed",
        ),
        provideCertificate: calls(
          (asked: Usage) => own.provide(asked),
          (given: Given, asked: Usage) => own.load(given, asked),
          () => ({ fault: "retrievalFailed" }),
        ),
      }),
    ],
  };
}

class OwnCredentials {
  readonly #context: DeviceContext;
  readonly #parts: OwnCredentialsParts;

  constructor(context: DeviceContext, parts: OwnCredentialsParts) {
    this.#context = context;
    this.#parts = parts;
  }

  /** A pair that waited is forgotten: its certificate would come too late. */
  async makeKeyPair({ usage }: Usage): Promise<Outcome<Asked, Status>> {
    if (usage === "certify") return { value: { fault: "invalidUsage" } };
    const { board, journal } = this.#context;
    const { suite, keys, eui64: subject } = this.#parts;
    const secret = await board.entropy.bytes(secretBytes);
    let request: Uint8Array;
    try {
      request = suite.certificates.request({ subject, usage, secret }, keys.signer, board.crypto);
    } catch (error) {
      if (!hasCode(error, "hal/misuse")) throw error; // a secret that is no key
      return { value: { fault: "keyPairFailed" } };
    }
    const kept = await commits(() => journal.commit([keys.waitChange(usage, secret)]));
    return { value: kept ? { request } : { fault: "requestFailed" } };
  }

  async install(certificate: Uint8Array): Promise<Outcome<Fault, Status>> {
    const { board } = this.#context;
    const { suite, keys, eui64, path, timeChecks } = this.#parts;
    const judged = judgeOwn(certificate, {
      ...{ suite, crypto: board.crypto, eui64, path, root: this.#parts.root() },
      nowS: timeChecks && this.#context.timeIsSet() ? this.#context.nowS() : undefined,
      waitingKey: (usage) => keys.waitingKey(usage),
      held: (usage) => sameBytes(keys.certificate(usage), certificate),
    });
    const usage = judged.usage ?? "sign";
    if (judged.fault === "alreadyHeld") return { value: "success" };
    if (judged.fault !== undefined) return this.#failed(usage, judged.fault);
    const changes = keys.installChanges(usage, certificate);
    const kept = await commits(() => report(this.#context, logged[usage].done.code, { changes }));
    if (!kept) return this.#failed(usage, "storageFailed");
    keys.adopt(usage);
    if (usage === "agree") this.#parts.agreementChanged();
    this.#context.observe({ kind: "own-key", usage });
    return { value: "success" };
  }

  async #failed(usage: OwnUsage, fault: Fault): Promise<Outcome<Fault, Status>> {
    await commits(() => report(this.#context, logged[usage].failed.code));
    return { value: fault };
  }

  provide({ usage }: Usage): Outcome<Given, Status> {
    if (usage === "certify") return { value: { fault: "invalidUsage" } };
    return { value: { certificate: this.#parts.keys.certificate(usage) } };
  }

  async load(given: Given, { usage }: Usage): Promise<void> {
    if (usage === "certify" || "fault" in given) return;
    await this.#context.journal.commit([this.#parts.keys.certificateChange(usage, given.certificate)]);
    this.#parts.keys.adopt(usage);
  }
}

/** False when there is no room. */
async function commits(commit: () => Promise<void>): Promise<boolean> {
  try {
    await commit();
    return true;
  } catch (error) {
    if (!hasCode(error, "journal/full")) throw error;
    return false;
  }
}
