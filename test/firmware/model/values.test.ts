import assert from "node:assert/strict";
import fc from "fast-check";
import {
  calendarOctets,
  calendarValue,
  fromPlain,
  type ModelObject,
  mismatch,
  NEVER,
  NOW,
  objects,
  type Pattern,
  type Plain,
  plainFault,
  makeType as t,
  toPlain,
  type ValueType,
  valueTypes,
} from "../../../firmware/model/index.ts";
import { hasCode } from "../../../hal/base/coded-error.ts";

const check = (property: fc.IRawProperty<unknown>, numRuns = 60) => fc.assert(property, { seed: 1, numRuns });

/** Arbitrary named values of a type; twin-element members are there or not as `twin` says. */
function valuesOf(type: ValueType, twin: boolean): fc.Arbitrary<unknown> {
  switch (type.kind) {
    case "null":
      return fc.constant(null);
    case "boolean":
      return fc.boolean();
    case "integer":
      return typeof type.max === "bigint"
        ? fc.bigInt({ min: BigInt(type.min), max: type.max })
        : fc.integer({ min: Number(type.min), max: type.max });
    case "names":
      return fc.constantFrom(...Object.keys(type.names));
    case "octets":
      return fc.uint8Array({ minLength: type.min, maxLength: Math.min(type.max, type.min + 20) });
    case "text":
      return fc.string({
        minLength: type.min,
        maxLength: Math.min(type.max, type.min + 20),
        unit: "binary-ascii",
      });
    case "bits":
      return fc
        .array(fc.constantFrom("0", "1"), { minLength: type.min, maxLength: type.max })
        .map((bits) => bits.join(""));
    case "moment":
      return fc.integer({ min: NOW, max: NEVER });
    case "calendar":
      return calendars(type.form);
    case "array":
      return fc.array(valuesOf(type.item, twin), {
        minLength: type.min,
        maxLength: Math.max(type.min, Math.min(type.max, 3)),
      });
    case "structure": {
      const fields = Object.entries(type.fields).filter(([, field]) => twin || field.kind !== "twin");
      const arbitraries = Object.fromEntries(fields.map(([name, field]) => [name, valuesOf(field, twin)]));
      return fc.record(arbitraries, { noNullPrototype: true }).map((value) => {
        const counts = fields.flatMap(([name, field]) =>
          field.kind === "array" && typeof field.count === "object"
            ? [[field.count.field, (value[name] as unknown[]).length]]
            : [],
        );
        const members = Object.entries(value).filter(([, member]) => member !== undefined);
        return { ...Object.fromEntries(members), ...Object.fromEntries(counts) };
      });
    }
    case "choice":
      return fc.oneof(
        ...Object.entries(type.options).map(([name, option]) =>
          valuesOf(option, twin).map((value) => ({ [name]: value })),
        ),
      );
    case "optional":
      return fc.option(valuesOf(type.of, twin), { nil: undefined });
    default:
      return valuesOf(type.of, twin);
  }
}

function calendars(form: "date" | "time" | "dateTime"): fc.Arbitrary<unknown> {
  const date = {
    year: fc.integer({ min: 0, max: 0xfffe }),
    month: fc.constantFrom(1, 12, 0xfd, 0xfe),
    day: fc.constantFrom(1, 31, 0xfe),
    weekday: fc.integer({ min: 1, max: 7 }),
  };
  const time = { hour: fc.nat(23), minute: fc.nat(59), second: fc.nat(59), hundredth: fc.nat(99) };
  const parts = { ...(form === "time" ? {} : date), ...(form === "date" ? {} : time) };
  return fc.record(parts, { requiredKeys: [], noNullPrototype: true });
}

/** Every type of the tables that stands somewhere, with its place. */
const everyType: [string, ValueType][] = [
  ...Object.entries(valueTypes),
  ...Object.values(objects as Readonly<Record<string, ModelObject>>).flatMap((object) => [
    ...Object.entries(object.attributes).map(([name, { type }]): [string, ValueType] => [
      `${object.name}.${name}`,
      type,
    ]),
    ...Object.entries(object.methods).map(([name, { argument }]): [string, ValueType] => [
      `${object.name}.${name}`,
      argument,
    ]),
  ]),
];

