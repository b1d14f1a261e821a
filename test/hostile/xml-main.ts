/**
 * Spoilt XML, signed and not, at the reader of users' requests: `npm run hostile:xml -- [COUNT] [SEED]`, default 1,000,000 and 1. Exits 1 when one
 * takes over 100 ms, memory grows, one is neither read nor refused by its code, or one is believed that nobody signed.
 */
import { xmlBarrage } from "./xml-barrage.ts";

const MAX_MS = 100;
const MAX_GROWTH_BYTES = 4 << 20;

const [count = "1000000", seed = "1"] = process.argv.slice(2);
const startMs = performance.now();
const { documents, outcomes, slowestMs, heapGrowth = 0 } = xmlBarrage(Number(count), Number(seed));
const met = slowestMs <= MAX_MS && heapGrowth <= MAX_GROWTH_BYTES;
if (!met) process.exitCode = 1;
const seconds = Math.round((performance.now() - startMs) / 1000);
const counts = Object.entries(outcomes).sort(([, a], [, b]) => b - a);
console.log(
  `${met ? "met   " : "MISSED"} xml: ${documents} spoilt documents, no crash, none believed that was not signed (${seconds} s)`,
);
console.log(
  `       slowest ${slowestMs.toFixed(1)} ms (at most ${MAX_MS}), heap grew by ${heapGrowth} bytes`,
);
console.log(`       ${counts.map(([what, times]) => `${times} ${what}`).join(", ")}`);
