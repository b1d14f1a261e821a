/** Spoilt XML at the reader of users' requests: each is read, or refused with a code of the interface, soon. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { requests } from "../../firmware/model/index.ts";
import { CodedError } from "../../hal/base/coded-error.ts";
import { nodeCrypto } from "../../hal/crypto/index.ts";
import { SeededRandom } from "../../hal/mock/index.ts";
import type { UserRequest } from "../../harness/headend/dcc/messages.ts";
import { XmlAuthority } from "../../harness/headend/xml-signing.ts";
import { readUserRequest, writeUserRequest } from "../../harness/interface/index.ts";
import { sign, verifySignature } from "../../harness/interface/signature.ts";
import { anyRequestOf, ask } from "../harness/interface/any-request.ts";
import { duisDir } from "../support/shared-data.ts";
import { heapNow } from "./heap.ts";
import { spoiltXml } from "./xml-mutations.ts";

interface XmlTally {
  readonly documents: number;
  /** By code, or "read". */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly slowestMs: number;
  /** Heap after the last tenth less that after the first, bytes; undefined without `--expose-gc`. */
  readonly heapGrowth: number | undefined;
}

/** Slower than this is measured again: another program may have had the processor. */
const SUSPECT_MS = 20;

/** Of so many one is signed before it is spoilt, and must then not be believed. */
const SIGNED = 8;

/** How many of {@link originalsOf} are our own; they stand first. */
const ownCount = Object.keys(requests).length + 1;

/** One of each variant and a signed one, of our own; and those of others, where they are. */
function originalsOf(seed: number): readonly string[] {
  const own = Object.keys(requests).map((reference) => {
    const [request] = fc.sample(anyRequestOf(reference), { seed, numRuns: 1 });
    return writeUserRequest(request!);
  });
  const { parameters: _, ...header } = ask("7.2", {});
  const signedPreCommand = new Uint8Array(200).fill(0xdf);
  const folder = join(duisDir, "requests");
  const others = existsSync(folder)
    ? readdirSync(folder).map((file) => readFileSync(join(folder, file), "utf8"))
    : [];
  return [...own, writeUserRequest({ ...header, commandVariant: 5, signedPreCommand }), ...others];
}

/** Throws when a document is neither read nor refused by a code of the interface. */
export function xmlBarrage(count: number, seed: number): XmlTally {
  const originals = originalsOf(seed);
  const random = new SeededRandom(`xml ${seed}`);
  const any = (from = originals): string => from[random.below(from.length)]!;
  const signed = originals.slice(0, ownCount).map((xml) => sign(xml, signer));
  const meanings = new Set(originals.slice(0, ownCount).map((xml) => meaning(readUserRequest(xml))));
  const outcomes: Record<string, number> = {};
  let slowestMs = 0;
  let firstHeap: number | undefined;
  for (let i = 0; i < count; i++) {
    const isSigned = i % SIGNED === 0;
    const content = spoiltXml(any(isSigned ? signed : originals), any(), random);
    const expected = isSigned ? meanings : undefined;
    const { outcome, ms } = hit(content, expected);
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    slowestMs = Math.max(slowestMs, ms < SUSPECT_MS ? ms : Math.min(ms, ...again(content, expected)));
    if (i === Math.floor(count / 10)) firstHeap = heapNow();
  }
  const heapGrowth = firstHeap === undefined ? undefined : heapNow()! - firstHeap;
  return { documents: count, outcomes, slowestMs, heapGrowth };
}

const again = (...hostile: Parameters<typeof hit>): number[] => [1, 2, 3].map(() => hit(...hostile).ms);

const crypto = nodeCrypto();
const signer = new XmlAuthority({ crypto, random: new SeededRandom("xml"), notBeforeS: 0 }).signer(
  "90B3D51F30010000",
  "user",
);
const keys = new Map([[signer.serial, signer]]);
/** What a document says to whoever acts on it: all of it that is no white space between elements. */
const meaning = (request: UserRequest): string =>
  JSON.stringify(request, (_name, value) => (typeof value === "bigint" ? `${value}n` : value));

/** It is read; or, where `signed`, believed: then it must say what one of those that were signed says. */
function hit(content: Uint8Array, signed?: ReadonlySet<string>): { outcome: string; ms: number } {
  const begunMs = performance.now();
  const refusal = refusalOf(() => {
    if (signed === undefined) return readUserRequest(content);
    const request = readUserRequest(verifySignature(content, keys).document);
    assert.ok(signed.has(meaning(request)), `believed, and nobody signed it: ${meaning(request)}`);
    return request;
  });
  const outcome = refusal ?? (signed === undefined ? "read" : "believed, as it was signed");
  return { outcome, ms: performance.now() - begunMs };
}

function refusalOf(attempt: () => unknown): string | undefined {
  try {
    attempt();
    return undefined;
  } catch (error) {
    assert.ok(error instanceof CodedError, String((error as Error).stack));
    assert.match(error.code, /^interface\//, error.message);
    return error.code;
  }
}
