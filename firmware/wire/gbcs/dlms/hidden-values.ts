/** What is hidden in answers and alerts, as it is before sealing: a structure with one member for each value. */
import type { ValueType } from "../../../model/index.ts";
import type { Value } from "../../message.ts";
import { Reader } from "../bytes.ts";
import { readCount } from "./access-request.ts";
import { type Asked, typesToWrite } from "./addresses.ts";
import { closeApdu } from "./apdu.ts";
import { readData, writeData } from "./data.ts";
import { Sink, unwritable } from "./sink.ts";
import { Tag } from "./tags.ts";

/** The types of the values that a protected read gives. Throws `wire/format` for what gives none. */
export function hiddenTypes(asked: readonly Asked[]): readonly ValueType[] {
  return asked.map((each) => {
    const { gives } = typesToWrite(each);
    if (gives === undefined) throw unwritable("a get, as all of a protected read", each.kind);
    return gives;
  });
}

/** `twin` as `writeData` has it. Throws `wire/format`. */
export function encodeHidden(
  types: readonly ValueType[],
  values: readonly Value[],
  twin = false,
): Uint8Array {
  if (values.length !== types.length) throw unwritable(`${types.length} values`, values.length);
  const sink = new Sink().u8(Tag.structure).length(types.length);
  for (const [at, type] of types.entries()) writeData(sink, type, values[at] as Value, twin);
  return sink.written;
}

/** Throws `wire/malformed` with the byte. */
export function decodeHidden(types: readonly ValueType[], opened: Uint8Array): readonly Value[] {
  const reader = new Reader(opened);
  reader.expect("data type", Tag.structure);
  readCount(reader, "values' count", types.length, types.length);
  const values = types.map((type) => readData(reader, type));
  closeApdu(reader);
  return values;
}
