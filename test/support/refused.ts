/** What a person reads of an error: its message, and what to do. */
import assert from "node:assert/strict";

/** `work` rejects with `code`, and message and advice together say `words`; the advice is there. */
export const refused = (work: Promise<unknown>, code: string, words: RegExp): Promise<void> =>
  assert.rejects(work, (error: { code?: string; message: string; data?: { advice?: unknown } }) => {
    assert.equal(error.code, code, error.message);
    assert.equal(typeof error.data?.advice, "string", "it says what to do");
    assert.match(`${error.message}\n${error.data?.advice}`, words);
    return true;
  });
