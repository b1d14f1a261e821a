/**
 * Reads a GBCS pre-command for correlation, into the shape that `cbor-walk.ts` gives: the header here, payloads by `dlms-walk.ts` and
 * `asn1-walk.ts`, which share nothing with the wire but the model's types.
 */
import { useCaseByCode } from "../../firmware/model/index.ts";
import { walkAsn1 } from "./asn1-walk.ts";
import type { Cbor } from "./cbor-walk.ts";
import { walkDlms } from "./dlms-walk.ts";
import { OctetWalk } from "./octet-walk.ts";

/** Throws `headend/not-gbcs` with the place (`data.field`) and the byte (`data.at`). */
export function walkGbcs(bytes: Uint8Array): Cbor {
  const walk = new OctetWalk(bytes);
  walk.expect("DF09", "header");
  const kind = walk.number(1, "kind");
  const counter = walk.take(8, "counter").readBigUInt64BE();
  walk.expect("08", "originator");
  const originator = walk.copy(8, "originator");
  walk.expect("08", "target");
  const target = walk.copy(8, "target");
  walk.expect("00", "time");
  const { code, party, supplementary } = otherInformation(
    walk.within(walk.length("supplementary"), "supplementary"),
  );
  const content = walk.within(walk.length("payload"), "payload");
  walk.end("pre-command");
  const parties = { counter, asker: party ?? originator, target };
  return [kind, code, originator, target, counter, null, supplementary, operations(content, code, parties)];
}

/** The code; a party, its counter and its certificate, as far as they are there. */
function otherInformation(walk: OctetWalk) {
  const code = walk.number(2, "message code");
  if (walk.left === 0) return { code, party: undefined, supplementary: null };
  const place = "supplementary";
  const party = walk.copy(8, place);
  const counter = walk.left === 0 ? null : walk.take(8, place).readBigUInt64BE();
  const certificate = walk.copy(walk.left, place);
  const supplementary: Cbor = [party, counter, ...(certificate.length > 0 ? [certificate] : [])];
  return { code, party, supplementary };
}

/** None of a code that no row has: it is not what was asked for in any case. */
function operations(content: OctetWalk, code: number, parties: Parameters<typeof walkDlms>[2]): Cbor {
  const row = useCaseByCode(code);
  if (row === undefined) return [];
  return row.payload === "dlms" ? walkDlms(content, row, parties) : walkAsn1(content, row);
}
