/**
 * Every single-bit flip of every reference message must be refused. All of them (2 million) take about 35 s.
 * `METERBENCH_FLIPS=sample` takes 5 s: all bits of one message of each form, and a seeded sample of the others.
 */
import assert from "node:assert/strict";
import { basename, join } from "node:path";
import { SeededRandom } from "../../../hal/mock/random.ts";
import { type Checked, makeCheck, readMessageFile } from "../../../harness/verify/index.ts";
import { messageFiles } from "../../../harness/verify/message-files.ts";
import { rtds } from "../../support/shared-data.ts";

const everything = process.env.METERBENCH_FLIPS !== "sample";
const SAMPLE_BITS = 40;
const SEED = 20;

describe("single-bit flip of a GBCS reference message", function () {
  this.timeout(everything ? 600_000 : 60_000);

  it(`is refused with a reason (${everything ? "every bit" : `one whole message a form, ${SAMPLE_BITS} bits of each other, seed ${SEED}`})`, function () {
    const dir = rtds(this);
    const { check } = makeCheck({ wire: "gbcs", keysDir: join(dir, "keystore") });
    const random = new SeededRandom(SEED);
    const wholeForms = new Set<string>();
    const reasons = new Map<string, number>();
    for (const file of messageFiles([join(dir, "messages")])) {
      const bytes = readMessageFile(file);
      const form = formOf(check(bytes), bytes);
      const whole = everything || !wholeForms.has(form);
      wholeForms.add(form);
      for (const bit of whole ? allBits(bytes) : sample(bytes, random)) {
        const reason = refusalOf(check, bytes, bit);
        assert.ok(
          reason,
          `${basename(file)}: bit ${bit % 8} of byte ${Math.floor(bit / 8)} flipped, and accepted`,
        );
        const word = reason.split(":")[0] as string;
        reasons.set(word, (reasons.get(word) ?? 0) + 1);
      }
    }
    console.log(`      refused: ${[...reasons].map(([word, count]) => `${count} ${word}`).join(", ")}`);
    assert.deepEqual([...reasons.keys()].sort(), [
      "bad-mac",
      "bad-signature",
      "malformed",
      "no-key",
      "unprotected",
    ]);
    assert.ok(wholeForms.size >= 14, [...wholeForms].join("; "));
  });
});

/** Kind, protection, length of other-information, time stamp or none: what decides which layers there are. */
function formOf({ kind, protection, header }: Checked, bytes: Uint8Array): string {
  const extra = header?.supplementary ? `, for ${header.supplementary.counter === undefined ? 10 : 18}` : "";
  const long = bytes.length > 400 ? ", long" : "";
  return `${kind} ${protection}${extra}${header?.timeS === undefined ? "" : ", timed"}${long}`;
}

const allBits = (bytes: Uint8Array) => Array.from({ length: bytes.length * 8 }, (_, bit) => bit);

function sample(bytes: Uint8Array, random: SeededRandom): number[] {
  return Array.from({ length: SAMPLE_BITS }, () => Math.floor(random.next() * bytes.length * 8));
}

/** The reason, or undefined when the flipped message was accepted. The bit is put back. */
function refusalOf(
  check: (bytes: Uint8Array) => Checked,
  bytes: Uint8Array,
  bit: number,
): string | undefined {
  const at = bit >> 3;
  const mask = 1 << (bit & 7);
  bytes[at] = (bytes[at] as number) ^ mask;
  const { status, reason } = check(bytes);
  bytes[at] = (bytes[at] as number) ^ mask;
  return status === "refused" ? reason : undefined;
}
