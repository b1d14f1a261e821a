/** Puts the blocks of one peer's long messages together, and knows which messages it has had. Pure. */
import { concat, sameBytes } from "../../../hal/base/bytes.ts";
import type { ApsHeader } from "../frames/aps.ts";

export const BLOCK_BYTES = 60;
/** 26 blocks carry a tunnel's 1,500 bytes with their headers. */
export const MAX_BLOCKS = 32;
const STALE_MS = 10_000;
const REMEMBERED = 8;

interface Assembly {
  readonly counter: number;
  readonly cluster: number;
  readonly secured: boolean;
  readonly total: number;
  readonly parts: Uint8Array[];
  readonly atMs: number;
}

export interface Reception {
  /** The block to acknowledge; undefined with a whole, unfragmented message. */
  readonly block?: number;
  readonly acknowledge: boolean;
  /** The message, once it is whole. */
  readonly whole?: Uint8Array;
}

/** A message that is done with, and its last frame: what its sender may send again is that frame. */
interface Had {
  readonly counter: number;
  readonly atMs: number;
  readonly block: number | undefined;
  readonly payload: Uint8Array;
}

export class ApsReceiver {
  #assembly: Assembly | undefined;
  readonly #had: Had[] = [];

  /** Takes one authentic and fresh data frame. Blocks come in order: the window is one (Smart Energy 5.3.8). */
  take(header: ApsHeader, payload: Uint8Array, nowMs: number): Reception {
    const number = header.block?.first ? 0 : header.block?.number;
    const under = this.#assembly?.counter === header.counter;
    if (!under && this.#hadBefore(header.counter, number, payload, nowMs)) return reception(number, true);
    if (header.block === undefined) return this.#finish(header.counter, payload, payload, nowMs, undefined);
    if (header.block.first) this.#begin(header, nowMs);
    return this.#takeBlock(header, number!, payload, nowMs);
  }

  #begin(header: ApsHeader, nowMs: number): void {
    const total = header.block!.number;
    const same = this.#assembly?.counter === header.counter && this.#fresh(this.#assembly, nowMs);
    if (same || total < 1 || total > MAX_BLOCKS) return;
    const cluster = header.address?.cluster ?? 0;
    const { counter, secured } = header;
    this.#assembly = { counter, cluster, secured, total, parts: [], atMs: nowMs };
  }

  #takeBlock(header: ApsHeader, number: number, payload: Uint8Array, nowMs: number): Reception {
    const assembly = this.#assembly;
    if (assembly === undefined || !belongs(assembly, header) || !this.#fresh(assembly, nowMs)) {
      return reception(number, false);
    }
    if (number > assembly.parts.length) return reception(number, false);
    if (number < assembly.parts.length) return reception(number, true);
    assembly.parts.push(payload);
    this.#assembly = { ...assembly, atMs: nowMs };
    if (assembly.parts.length < assembly.total) return reception(number, true);
    this.#assembly = undefined;
    return this.#finish(header.counter, concat(...assembly.parts), payload, nowMs, number);
  }

  #finish(
    counter: number,
    whole: Uint8Array,
    payload: Uint8Array,
    nowMs: number,
    block: number | undefined,
  ): Reception {
    this.#had.push({ counter, atMs: nowMs, block, payload });
    if (this.#had.length > REMEMBERED) this.#had.shift();
    return { ...reception(block, true), whole };
  }

  #fresh = (assembly: Assembly, nowMs: number): boolean => nowMs - assembly.atMs < STALE_MS;

  /** By counter and content: a peer that has started anew may use a counter again for another message. */
  #hadBefore(counter: number, block: number | undefined, payload: Uint8Array, nowMs: number): boolean {
    return this.#had.some(
      (had) =>
        had.counter === counter &&
        had.block === block &&
        nowMs - had.atMs < STALE_MS &&
        sameBytes(had.payload, payload),
    );
  }
}

/** Blocks of one message agree in everything, protection included. */
function belongs(assembly: Assembly, header: ApsHeader): boolean {
  const { counter, secured, address } = header;
  return (
    assembly.counter === counter && assembly.secured === secured && assembly.cluster === address?.cluster
  );
}

function reception(block: number | undefined, acknowledge: boolean): Reception {
  return block === undefined ? { acknowledge } : { block, acknowledge };
}

/** The blocks a payload goes in; one when it fits a frame. */
export function blocksOf(payload: Uint8Array): readonly Uint8Array[] {
  const count = Math.max(1, Math.ceil(payload.length / BLOCK_BYTES));
  return Array.from({ length: count }, (_, i) => payload.slice(i * BLOCK_BYTES, (i + 1) * BLOCK_BYTES));
}
