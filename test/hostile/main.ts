/**
 * Spoilt messages of each payload kind, so many as told: `npm run hostile -- [COUNT] [SEED] [KIND…]`, default 1,000,000
 * and 1, all kinds. Exits 1 when one crashes the meter, takes over 100 ms of the processor, has an effect, or memory grows.
 */
import { barrage, type PayloadKind, payloadKinds } from "./barrage.ts";

const MAX_MS = 100;
const MAX_GROWTH_BYTES = 4 << 20;

const [count = "1000000", seed = "1", ...only] = process.argv.slice(2);
const kinds = (only.length > 0 ? only : Object.keys(payloadKinds)) as PayloadKind[];
const inWords = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .sort(([, a], [, b]) => b - a)
    .map(([what, times]) => `${times} ${what}`)
    .join(", ");

for (const kind of kinds) {
  const startMs = performance.now();
  const {
    messages,
    strangers,
    parties,
    slowestMs,
    heapGrowth = 0,
  } = await barrage(kind, Number(count), Number(seed));
  const met = slowestMs <= MAX_MS && heapGrowth <= MAX_GROWTH_BYTES;
  if (!met) process.exitCode = 1;
  const seconds = Math.round((performance.now() - startMs) / 1000);
  console.log(
    `${met ? "met   " : "MISSED"} ${kind}: ${messages} spoilt messages, no crash, no effect (${seconds} s)`,
  );
  console.log(
    `       slowest ${slowestMs.toFixed(1)} ms of the processor (at most ${MAX_MS}), heap grew by ${heapGrowth} bytes`,
  );
  console.log(`       nobody's: ${inWords(strangers)}`);
  console.log(`       from those who may: ${inWords(parties)}`);
}