describe("model: values without names", () => {
  it("come back as the named values they were made of, for every type of the tables, on single and twin meters", () => {
    assert.ok(everyType.length > 350);
    for (const [place, type] of everyType)
      check(
        fc.property(
          fc.boolean().chain((twin) => valuesOf(type, twin)),
          (value) => {
            const plain = toPlain(type, value);
            assert.equal(plainFault(type, plain), undefined, place);
            assert.deepEqual(fromPlain(type, plain), value, place);
          },
        ),
        12,
      );
  });

  it("that are anything at all are taken or refused, and never throw else", () => {
    const anything: fc.Arbitrary<Plain> = fc.letrec<{ plain: Plain }>((tie) => ({
      plain: fc.oneof(
        { depthSize: "small" },
        fc.constantFrom<Plain>(
          null,
          true,
          false,
          -1,
          0,
          1,
          2 ** 32,
          2 ** 60,
          Number.NaN,
          1.5,
          -1n,
          1n << 70n,
          "",
          "01",
          "x",
        ),
        fc.uint8Array({ maxLength: 14 }),
        fc.array(tie("plain"), { maxLength: 6 }),
      ),
    })).plain;
    for (const [place, type] of everyType)
      check(
        fc.property(anything, (plain) => {
          const fault = plainFault(type, plain, place);
          if (fault === undefined)
            assert.deepEqual(toPlain(type, fromPlain(type, plain)), normal(type, plain), place);
          else
            assert.throws(
              () => fromPlain(type, plain, place),
              (error) => hasCode(error, "model/value"),
            );
        }),
        20,
      );
  });

  it("say where and what is wrong in the words of the type", () => {
    const log = t.table(t.structure({ time: t.timestamp, code: t.u16, other: t.octets(0, 8) }), 2);
    const none = new Uint8Array(0);
    const faults: [Plain, string][] = [
      [[[0, 70_000, none]], "value[0].code: expected u16 0 to 65535, got 70000"],
      [[[0, 1, new Uint8Array(9)]], "value[0].other: expected 0 to 8 octets, got 9 octets"],
      [[[0, 1]], "value[0]: expected 3 members, got 2 items"],
      [[[-1, 1, none]], "value[0].time: expected UTC seconds, got -1"],
      [[[], [], []], "value: expected 0 to 2 items, got 3 items"],
      ["text", "value: expected an array, got text of 4 characters"],
    ];
    for (const [plain, words] of faults) assert.equal(plainFault(log, plain), words);
    assert.match(
      plainFault(valueTypes.supplyState, 3)!,
      /expected one of 0 disabled, 1 enabled, 2 armed, got 3/,
    );
  });

  it("have the names of the tables", () => {
    const value = fromPlain(valueTypes.eventLogEntry, [1_700_000_000, 0x8f36, Uint8Array.of(1)]);
    assert.deepEqual([value.time, value.code, value.other], [1_700_000_000, 0x8f36, Uint8Array.of(1)]);
    const state: "disabled" | "enabled" | "armed" = fromPlain(valueTypes.supplyState, 2);
    assert.equal(state, "armed");
  });

  it("leave twin-element members out together or not at all", () => {
    const { importRegisters } = valueTypes;
    const single = [1, [0, 30], 2, [0, 32]];
    assert.equal("secondaryImport" in fromPlain(importRegisters, single), false);
    assert.equal(fromPlain(importRegisters, [...single, 5]).secondaryImport, 5);
    assert.match(plainFault(valueTypes.registerLogEntry, [0, 1, 2])!, /expected 7 members/);
  });

  it("have as many items as the field before says, under its mask", () => {
    const type = t.structure({ flags: t.u8, items: t.repeated(t.u8, 15, { field: "flags", mask: 15 }) });
    assert.equal(plainFault(type, [0x12, [7, 8]]), undefined);
    assert.equal(plainFault(type, [0x13, [7, 8]]), "value.items: expected 3 items, as flags says, got 2");
  });

  it("keep 64-bit integers as bigint, whatever form they came in", () => {
    assert.equal(fromPlain(t.u64, 5), 5n);
    assert.equal(fromPlain(t.u64, 0xffff_ffff_ffff_ffffn), 0xffff_ffff_ffff_ffffn);
    assert.match(plainFault(t.u64, -1)!, /got -1/);
    assert.equal(fromPlain(t.u32, 7n), 7);
  });
});

