/** `meterbench verify`: says of each message file whether it is authentic, and why not. */
import { basename } from "node:path";
import { type UseCase, useCaseByCode, useCases } from "../../firmware/model/index.ts";
import type { Header } from "../../firmware/wire/message.ts";
import type { EnvelopeSuite } from "../../firmware/wire/suite.ts";
import { envelopeSuites } from "../../firmware/wire/suites.ts";
import type { Envelope } from "../../firmware/wire/wire.ts";
import { CodedError, hasCode } from "../../hal/base/coded-error.ts";
import { nodeCrypto } from "../../hal/crypto/index.ts";
import { type Checked, type CheckedKind, checkMessage, ReadySuite } from "./check-message.ts";
import { loadCwtKeys } from "./cwt-keys.ts";
import type { KeyedWire } from "./key-files.ts";
import { messageFiles, readMessageFile } from "./message-files.ts";
import { loadX509Keys } from "./x509-keys.ts";

export interface VerifiedMessage {
  readonly file: string;
  /** Null, as all that follow but status and reason, when the envelope cannot be read. */
  readonly kind: CheckedKind | null;
  /** GBCS use case; where several share a message code, the one the file is named for; the code in hex if none has it. */
  readonly useCase: string | null;
  readonly originator: string | null;
  readonly target: string | null;
  /** Decimal, as it may exceed 53 bits. */
  readonly counter: string | null;
  readonly protection: "mac" | "signature" | "signature+mac" | "none" | null;
  readonly status: "ok" | "refused";
  readonly reason?: string;
  /** An oddity that does not touch authenticity: the file's name and its message disagree. */
  readonly note?: string;
}

export interface VerifyReport {
  readonly total: number;
  readonly ok: number;
  readonly refused: number;
  /** How many of the refused are pre-commands: recognised, and not authentic by nature. */
  readonly preCommands: number;
  /** Key files that contradict themselves and were left out. */
  readonly unusableKeys: readonly string[];
  readonly messages: readonly VerifiedMessage[];
}

export interface VerifyOptions {
  readonly wire: KeyedWire;
  /** gbcs: `<EUI-64>-{ds,ka,pp-ka}.{pem,key}`; cose: `<EUI-64>-{ds,ka}.{cwt,key}`. */
  readonly keysDir: string;
  /** Called after each file. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Checks message files and folders of them. A bad file is a refused message with its reason; bad options
 * throw: `verify/keys`, `verify/no-files`, `verify/unreadable`.
 */
export function verifyFiles(paths: readonly string[], options: VerifyOptions): VerifyReport {
  const { check, unusableKeys } = makeCheck(options);
  const files = messageFiles(paths);
  const messages = files.map((file, index) => {
    const verified = verifyFile(file, check);
    options.onProgress?.(index + 1, files.length);
    return verified;
  });
  const ok = messages.filter(({ status }) => status === "ok").length;
  const preCommands = messages.filter(({ kind }) => kind === "pre-command").length;
  return { total: messages.length, ok, refused: messages.length - ok, preCommands, unusableKeys, messages };
}

/** One check for many messages: keys are read once. */
export function makeCheck({ wire, keysDir }: Pick<VerifyOptions, "wire" | "keysDir">): {
  readonly check: (bytes: Uint8Array) => Checked;
  readonly unusableKeys: readonly string[];
} {
  const crypto = nodeCrypto();
  const { gbcs, cose } = envelopeSuites;
  if (wire === "cose") {
    const [ready, keys] = [new ReadySuite(cose, crypto), loadCwtKeys(keysDir, crypto)];
    return {
      check: (bytes) => orOtherWire(bytes, checkMessage(bytes, ready, keys), gbcs),
      unusableKeys: keys.unusable,
    };
  }
  const [ready, keys] = [new ReadySuite(gbcs, crypto), loadX509Keys(keysDir)];
  return {
    check: (bytes) => orOtherWire(bytes, checkMessage(bytes, ready, keys), cose),
    unusableKeys: keys.unusable,
  };
}

/** A message that is malformed on this wire may be one of the other. */
function orOtherWire<E extends Envelope, M>(
  bytes: Uint8Array,
  checked: Checked,
  { wire, decodePlain }: EnvelopeSuite<E, M>,
): Checked {
  if (checked.header !== undefined || !(reads(wire.peek, bytes) || reads(decodePlain, bytes))) return checked;
  return {
    ...checked,
    reason: `malformed: this is a message of the ${wire.name} wire: give --wire ${wire.name} and its keys`,
  };
}

function reads(read: (bytes: Uint8Array) => unknown, bytes: Uint8Array): boolean {
  try {
    read(bytes);
    return true;
  } catch (error) {
    if (!(error instanceof CodedError) || hasCode(error, "hal")) throw error;
    return false;
  }
}

function verifyFile(file: string, check: (bytes: Uint8Array) => Checked): VerifiedMessage {
  try {
    return describe(file, check(readMessageFile(file)));
  } catch (error) {
    if (!(error instanceof CodedError) || hasCode(error, "hal")) throw error;
    return describe(file, { status: "refused", reason: `unreadable: ${error.message}` });
  }
}

function describe(file: string, checked: Checked): VerifiedMessage {
  const { header, kind = null, protection = null, status, reason } = checked;
  const named = header && namedUseCase(file, header.code);
  const note = header && named && disagreement(named, file, header, protection);
  return {
    file,
    kind,
    useCase: header ? useCaseOf(header, named) : null,
    originator: header?.originator ?? null,
    target: header?.target ?? null,
    counter: header?.counter.toString() ?? null,
    protection,
    status,
    ...(reason !== undefined && { reason }),
    ...(note && { note }),
  };
}

const codeName = (code: number): string => code.toString(16).toUpperCase().padStart(4, "0");

/**
 * Reference files are named `<use case>_<service reference>_…`; a form of it may be named behind the use case, and
 * `-ZigBee` where the gas devices' message has a code of its own.
 */
function namedUseCase(file: string, code: number): UseCase | undefined {
  const name = basename(file).split("_")[0] ?? "";
  const carried = useCaseByCode(code);
  if (name.endsWith("-ZigBee") && carried?.id.startsWith(name.split("-")[0] as string)) return carried;
  const named = useCases.filter(({ id }) => name.startsWith(id));
  return named.reduce<UseCase | undefined>(
    (best, each) => (each.id.length > (best?.id.length ?? 0) ? each : best),
    undefined,
  );
}

const codesOf = ({ code, outcome }: UseCase): readonly number[] =>
  outcome === undefined ? [code] : [code, outcome];

/** The name in the file only decides between use cases that share the code. */
function useCaseOf({ code }: Header, named: UseCase | undefined): string {
  if (named !== undefined && codesOf(named).includes(code)) return named.id;
  return useCaseByCode(code)?.id ?? codeName(code);
}

function disagreement(
  named: UseCase,
  file: string,
  { code }: Header,
  protection: string | null,
): string | undefined {
  const codes = codesOf(named);
  if (!codes.includes(code))
    return `the file is named ${named.id} (message code ${codes.map(codeName).join(", ")}), the message carries ${codeName(code)}`;
  if (/^\w+Signature_/.test(basename(file)) && protection === "mac")
    return `the file is named for the signed form of ${named.id}; the message has a MAC and no signature`;
  return undefined;
}
