/** Reads GBZ payloads of reference messages into values without names, by the model's types. For tests of the tables alone. */
import {
  clusterByNumber,
  methodOf,
  NEVER,
  NOW,
  type Plain,
  type PlainOperation,
  type ValueType,
} from "../../../firmware/model/index.ts";
import { Cursor, Y2000_S } from "./content.ts";

/** Operations of the components; ZCL command bodies are read by their types, little-endian. */
export function gbzOperations(content: Uint8Array): PlainOperation[] {
  const cursor = new Cursor(content, 2);
  const operations: PlainOperation[] = [];
  for (let left = cursor.u8(); left > 0; left--) {
    const control = cursor.u8();
    const cluster = clusterByNumber(cursor.number(2))!;
    const body = new Cursor(cursor.take(cursor.number(2)));
    if (control & 0x10) body.take(4);
    const frame = body.u8();
    body.u8();
    const command = body.u8();
    if (frame === 0) {
      while (body.at < body.bytes.length)
        operations.push({ kind: "get", object: cluster.id, member: body.number(2, true) });
      continue;
    }
    const member = command + (frame & 8 ? 0x100 : 0);
    const type = methodOf(cluster, member)!.member.argument;
    const value = zcl(type, body, {});
    if (body.at !== body.bytes.length) throw new Error(`${cluster.name} ${member}: bytes after its fields`);
    operations.push({ kind: "call", object: cluster.id, member, value });
  }
  return operations;
}

/** The clusters' own commands among the components of a response, read by their types; `open` opens the sealed ones. */
export function gbzReplies(
  content: Uint8Array,
  open: ((sealed: Uint8Array) => Uint8Array) | undefined,
): { type: ValueType; value: Plain }[] {
  const cursor = new Cursor(content, 2);
  const replies: { type: ValueType; value: Plain }[] = [];
  for (let left = cursor.u8(); left > 0; left--) {
    const control = cursor.u8();
    const cluster = clusterByNumber(cursor.number(2))!;
    const component = new Cursor(cursor.take(cursor.number(2)));
    const sealed = (control & 2) !== 0;
    if (sealed) component.take(2);
    const [frame, , command] = component.take(3) as unknown as [number, number, number];
    if ((frame & 3) === 0 || (sealed && open === undefined)) continue;
    const rest = sealed
      ? component.take(component.number(2))
      : component.take(component.bytes.length - component.at);
    const body = new Cursor(sealed && open ? open(rest) : rest);
    const found = methodOf(cluster, command + (frame & 8 ? 0x100 : 0));
    if (found === undefined) throw new Error(`${cluster.name} has no command ${command}`);
    const type = found.member.argument;
    replies.push({ type, value: zcl(type, body, {}) });
    if (body.at !== body.bytes.length)
      throw new Error(`${found.name}: ${body.bytes.length - body.at} bytes left`);
  }
  return replies;
}

type Seen = Record<string, Plain>;

function zcl(type: ValueType, body: Cursor, seen: Seen): Plain {
  switch (type.kind) {
    case "null":
      return null;
    case "integer": {
      const size = Number(/\d+/.exec(type.form)![0]) / 8;
      const value = body.number(size, true);
      return type.form.startsWith("i") && value >= 2 ** (8 * size - 1) ? value - 2 ** (8 * size) : value;
    }
    case "moment":
      return zclMoment(body.number(4, true));
    case "octets":
      return body.take(type.form === "rest" ? body.bytes.length - body.at : body.u8());
    case "calendar": {
      const [year, month, day, weekday] = body.take(4) as unknown as [number, number, number, number];
      const full = year === 0xff ? 0xffff : year + 1900;
      return Uint8Array.of(full >> 8, full & 0xff, month, day, weekday);
    }
    case "array": {
      const items: Plain[] = [];
      const more = () =>
        type.count === "rest" || type.count === "own"
          ? body.at < body.bytes.length
          : items.length < ((seen[type.count.field] as number) & (type.count.mask ?? 0xffff));
      while (more()) items.push(zcl(type.item, body, {}));
      return items;
    }
    case "structure": {
      const values: Seen = {};
      return Object.entries(type.fields).map(([name, field]) => {
        const value = zcl(field, body, values);
        values[name] = value;
        return value;
      });
    }
    case "optional":
      return body.at < body.bytes.length ? zcl(type.of, body, seen) : null;
    default:
      throw new Error(`no ${type.kind} in ZCL`);
  }
}

function zclMoment(seconds: number): number {
  if (seconds === 0) return NOW;
  return seconds >= 0xffff_fffe ? NEVER : Math.min(seconds + Y2000_S, NEVER);
}
