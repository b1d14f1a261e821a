/**
 * Every single-bit flip of every reference message must be refused: 2 million of them, on all cores, 35 s to 60 s.
 * `METERBENCH_FLIPS=sample` takes 5 s: all bits of one message of each form, and a seeded sample of the others.
 */
import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { messageFiles } from "../../../harness/verify/message-files.ts";
import { rtds } from "../../support/shared-data.ts";
import { type Flips, type FlipsRefused, flipBits } from "./flips.ts";

const everything = process.env.METERBENCH_FLIPS !== "sample";

describe("single-bit flip of a GBCS reference message", function () {
  this.timeout(everything ? 600_000 : 60_000);

  it(`is refused with a reason (${everything ? "every bit" : "one whole message a form, a sample of the others"})`, async function () {
    const dir = rtds(this);
    const work = { files: messageFiles([join(dir, "messages")]), keysDir: join(dir, "keystore"), everything };
    const shares = everything ? await Promise.all(inShares(work).map(inProcess)) : [flipBits(work)];
    const reasons = new Map<string, number>();
    for (const [word, count] of shares.flatMap((share) => Object.entries(share.reasons)))
      reasons.set(word, (reasons.get(word) ?? 0) + count);
    console.log(`      refused: ${[...reasons].map(([word, count]) => `${count} ${word}`).join(", ")}`);
    assert.deepEqual([...reasons.keys()].sort(), [
      "bad-mac",
      "bad-signature",
      "malformed",
      "no-key",
      "unprotected",
    ]);
    const forms = new Set(shares.flatMap((share) => share.forms));
    assert.ok(forms.size >= 14, [...forms].join("; "));
  });
});

/** Every n-th message for each core. */
function inShares(work: Flips): Flips[] {
  const cores = Math.min(8, availableParallelism());
  return Array.from({ length: cores }, (_, share) => ({
    ...work,
    files: work.files.filter((_file, index) => index % cores === share),
  }));
}

function inProcess(work: Flips): Promise<FlipsRefused> {
  const child = fork(new URL("./flips.ts", import.meta.url), { execArgv: ["--import=tsx"] });
  child.send(work);
  return new Promise((resolve, reject) => {
    child.once("message", (refused) => resolve(refused as FlipsRefused));
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`a share of the flips ended with ${code}: see above`)));
  });
}
