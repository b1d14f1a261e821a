/** Encoders that write one value of a command wrong: correlation notices each, and names the element of the request that it is of. */
import assert from "node:assert/strict";
import {
  calendarBytes,
  NEVER,
  NOW,
  type Plain,
  plainFault,
  type ValueType,
} from "../../../firmware/model/index.ts";
import { suites } from "../../../firmware/wire/suites.ts";
import { sameBytes } from "../../../hal/base/bytes.ts";
import { type CodedError, hasCode } from "../../../hal/base/coded-error.ts";
import { correlate } from "../../../harness/headend/correlate.ts";
import { transform } from "../../../harness/headend/transform.ts";
import { requests } from "./samples.ts";

interface Other {
  readonly path: string;
  readonly value: Plain;
}

const allows = ({ min, max }: { readonly min: number; readonly max: number }, length: number): boolean =>
  length >= min && length <= max;

/** Values of `type` that differ from `value` in one leaf each, in a member more or less, or in an item more or less. */
function others(type: ValueType, value: Plain, path: string): Other[] {
  switch (type.kind) {
    case "optional":
      return value === null
        ? [{ path, value: least(type.of) }]
        : [{ path, value: null }, ...others(type.of, value, path)];
    case "default":
    case "tagged":
    case "twin":
      return others(type.of, value, path);
    case "array": {
      const list = value as readonly Plain[];
      const [shorter, longer] = [list.slice(0, -1), [...list, list.at(-1) ?? least(type.item)]];
      const sized = [shorter, longer].filter(({ length }) => length !== list.length && allows(type, length));
      const items = list.flatMap((item, i) => within(list, i, others(type.item, item, `${path}[${i}]`)));
      return [...sized.map((each) => ({ path, value: each })), ...items];
    }
    case "structure": {
      const list = value as readonly Plain[];
      const all = Object.entries(type.fields);
      const members = list.length < all.length ? all.filter(([, { kind }]) => kind !== "twin") : all;
      return members.flatMap(([name, of], i) => within(list, i, others(of, list[i]!, `${path}.${name}`)));
    }
    case "choice": {
      const [index, of] = value as readonly [number, Plain];
      return within([index, of], 1, others(Object.values(type.options)[index]!, of, path));
    }
    default:
      return leafOthers(type, value).map((other) => ({ path, value: other }));
  }
}

/** The least of all values. */
function least(type: ValueType): Plain {
  switch (type.kind) {
    case "optional":
    case "null":
      return null;
    case "default":
    case "tagged":
    case "twin":
      return least(type.of);
    case "array":
      return Array.from({ length: type.min }, () => least(type.item));
    case "structure":
      return Object.values(type.fields).map(least);
    case "names":
      return Math.min(...Object.values(type.names));
    case "integer":
      return type.min;
    case "moment":
      return NOW;
    case "octets":
      return type.form === "item" ? Uint8Array.of(0x30, 0) : new Uint8Array(type.min);
    case "boolean":
      return false;
    case "calendar":
      return new Uint8Array(calendarBytes[type.form]).fill(0xff);
    case "bits":
    case "text":
      return "0".repeat(type.min);
    case "choice":
      return [0, least(Object.values(type.options)[0]!)];
  }
}

const within = (list: readonly Plain[], i: number, changed: readonly Other[]): Other[] =>
  changed.map(({ path, value }) => ({ path, value: list.with(i, value) }));

/** One other value that the type has; none of a type of one value. */
function leafOthers(type: ValueType, value: Plain): Plain[] {
  const candidates = (): Plain[] => {
    if (type.kind === "names") return Object.values(type.names);
    if (typeof value === "boolean") return [!value];
    if (typeof value === "bigint") return [value + 1n, value - 1n];
    if (type.kind === "moment")
      return value === NEVER || value === NOW ? [1_800_000_060] : [Number(value) + 60];
    if (typeof value === "number") return [value + 1, value - 1];
    if (value instanceof Uint8Array) return [...value.keys()].reverse().map((i) => withOctet(value, i));
    if (type.kind === "bits") return [String(value).replace(/.$/, (bit) => (bit === "1" ? "0" : "1"))];
    if (typeof value === "string") return [value.replace(/.$/, (last) => (last === "0" ? "1" : "0"))];
    return [];
  };
  const fits = candidates().filter((other) => other !== value && plainFault(type, other, "it") === undefined);
  return fits.slice(0, 1);
}

const withOctet = (octets: Uint8Array, at: number): Uint8Array =>
  octets.map((octet, i) => (i === at ? octet ^ 1 : octet));

describe("an encoder that writes one value wrong", () => {
  for (const [name, { wire }] of Object.entries({ cose: suites.cose, gbcs: suites.gbcs }))
    it(`is noticed by the element that the value is of (${name})`, function () {
      this.timeout(60_000);
      let count = 0;
      const wrong: string[] = [];
      for (const request of requests) {
        const { command, steps, useCase } = transform(request, wire);
        for (const [i, operation] of command.operations.entries())
          for (const { path, value } of others(
            steps[i]!.carries,
            (operation.value ?? null) as Plain,
            steps[i]!.path,
          )) {
            const operations = command.operations.with(i, { ...operation, value });
            count++;
            const field = fieldOf(() => correlate(wire.encode({ ...command, operations }), request));
            if (!/^parameters\../.test(field))
              wrong.push(`${request.reference} ${useCase.id} ${path}: ${field}`);
          }
      }
      console.log(`      ${count} values`);
      assert.deepEqual(wrong.slice(0, 20), [], `${wrong.length} of ${count}`);
      assert.ok(count > 1900, `${count} values`);
    });

  for (const [name, { wire }] of Object.entries({ cose: suites.cose, gbcs: suites.gbcs }))
    it(`is noticed when it leaves an operation out, does it twice, or does it in another place (${name})`, function () {
      this.timeout(60_000);
      let count = 0;
      const taken: string[] = [];
      for (const request of requests) {
        const { command } = transform(request, wire);
        const all = command.operations;
        const orders = all.flatMap((one, i) => [
          all.toSpliced(i, 1),
          all.toSpliced(i, 0, one),
          all.toSpliced(i, 2, ...all.slice(i, i + 2).reverse()),
        ]);
        for (const operations of orders) {
          // None at all, more than one in ASN.1, and what is the same have no form, or are no other.
          const bytes = attempt(() => wire.encode({ ...command, operations }));
          if (bytes === undefined || sameBytes(bytes, wire.encode(command))) continue;
          count++;
          if (fieldOf(() => correlate(bytes, request)) === "taken") taken.push(request.reference);
        }
      }
      console.log(`      ${count} commands`);
      assert.deepEqual(taken, []);
      assert.ok(count > 500, `${count} commands`);
    });
});

function attempt<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch (error) {
    if (hasCode(error, "wire") || hasCode(error, "model")) return undefined;
    throw error;
  }
}

function fieldOf(call: () => void): string {
  try {
    call();
  } catch (error) {
    return String((error as CodedError).data?.field ?? error);
  }
  return "taken";
}
