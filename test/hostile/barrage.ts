/**
 * Spoilt messages for a meter, by payload kind. Most are spoilt outside, so that nothing in them is authentic: they must
 * have no effect. Some are spoilt inside and then signed and MACed by those who may, so that what is wrong reaches the
 * reader of the payload and the features: they may be answered, but must end in an answer or a refusal.
 */
import assert from "node:assert/strict";
import { BenchMeter } from "../../bench/bench-meter.ts";
import type { Observation } from "../../firmware/kernel/observation.ts";
import type { Command, Protection } from "../../firmware/wire/message.ts";
import type { Suite } from "../../firmware/wire/suite.ts";
import { envelopeSuites, suites } from "../../firmware/wire/suites.ts";
import { sameBytes } from "../../hal/base/bytes.ts";
import { CodedError } from "../../hal/base/coded-error.ts";
import { toHex } from "../../hal/base/hex.ts";
import { nodeCrypto } from "../../hal/crypto/index.ts";
import { SeededRandom } from "../../hal/mock/index.ts";
import { pairKeys } from "../../harness/headend/pair-keys.ts";
import { standardDevice } from "../../harness/premises/device-specs.ts";
import { askerOf, type Sample, samples } from "../../harness/scenarios/samples.ts";
import { subjectFor } from "../../harness/scenarios/support.ts";
import { heapNow } from "./heap.ts";
import { spoilt } from "./mutations.ts";

/** A kind of payload, and the wire that carries it. */
export const payloadKinds = {
  cose: { suite: suites.cose, is: () => true },
  dlms: { suite: suites.gbcs, is: (payload: string) => payload === "dlms" },
  asn1: { suite: suites.gbcs, is: (payload: string) => payload === "asn1" },
} as const satisfies Record<string, { suite: Suite; is(payload: string): boolean }>;
export type PayloadKind = keyof typeof payloadKinds;

export interface Tally {
  readonly messages: number;
  /** By the reason the meter gave, or "answered"; of what no authentic party sent, and of what one did. */
  readonly strangers: Readonly<Record<string, number>>;
  readonly parties: Readonly<Record<string, number>>;
  /** Of the processor: a message waits for nothing, and what else a machine does is not its doing. */
  readonly slowestMs: number;
  /** Heap after the last tenth less that after the first, bytes; undefined without `--expose-gc`. */
  readonly heapGrowth: number | undefined;
}

interface Original {
  readonly useCase: string;
  readonly command: Command;
  readonly protection: Protection;
  /** As it came, whole: its counter has been used. */
  readonly sealed: Uint8Array;
}

/** How often the payload is spoilt inside and sealed anew: one in so many, as signing is costly. */
const SEALED_ANEW = 8;

/** Throws when the meter does what it must not; `count` messages of `kind`, by `seed`. */
export async function barrage(kind: PayloadKind, count: number, seed: number): Promise<Tally> {
  const target = await Target.build(kind);
  const random = new SeededRandom(`barrage ${kind} ${seed}`);
  const tally = { strangers: {} as Record<string, number>, parties: {} as Record<string, number> };
  let slowestMs = 0;
  let firstHeap: number | undefined;
  for (let i = 0; i < count; i++) {
    const original = target.originals[random.below(target.originals.length)]!;
    const other = target.originals[random.below(target.originals.length)]!;
    const inside = i % SEALED_ANEW === 0;
    const bytes = inside
      ? target.spoiltInside(original, other, random)
      : spoilt(original.sealed, other.sealed, random);
    // A mutation may put back what was there, or another whole message.
    if (bytes === undefined || sameBytes(bytes, original.sealed) || sameBytes(bytes, other.sealed)) continue;
    const { outcome, ms } = await target.hit(bytes, inside);
    slowestMs = Math.max(slowestMs, ms);
    const counts = inside ? tally.parties : tally.strangers;
    counts[outcome] = (counts[outcome] ?? 0) + 1;
    if (i === Math.floor(count / 10)) firstHeap = heapNow();
  }
  const heapGrowth = firstHeap === undefined ? undefined : heapNow()! - firstHeap;
  return { messages: count, ...tally, slowestMs, heapGrowth };
}

class Target {
  readonly originals: readonly Original[];
  readonly #suite: Suite;
  readonly #meter: BenchMeter;
  /** What the meter said of the message in hand. */
  #said: Observation[] = [];
  #counter = 1n << 40n;

  static async build(kind: PayloadKind): Promise<Target> {
    let target: Target | undefined;
    const { suite, is } = payloadKinds[kind];
    const observe = (observation: Observation): void => {
      if (target !== undefined) target.#said.push(observation);
    };
    const meter = await BenchMeter.build(nodeCrypto(), { suite, observe });
    const { eui64: eui, type } = meter.meter.device.identity;
    meter.headEnd.inventory.preNotify({ eui, type, installCode: new Uint8Array(16) });
    target = new Target(suite, meter, is);
    for (const { sealed, useCase } of target.originals) {
      const { outcome } = await target.hit(sealed, true);
      assert.equal(outcome, "answered", `${useCase} unspoilt`);
    }
    return target;
  }

