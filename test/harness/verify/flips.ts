/** Flips bits of reference messages and says what each flip was refused for. As a process of its own: a share. */
import assert from "node:assert/strict";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { SeededRandom } from "../../../hal/mock/random.ts";
import { type Checked, makeCheck, readMessageFile } from "../../../harness/verify/index.ts";

const SAMPLE_BITS = 40;
const SEED = 20;

export interface Flips {
  readonly files: readonly string[];
  readonly keysDir: string;
  /** Every bit of every message; else of one message of each form, and a seeded sample of the others. */
  readonly everything: boolean;
}

export interface FlipsRefused {
  readonly reasons: Readonly<Record<string, number>>;
  readonly forms: readonly string[];
}

/** Throws an assertion error for a flip that was accepted. */
export function flipBits({ files, keysDir, everything }: Flips): FlipsRefused {
  const { check } = makeCheck({ wire: "gbcs", keysDir });
  const random = new SeededRandom(SEED);
  const forms = new Set<string>();
  const reasons: Record<string, number> = {};
  for (const file of files) {
    const bytes = readMessageFile(file);
    const form = formOf(check(bytes), bytes);
    const whole = everything || !forms.has(form);
    forms.add(form);
    for (const bit of whole ? allBits(bytes) : sample(bytes, random)) {
      const reason = refusalOf(check, bytes, bit);
      assert.ok(
        reason,
        `${basename(file)}: bit ${bit % 8} of byte ${Math.floor(bit / 8)} flipped, and accepted`,
      );
      const word = reason.split(":")[0] as string;
      reasons[word] = (reasons[word] ?? 0) + 1;
    }
  }
  return { reasons, forms: [...forms] };
}

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

if (process.argv[1] === fileURLToPath(import.meta.url))
  process.once("message", (work: Flips) => {
    process.send?.(flipBits(work), () => process.disconnect());
  });
