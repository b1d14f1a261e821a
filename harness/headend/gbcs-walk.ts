/**
 * Reads a GBCS pre-command for correlation, into the shape that `cbor-walk.ts` gives. DLMS payloads are read by
 * `dlms-walk.ts`, which shares nothing with the wire; of ASN.1, a payload is still read by the wire's own codec.
 */
import type { Message } from "../../firmware/wire/message.ts";
import { suites } from "../../firmware/wire/suites.ts";
import { CodedError, hasCode, messageOf } from "../../hal/base/coded-error.ts";
import type { Cbor } from "./cbor-walk.ts";
import { Walker, walkDlms } from "./dlms-walk.ts";

const accessRequest = 0xd9;
const kinds = { get: 1, set: 2, call: 3 } as const;

/** Throws `headend/not-gbcs` with what was wrong. */
export function walkGbcs(bytes: Uint8Array): Cbor {
  const walker = new Walker(bytes);
  walker.expect("DF09");
  const kind = walker.number(1);
  const counter = walker.take(8).readBigUInt64BE();
  walker.expect("08");
  const originator = new Uint8Array(walker.take(8));
  walker.expect("08");
  const target = new Uint8Array(walker.take(8));
  walker.expect("00");
  const { code, supplementary } = otherInformation(new Walker(walker.take(walker.length())));
  const content = new Uint8Array(walker.take(walker.length()));
  if (walker.left > 0) throw walker.fault(`${walker.left} bytes more`);
  const operations = content[0] === accessRequest ? walkDlms(new Walker(content), counter) : byTheWire(bytes);
  return [kind, code, originator, target, counter, null, supplementary, operations];
}

/** The code; a party, its counter and its certificate, as far as they are there. */
function otherInformation(walker: Walker): { readonly code: number; readonly supplementary: Cbor } {
  const code = walker.number(2);
  if (walker.left === 0) return { code, supplementary: null };
  const party = new Uint8Array(walker.take(8));
  const counter = walker.left === 0 ? null : walker.take(8).readBigUInt64BE();
  const certificate = new Uint8Array(walker.take(walker.left));
  return { code, supplementary: [party, counter, ...(certificate.length > 0 ? [certificate] : [])] };
}

function byTheWire(bytes: Uint8Array): Cbor {
  try {
    return operationsOf(suites.gbcs.decodePlain(bytes));
  } catch (error) {
    if (!hasCode(error, "wire")) throw error;
    throw new CodedError("headend/not-gbcs", `pre-command: ${messageOf(error)}`, {}, error);
  }
}

function operationsOf(message: Message): Cbor {
  const operations = "operations" in message ? message.operations : [];
  return operations.map(
    ({ kind, object, member, value = null }): Cbor => [kinds[kind], object, member, value],
  );
}
