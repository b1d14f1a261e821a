/** Is one message authentic? The same steps on every wire; what differs is its suite. */
import { type Header, Kind, type Protection } from "../../firmware/wire/message.ts";
import type { ContextMac, EnvelopeSuite } from "../../firmware/wire/suite.ts";
import type { Envelope } from "../../firmware/wire/wire.ts";
import { CodedError, hasCode } from "../../hal/base/coded-error.ts";
import { euiBytes } from "../../hal/base/eui64.ts";
import { toLowerHex } from "../../hal/base/hex.ts";
import type { Crypto, Verifier } from "../../hal/board.ts";
import type { KeyStore, Party, PartyKey } from "./key-store.ts";

export type CheckedKind = keyof typeof Kind | "pre-command";

/** `header` and `kind` as read, before anything was authenticated, when the envelope could be read at all. */
export interface Checked {
  readonly status: "ok" | "refused";
  /** Why refused: a word, then what exactly. Words: malformed, unprotected, no-key, bad-mac, bad-signature. */
  readonly reason?: string;
  readonly kind?: CheckedKind;
  readonly header?: Header;
  readonly protection?: Protection | "none";
}

/** A suite with the keys of one store made ready: each is imported, and each pair agreed, once. */
export class ReadySuite<E extends Envelope, M> {
  readonly suite: EnvelopeSuite<E, M>;
  readonly #crypto: Crypto;
  readonly #verifiers = new WeakMap<PartyKey, Verifier>();
  readonly #macs = new Map<string, ContextMac | undefined>();

  constructor(suite: EnvelopeSuite<E, M>, crypto: Crypto) {
    this.suite = suite;
    this.#crypto = crypto;
  }

  verifier(key: PartyKey): Verifier {
    const made = this.#verifiers.get(key) ?? this.suite.verifier(this.#crypto, key.publicKey);
    this.#verifiers.set(key, made);
    return made;
  }

  /** Undefined when the keys agree nothing. The store's keys are few, and so are its pairs. */
  macs(secret: Uint8Array, publicKey: Uint8Array, { originator, target }: Header): ContextMac | undefined {
    const name = [originator, target, toLowerHex(secret), toLowerHex(publicKey)].join("/");
    if (!this.#macs.has(name)) {
      const pair = { originator: euiBytes(originator), target: euiBytes(target) };
      const own = this.suite.agreement(this.#crypto, secret);
      this.#macs.set(name, this.suite.macs(this.#crypto, own, publicKey, pair));
    }
    return this.#macs.get(name);
  }
}

export function checkMessage<E extends Envelope, M>(
  bytes: Uint8Array,
  kit: ReadySuite<E, M>,
  keys: KeyStore,
): Checked {
  let envelope: E;
  try {
    envelope = kit.suite.wire.peek(bytes);
  } catch (error) {
    return checkPreCommand(bytes, kit, error);
  }
  const { header, protection } = envelope;
  const reason = macRefusal(envelope, kit, keys) ?? signatureRefusal(envelope, kit, keys);
  const kind = kindName(header);
  return { status: reason ? "refused" : "ok", kind, header, protection, ...(reason && { reason }) };
}

/** A pre-command is recognised, and never authentic: nothing protects it yet. */
function checkPreCommand<E extends Envelope, M>(
  bytes: Uint8Array,
  kit: ReadySuite<E, M>,
  why: unknown,
): Checked {
  try {
    const { header } = kit.suite.decodePlain(bytes);
    const reason =
      "unprotected: a pre-command carries neither signature nor MAC, so nothing shows who made it";
    return { status: "refused", kind: "pre-command", header, protection: "none", reason };
  } catch (error) {
    if (!isRefusal(error) || !isRefusal(why)) throw error;
    return { status: "refused", reason: `malformed: ${why.message}` };
  }
}

const isRefusal = (error: unknown): error is CodedError =>
  error instanceof CodedError && !hasCode(error, "hal");

function kindName(header: Header): keyof typeof Kind {
  return header.kind === Kind.command ? "command" : header.kind === Kind.response ? "response" : "alert";
}

function macRefusal<E extends Envelope, M>(
  envelope: E,
  kit: ReadySuite<E, M>,
  keys: KeyStore,
): string | undefined {
  if (envelope.macTag === undefined) return undefined;
  const { makers, receiver } = macParties(envelope.header, keys);
  const other = keys.party(receiver)?.keys.ka;
  const pairs = makers.flatMap((maker) => keyPair(maker.keys.ka, other));
  if (pairs.length === 0) return noMacKey(envelope.header, makers, receiver, other);
  const valid = pairs.some(([secret, publicKey]) => {
    const mac = kit.macs(secret, publicKey, envelope.header);
    return mac !== undefined && kit.suite.wire.macValid(envelope, mac(envelope.header));
  });
  return valid
    ? undefined
    : `bad-mac: not made with the key of ${makers.map((m) => m.eui).join(" or ")} and ${receiver}`;
}

/** A party's command gets its MAC from the ACB; a device makes its own, for whatever it sends. */
function macParties(header: Header, keys: KeyStore): { makers: readonly Party[]; receiver: string } {
  const sender = keys.party(header.originator);
  const byBroker = header.kind === Kind.command && sender?.role !== "device";
  const makers = byBroker ? keys.withRole("accessControlBroker") : sender ? [sender] : [];
  return { makers, receiver: header.target };
}

/** Either side's private key makes the same MAC. */
function keyPair(a: PartyKey | undefined, b: PartyKey | undefined): [Uint8Array, Uint8Array][] {
  if (a?.secret && b) return [[a.secret, b.publicKey]];
  return b?.secret && a ? [[b.secret, a.publicKey]] : [];
}

function noMacKey(
  header: Header,
  makers: readonly Party[],
  receiver: string,
  other: PartyKey | undefined,
): string {
  const maker =
    makers[0]?.eui ?? (header.kind === Kind.command ? "the access control broker" : header.originator);
  const missing = [];
  if (!makers.some((party) => party.keys.ka)) missing.push(`the key-agreement key of ${maker}`);
  if (other === undefined) missing.push(`the key-agreement key of ${receiver}`);
  if (missing.length > 0) return `no-key: ${missing.join(" and ")} is not in the key folder`;
  return `no-key: the MAC needs the private key-agreement key of ${maker} or of ${receiver}; the key folder has neither`;
}

function signatureRefusal<E extends Envelope, M>(
  envelope: E,
  kit: ReadySuite<E, M>,
  keys: KeyStore,
): string | undefined {
  if (envelope.signature === undefined) return undefined;
  const { originator } = envelope.header;
  const key = keys.party(originator)?.keys.ds;
  if (key === undefined) return `no-key: the digital-signature key of ${originator} is not in the key folder`;
  if (kit.suite.wire.signatureValid(envelope, kit.verifier(key))) return undefined;
  return `bad-signature: not made with the key of ${originator}`;
}
