/** Reads a GBCS pre-command for correlation, into the shape that `cbor-walk.ts` gives. */
import type { Message } from "../../firmware/wire/message.ts";
import { suites } from "../../firmware/wire/suites.ts";
import { CodedError, hasCode, messageOf } from "../../hal/base/coded-error.ts";
import { euiBytes } from "../../hal/base/eui64.ts";
import type { Cbor } from "./cbor-walk.ts";

const kinds = { get: 1, set: 2, call: 3 } as const;

/** Throws `headend/not-gbcs` with what was wrong. */
export function walkGbcs(bytes: Uint8Array): Cbor {
  try {
    return walk(suites.gbcs.decodePlain(bytes));
  } catch (error) {
    if (!hasCode(error, "wire")) throw error;
    throw new CodedError("headend/not-gbcs", `pre-command: ${messageOf(error)}`, {}, error);
  }
}

function walk(message: Message): Cbor {
  const { kind, code, originator, target, counter, supplementary } = message.header;
  const operations = "operations" in message ? message.operations : [];
  return [
    ...[kind, code, euiBytes(originator), euiBytes(target), counter, null],
    supplementary
      ? [
          ...[euiBytes(supplementary.party), supplementary.counter ?? null],
          ...(supplementary.certificate ? [supplementary.certificate] : []),
        ]
      : null,
    operations.map(({ kind: verb, object, member, value }) => [
      ...[kinds[verb], object, member],
      ...(value === undefined ? [] : [value]),
    ]),
  ];
}
