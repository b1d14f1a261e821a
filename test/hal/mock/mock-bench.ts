/** A powered mock board and the handle that lets its time pass. */
import { nodeCrypto } from "../../../hal/crypto/index.ts";
import {
  constantLoad,
  Ether,
  MockBoard,
  type MockBoardOptions,
  type MockParts,
  Scheduler,
  SeededRandom,
  WanLink,
} from "../../../hal/mock/index.ts";

/** 2025-01-01T00:00Z. */
export const startUtcMs = 1_735_689_600_000;

export interface MockBench {
  readonly scheduler: Scheduler;
  readonly random: SeededRandom;
  readonly board: MockBoard;
  advance(ms: number): Promise<void>;
}

export const allParts: MockParts = {
  mains: true,
  metrology: { profile: constantLoad(0) },
  loadSwitch: true,
  auxiliary: true,
  tamper: true,
  userInterface: true,
};

export function mockBench(options: Partial<MockBoardOptions> = {}, seed: number | string = 1): MockBench {
  const scheduler = options.scheduler ?? new Scheduler();
  const random = new SeededRandom(seed);
  const crypto = nodeCrypto();
  const board = new MockBoard({
    scheduler,
    random,
    id: "esme",
    startUtcMs,
    crypto,
    parts: allParts,
    ...options,
  });
  board.powerOn();
  return { scheduler, random, board, advance: (ms) => scheduler.runUntil(scheduler.nowMs + ms) };
}

export const eui = (last: number): Uint8Array => Uint8Array.of(0x00, 0x0d, 0x6f, 0, 0, 0, 0, last);

/** Two boards `distanceM` apart on one ether, radios on, and what the second one hears. */
export function radioPair(distanceM = 5, seed: number | string = 1) {
  const scheduler = new Scheduler();
  const random = new SeededRandom(seed);
  const ether = new Ether(scheduler, random.fork("ether"));
  const bench = (id: string, last: number): MockBench =>
    mockBench({ scheduler, id, ether, eui64: eui(last), parts: { mains: { idleW: 1e-6 } } }, seed);
  const a = bench("a", 1);
  const b = bench("b", 2);
  ether.place("b", { xM: distanceM, yM: 0 });
  return { scheduler, ether, a, b, advance: a.advance };
}

export function wanBench(seed: number | string = 1) {
  const scheduler = new Scheduler();
  const link = new WanLink(scheduler, new SeededRandom(seed));
  const received: Uint8Array[] = [];
  link.onUplink((message) => void received.push(message));
  const bench = mockBench({ scheduler, wan: link, parts: { mains: true } }, seed);
  return { ...bench, link, received, modem: bench.board.modem! };
}