  private constructor(suite: Suite, meter: BenchMeter, is: (payload: string) => boolean) {
    this.#suite = suite;
    this.#meter = meter;
    const modelled = new Map(meter.meter.device.useCases.map((useCase) => [useCase.id, useCase]));
    this.originals = samples.flatMap((sample) => {
      const useCase = modelled.get(sample.useCase);
      return useCase !== undefined &&
        is(useCase.payload) &&
        (sample.to ?? "esme") === "esme" &&
        !changesKeys(sample)
        ? [this.#original(sample)]
        : [];
    });
  }

  #original(sample: Sample): Original {
    const { headEnd, meter } = this.#meter;
    const to = meter.device.identity.eui64;
    const home = { hub: standardDevice("CHF").eui, other: to };
    const asked = sample.parameters(subjectFor(headEnd, startS, home)) as never;
    const preCommand = headEnd.prepare(sample.reference, asked, { by: askerOf(sample), to });
    const sealed = headEnd.sealing.protect(preCommand);
    const { protection } = this.#suite.wire.peek(sealed);
    return { useCase: sample.useCase, command: preCommand.command, protection, sealed };
  }

  /** Sealed by those who may, as the original was; undefined when it no longer has a frame to seal. */
  spoiltInside(original: Original, other: Original, random: SeededRandom): Uint8Array | undefined {
    const header = { ...original.command.header, counter: this.#counter++ };
    const plain = this.#plainWith(
      this.#suite.wire.encode({ ...original.command, header }),
      this.#suite.wire.encode(other.command),
      random,
    );
    const { headEnd, crypto } = this.#meter;
    const originator = Object.values(headEnd.parties).find(({ eui }) => eui === header.originator)!;
    const { sign } = originator.keys;
    let message = plain;
    try {
      if (original.protection !== "mac") {
        const keyId = this.#suite.keyId(crypto, sign.signer.publicKey);
        message = this.#suite.wire.sign(message, (input) => sign.signer.sign(input), keyId);
      }
      if (original.protection === "signature") return message;
      const broker = headEnd.parties.accessControlBroker.keys.agree;
      const { mac } = pairKeys(
        this.#suite,
        crypto,
        broker,
        headEnd.device(header.target).agreePublicKey,
        header,
      );
      return this.#suite.wire.protect(message, mac(header), this.#suite.keyId(crypto, broker.publicKey));
    } catch (error) {
      assert.ok(error instanceof CodedError, String(error));
      return undefined;
    }
  }

  /** Spoils the payload alone where the frame has lengths of its own. */
  #plainWith(plain: Uint8Array, other: Uint8Array, random: SeededRandom): Uint8Array {
    if (this.#suite !== suites.gbcs) return spoilt(plain, other, random);
    const { wire, decodePlain } = envelopeSuites.gbcs;
    const message = decodePlain(plain);
    return wire.encode({ ...message, payload: spoilt(message.payload, decodePlain(other).payload, random) });
  }

  async hit(bytes: Uint8Array, authentic: boolean): Promise<{ outcome: string; ms: number }> {
    this.#said = [];
    const before = process.cpuUsage();
    const answer = await this.#meter.send(bytes);
    const { user, system } = process.cpuUsage(before);
    const ms = (user + system) / 1000;
    const what = () => `${toHex(bytes)}: ${this.#said.map((said) => JSON.stringify(said, plainly))}`;
    const faults = this.#said.filter(({ kind }) => kind === "fault");
    assert.deepEqual(faults, [], what());
    const refused = this.#said.find(({ kind }) => kind === "command-refused");
    if (!authentic) assert.equal(answer, undefined, `answered a stranger: ${what()}`);
    // What fails before its payload has a form for that (an order that contradicts itself) is not answered.
    const unsaid = this.#said.some(({ kind }) => kind === "no-response");
    assert.equal(
      answer === undefined,
      refused !== undefined || unsaid,
      `neither answered nor refused: ${what()}`,
    );
    const taken = unsaid ? "not answered" : "answered";
    return { outcome: refused === undefined ? taken : String(refused.reason), ms };
  }
}

const plainly = (_key: string, value: unknown): unknown =>
  typeof value === "bigint" ? String(value) : value;

/** The meter's clock, which nobody sets here, does not tell it. */
const startS = Date.UTC(2026, 11, 1) / 1000;

/** After a change of keys its sender is a stranger. */
const changesKeys = ({ useCase }: Sample): boolean => useCase.startsWith("CS02b");
