/** The packages of the DCC's open client, from a folder of their own. They are under the GPL: nothing of ours links them, and this program uses nothing of ours. */
import type { KeyObject, X509Certificate } from "node:crypto";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { join } from "node:path";

/** What is used of them. */
export interface Theirs {
  parseDuis(mode: "simplified", xml: string): Duis;
  constructDuis(mode: "simplified", duis: object): string;
  /** `address`: where certificates are looked up. */
  keyStore(address: string): Promise<KeyStore>;
  readonly usage: { readonly digitalSignature: number; readonly keyAgreement: number };
  /** Through their Java program. Rejects when their schema refuses the message. */
  sign(xml: string): Promise<string>;
  /** Schema and signature, through the same. Rejects with what is wrong. */
  validate(xml: string): Promise<string>;
}

export interface Duis {
  readonly header: {
    readonly requestId?: { originatorId: string; targetId: string; counter: bigint };
    readonly responseCode?: string;
    readonly commandVariant?: { readonly number: number };
    readonly serviceReferenceVariant?: { readonly "Service Reference Variant": string };
  };
  // biome-ignore lint/suspicious/noExplicitAny: what their parser makes of any body.
  readonly body: any;
}

export interface KeyStore {
  query(what: object): Promise<readonly KeyMaterial[] | null>;
  cleanup(): Promise<void>;
}
export interface KeyMaterial {
  readonly name?: string;
  readonly certificate?: X509Certificate;
  readonly privateKey?: KeyObject;
}

type Tool = (options: { xml: string; preserveCounter?: boolean }) => Promise<string>;

export function theirs(folder: string): Theirs {
  const require = createRequire(join(folder, "package.json"));
  const of = (name: string) => require(`@smartdcc/${name}`);
  const tools = of("duis-sign-wrap") as { signDuis: Tool; validateDuis: Tool };
  const { BoxedKeyStore, KeyUsage } = of("dccboxed-keystore");
  const { parseDuis, constructDuis } = of("duis-parser");
  const limited = limit(availableParallelism());
  return {
    ...{ parseDuis, constructDuis, usage: KeyUsage },
    keyStore: (address) => BoxedKeyStore.new(address),
    sign: (xml) => limited(() => tools.signDuis({ xml, preserveCounter: true })),
    validate: (xml) => limited(() => tools.validateDuis({ xml })),
  };
}

/** Lets `most` works run at once: each is a virtual machine of its own. */
function limit(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running >= most) await new Promise<void>((go) => waiting.push(go));
    else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
