import assert from "node:assert/strict";
import fc from "fast-check";
import {
  decodeEdhoc,
  type EdhocCommand,
  encodeEdhoc,
} from "../../../../../firmware/wire/cose/edhoc/cluster.ts";
import { CodedError, hasCode } from "../../../../../hal/base/coded-error.ts";
import { hex } from "../../../../support/shared-data.ts";

describe("EDHOC's cluster", () => {
  it("commands come back as they were; other methods, suites and lengths are refused", () => {
    const message = Uint8Array.of(1, 2, 3);
    const commands: EdhocCommand[] = [
      { command: "initiate", message },
      { command: "data", message },
      { command: "terminate", status: 1, message },
    ];
    for (const command of commands) assert.deepEqual(decodeEdhoc(encodeEdhoc(command)), command);
    for (const [id, start] of [
      [0, "0300"],
      [0, "0002"],
      [0, "00"],
      [2, ""],
      [2, "00"],
      [2, "05"],
      [3, "00"],
    ] as const) {
      assert.throws(() => decodeEdhoc({ id, payload: hex(start) }), CodedError);
    }
    assert.throws(() => decodeEdhoc({ id: 1, payload: new Uint8Array(1025) }), CodedError);
  });

  it("refuses any other bytes as malformed, and never crashes", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 255 }), fc.uint8Array({ maxLength: 40 }), (id, payload) => {
        try {
          decodeEdhoc({ id, payload });
        } catch (error) {
          assert.ok(hasCode(error, "wire/malformed"), String(error));
        }
      }),
      { seed: 1, numRuns: 500 },
    );
  });
});