/** A plain value as it would be written: small bigints are numbers but for 64-bit types, as `fromPlain` has them. */
function normal(type: ValueType, plain: Plain): Plain {
  switch (type.kind) {
    case "integer":
      return type.form === "u64" || type.form === "i64" ? BigInt(plain as number) : Number(plain);
    case "array":
      return (plain as readonly Plain[]).map((each) => normal(type.item, each));
    case "structure": {
      const list = plain as readonly Plain[];
      const fields = Object.values(type.fields);
      const there = list.length === fields.length ? fields : fields.filter(({ kind }) => kind !== "twin");
      return there.map((field, i) => normal(field, list[i]!));
    }
    case "choice": {
      const [index, value] = plain as readonly [number, Plain];
      return [index, normal(Object.values(type.options)[index]!, value)];
    }
    case "optional":
    case "twin":
    case "tagged":
    case "default":
      return plain === null ? null : normal(type.of, plain);
    default:
      return plain;
  }
}

describe("model: open dates and times", () => {
  for (const form of ["date", "time", "dateTime"] as const)
    it(`of form ${form} come back from their octets`, () =>
      check(
        fc.property(calendars(form), (value) =>
          assert.deepEqual(calendarValue(form, calendarOctets(form, value as object)), value),
        ),
      ));

  it("have the octets of the reference messages", () => {
    const hexOf = (octets: Uint8Array) => Buffer.from(octets).toString("hex");
    assert.equal(hexOf(calendarOctets("date", { month: 12, day: 25 })), "ffff0c19ff");
    assert.equal(hexOf(calendarOctets("time", { hour: 7, minute: 0, second: 0, hundredth: 0 })), "07000000");
    const summer = { year: 2014, month: 10, day: 27, hour: 0, minute: 0, second: 0, hundredth: 0 };
    assert.equal(hexOf(calendarOctets("dateTime", summer)), "07de0a1bff000000008000ff");
  });

  for (const [form, octets, words] of [
    ["date", [7, 0xdf, 13, 1, 0xff], /month, got 13/],
    ["date", [7, 0xdf, 1, 0, 0xff], /day, got 0/],
    ["date", [7, 0xdf, 1, 1, 8], /weekday, got 8/],
    ["time", [24, 0, 0, 0], /hour, got 24/],
    ["time", [0, 60, 0, 0], /minute, got 60/],
    ["time", [0, 0, 0], /4 octets, got 3/],
    ["dateTime", [7, 0xde, 10, 27, 0xff, 0, 0, 0, 0, 0, 60, 0], /deviation/],
  ] as const)
    it(`refuse ${octets.join(" ")} as a ${form}`, () =>
      assert.match(String(calendarValue(form, Uint8Array.from(octets))), words));

  it("refuse to write a part outside its limits", () => {
    assert.throws(() => calendarOctets("date", { month: 13 }), RangeError);
    assert.throws(() => calendarOctets("date", { year: -1 }), RangeError);
  });
});

describe("model: constants", () => {
  const pattern: Pattern = { scale: { commodity: 3 }, charges: [{ index: Uint8Array.of(1) }], note: null };
  const value = {
    scale: { commodity: 3, price: -5 },
    charges: [{ index: Uint8Array.of(1), charge: 7 }],
    note: null,
  };
  it("fix what they name and leave the rest free", () => {
    assert.equal(mismatch(pattern, value), undefined);
    assert.equal(mismatch(pattern, { ...value, charges: [] }), undefined);
  });
  it("name the first place that differs", () => {
    assert.match(
      mismatch(pattern, { ...value, scale: { commodity: 2 } })!,
      /^value\.scale\.commodity: expected 3/,
    );
    const second = [...value.charges, { index: Uint8Array.of(2), charge: 7 }];
    assert.match(
      mismatch(pattern, { ...value, charges: second })!,
      /^value\.charges\[1\]\.index: expected 01.*got 02/,
    );
    assert.match(mismatch(pattern, { ...value, charges: undefined })!, /expected an array/);
    assert.match(mismatch(pattern, undefined)!, /got undefined/);
    assert.match(mismatch(5n, 5)!, /expected 5/);
  });
});
