/** Alerts: data-notification of {code, time, what the alert's row says follows}; hidden where the row is sensitive. */
import { type UseCase, useCaseByCode, type ValueType } from "../../../model/index.ts";
import type { Header, Value } from "../../message.ts";
import { malformed, type Reader } from "../bytes.ts";
import { DATE_TIME_BYTES } from "../date-time.ts";
import { readCount } from "./access-request.ts";
import { Apdu, beginApdu, closeApdu, openApdu } from "./apdu.ts";
import { readData, writeData } from "./data.ts";
import { dateTimeOctets, momentOf } from "./moments.ts";
import { readProtection, readSealed, writeProtection, writeSealed } from "./protection.ts";
import { type Sink, unwritable } from "./sink.ts";
import { Tag } from "./tags.ts";

/** What an alert tells. `values`: the members of its row's body; `sealed`: the same, hidden. */
export type Notice = {
  readonly alertCode: number;
  /** UTC seconds: when it happened. */
  readonly timeS: number;
} & ({ readonly values: readonly Value[] } | { readonly sealed: Uint8Array });

/** Code and time. */
const HEAD_MEMBERS = 2;
/** Protection and hidden octets. */
const SEALED_MEMBERS = 2;

/** The payload of an alert. Throws `wire/format`, also where a sensitive row's values are not sealed. */
export function encodeNotice(header: Header, notice: Notice, twin = false): Uint8Array {
  const row = rowOf(header);
  if (row === undefined) throw unwritable("an alert's message code", header.code);
  const sealed = "sealed" in notice;
  if (sealed !== row.sensitive) throw unwritable(row.sensitive ? "sealed values" : "values", "the other");
  const types = bodyOf(row);
  const sink = beginApdu(Apdu.dataNotification, header).u8(Tag.structure);
  sink.length(HEAD_MEMBERS + (sealed ? SEALED_MEMBERS : types.length));
  sink.u8(Tag.longUnsigned).u16(notice.alertCode).u8(Tag.octetString).u8(DATE_TIME_BYTES);
  sink.put(dateTimeOctets(notice.timeS));
  if (sealed) return writeSealed(writeProtection(sink, header), notice.sealed).written;
  writeBody(sink, types, notice.values, twin);
  return sink.written;
}

function writeBody(sink: Sink, types: readonly ValueType[], values: readonly Value[], twin: boolean): void {
  if (values.length !== types.length) throw unwritable(`${types.length} values`, values.length);
  for (const [at, type] of types.entries()) writeData(sink, type, values[at] as Value, twin);
}

/** What a payload tells. Throws `wire/malformed` with the byte, also for a message code that is no alert's. */
export function decodeNotice(header: Header, payload: Uint8Array): Notice {
  const reader = openApdu(Apdu.dataNotification, header, payload);
  const row = rowOf(header);
  if (row === undefined) throw malformed("message code", 0, "an alert's", header.code);
  const types = bodyOf(row);
  reader.expect("data type", Tag.structure);
  const count = HEAD_MEMBERS + (row.sensitive ? SEALED_MEMBERS : types.length);
  readCount(reader, "alert's members", count, count);
  const notice = { ...readHead(reader), ...readBody(reader, header, types, row.sensitive) };
  closeApdu(reader);
  return notice;
}

function readHead(reader: Reader): { alertCode: number; timeS: number } {
  reader.expect("alert code's type", Tag.longUnsigned);
  const alertCode = reader.u16("alert code");
  reader.expect("time's type", Tag.octetString);
  reader.expect("time's length", DATE_TIME_BYTES);
  const at = reader.at;
  return { alertCode, timeS: momentOf(reader.take("time", DATE_TIME_BYTES), at) };
}

function readBody(reader: Reader, header: Header, types: readonly ValueType[], hidden: boolean) {
  if (!hidden) return { values: types.map((type) => readData(reader, type)) };
  readProtection(reader, header);
  return { sealed: readSealed(reader) };
}

const rowOf = ({ code }: Pick<Header, "code">): UseCase | undefined => {
  const row = useCaseByCode(code);
  return row?.alert && row.payload === "dlms" ? row : undefined;
};

function bodyOf({ alert }: UseCase): readonly ValueType[] {
  return alert?.body?.kind === "structure" ? Object.values(alert.body.fields) : [];
}

/** The types of what an alert of this message code tells after code and time: those of its hidden values too. */
export function noticeTypes(header: Pick<Header, "code">): readonly ValueType[] {
  const row = rowOf(header);
  return row === undefined ? [] : bodyOf(row);
}
