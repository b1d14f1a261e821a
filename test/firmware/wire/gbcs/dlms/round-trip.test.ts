/** Whatever the model can say goes through DLMS unchanged: every type of every object, every row, every alert. */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type ModelObject,
  makeType,
  NEVER,
  NOW,
  objects,
  type Plain,
  type Step,
  type UseCase,
  useCases,
  type ValueType,
} from "../../../../../firmware/model/index.ts";
import { Reader } from "../../../../../firmware/wire/gbcs/bytes.ts";
import {
  byResultRule,
  decodeHidden,
  decodeNotice,
  decodeRequest,
  decodeResponse,
  encodeHidden,
  encodeNotice,
  encodeRequest,
  encodeResponse,
  hiddenTypes,
  noticeTypes,
  readData,
  Sink,
  writeData,
} from "../../../../../firmware/wire/gbcs/dlms/index.ts";
import { type Header, Kind, type Operation, Status } from "../../../../../firmware/wire/message.ts";
import { hex, toHex } from "../../../../support/shared-data.ts";
import { plains } from "./values.ts";

const party = "90B3D51F30010000";
const device = "00DB1234567890A0";
const header = (code: number, kind: Kind, counter: bigint): Header => ({
  ...{ kind, code, counter },
  originator: kind === Kind.command ? party : device,
  target: kind === Kind.command ? device : party,
});

const cosem: readonly ModelObject[] = Object.values(objects).filter(({ kind }) => kind === "cosem");
const dlmsRows = useCases.filter(({ payload }) => payload === "dlms");
const commands = dlmsRows.filter(({ kind }) => kind === "command");
const alerts = dlmsRows.filter(({ kind, alert }) => kind === "alert" && alert !== undefined);

/** Every type that DLMS carries, by where it stands. */
function carriedTypes(): [place: string, type: ValueType][] {
  return cosem.flatMap(({ name, attributes, methods }) => [
    ...Object.entries(attributes).map(([no, { type }]): [string, ValueType] => [`${name}.${no}`, type]),
    ...Object.entries(methods).flatMap(([no, { argument, returns }]): [string, ValueType][] => [
      [`${name}.${no}()`, argument],
      [`${name}.${no} gives`, returns],
    ]),
  ]);
}

const refused = (work: () => unknown, code: string) => assert.throws(work, { code });
const runs = { numRuns: 12 };

describe("gbcs: DLMS payloads go both ways", () => {
  it("for any value of any type of any object, single and twin", () => {
    const types = carriedTypes();
    assert.ok(types.length > 300, `${types.length} types`);
    for (const [place, type] of types)
      for (const twin of [false, true])
        fc.assert(
          fc.property(plains(type, twin), (plain) => {
            const sink = new Sink();
            writeData(sink, type, plain, twin);
            const reader = new Reader(sink.written);
            assert.deepEqual(readData(reader, type), plain, place);
            assert.equal(reader.left, 0, place);
            const again = new Sink();
            writeData(again, type, plain, twin);
            assert.deepEqual(again.written, sink.written);
          }),
          runs,
        );
  });

  it("for any command of any row", () => {
    assert.ok(commands.length > 100, `${commands.length} rows`);
    for (const row of commands)
      fc.assert(
        fc.property(operationsOf(row), fc.bigInt(0n, 2n ** 64n - 1n), (operations, counter) => {
          const of = header(row.code, Kind.command, counter);
          assert.deepEqual(decodeRequest(of, encodeRequest(of, operations)), operations, row.id);
        }),
        runs,
      );
  });

  it("for any answer to any row, with the first failure anywhere or nowhere", () => {
    for (const row of commands) {
      const asked = row.steps.map(({ kind, target, no }) => ({ kind, object: target.id, member: no }));
      const values = fc.tuple(...row.steps.map(({ gives }) => plains(gives, false)));
      fc.assert(
        fc.property(values, fc.nat(asked.length), fc.boolean(), (given, failing, sealing) => {
          const of = header(row.code, Kind.response, 7n);
          const answer = answerOf(row, given, failing, sealing);
          assert.deepEqual(decodeResponse(of, asked, encodeResponse(of, asked, answer)), answer, row.id);
        }),
        runs,
      );
    }
  });

  it("for any alert of any row", () => {
    assert.ok(alerts.length > 15, `${alerts.length} rows`);
    for (const row of alerts) {
      const of = header(row.code, Kind.alert, 9n);
      const values = fc.tuple(...noticeTypes(of).map((type) => plains(type, false)));
      fc.assert(
        fc.property(
          values,
          fc.nat(0xffff),
          fc.integer({ min: 1, max: 0xffff_fffe }),
          (given, code, timeS) => {
            const told = row.sensitive ? { sealed: Uint8Array.of(0x31, 1, 2) } : { values: given };
            const notice = { alertCode: code, timeS, ...told };
            assert.deepEqual(decodeNotice(of, encodeNotice(of, notice)), notice, row.id);
          },
        ),
        runs,
      );
    }
  });

  it("for what is hidden in answers, single and twin", () => {
    for (const row of commands.filter(({ protector }) => protector !== undefined))
      for (const twin of [false, true]) {
        const types = row.steps.map(({ gives }) => gives);
        const values = fc.tuple(...types.map((type) => plains(type, twin)));
        fc.assert(
          fc.property(values, (given) => {
            assert.deepEqual(decodeHidden(types, encodeHidden(types, given, twin)), given);
          }),
          runs,
        );
      }
  });

  it("with the columns of a twin-element meter in a table without entries, when told", () => {
    const row = useCases.find(({ protector, steps }) => protector && steps[0]!.gives.kind === "array")!;
    const types = hiddenTypes(
      row.steps.map(({ target, no }) => ({ kind: "get", object: target.id, member: no })),
    );
    const none = types.map((): Plain => []);
    const [single, twin] = [encodeHidden(types, none), encodeHidden(types, none, true)];
    assert.ok(twin.length > single.length);
    for (const bytes of [single, twin]) assert.deepEqual(decodeHidden(types, bytes), none);
  });

  it("moments in their one form each, and no others", () => {
    const { dateTime, weekdayTime, timestamp } = makeType;
    const [newYear, meterDay] = [Date.UTC(2015, 0, 1) / 1000, Date.UTC(2014, 11, 31, 23, 50) / 1000];
    const forms: [type: ValueType, moment: number, bytes: string][] = [
      [dateTime, newYear, "090C07DF0101FF000000008000FF"],
      [dateTime, NOW, "090C0000000000000000008000FF"],
      [dateTime, NEVER, "090CFFFFFFFFFFFFFFFFFF8000FF"],
      [weekdayTime, meterDay, "090C07DE0C1F03173200008000FF"],
      [weekdayTime, NEVER, "090CFFFFFFFFFFFFFFFFFF8000FF"],
      [timestamp, newYear, "061C374A80"],
      [timestamp, NOW, "0600000000"],
      [timestamp, NEVER, "06FFFFFFFF"],
    ];
    for (const [type, moment, bytes] of forms) {
      assert.equal(toHex(writeData(new Sink(), type, moment).written).toUpperCase(), bytes);
      assert.equal(readData(new Reader(hex(bytes)), type), moment, bytes);
    }
    for (const [type, bytes] of [
      [dateTime, "090C07DE0C1F03173200008000FF"], // a weekday
      [weekdayTime, "090C07DE0C1F04173200008000FF"], // another weekday than the date's
      [weekdayTime, "090C07DE0C1FFF173200008000FF"], // none
      [dateTime, "090C07DF0101FF000000018000FF"], // hundredths
      [dateTime, "090C07DF0101FF00000000003CFF"], // another zone
      [dateTime, "090C07DF0101FF0000000080FF00"], // clock status
      [dateTime, "090C07DF021EFF000000008000FF"], // 30 February
      [timestamp, "06C8000000"], // after 2106
    ] as const)
      assert.throws(() => readData(new Reader(hex(bytes)), type), { code: "wire/malformed" }, bytes);
  });

  it("the result rule: the first failure is 1, all after it 250 and without values", () => {
    const results = [
      { status: Status.success, value: 1 },
      { status: Status.readWriteDenied },
      { status: Status.success, value: 2 },
      { status: Status.typeUnmatched },
    ];
    assert.deepEqual(byResultRule(results), [
      { status: 0, value: 1 },
      { status: 1 },
      { status: 250 },
      { status: 250 },
    ]);
    assert.deepEqual(byResultRule(results.slice(0, 1)), results.slice(0, 1));
  });

  it("refuses to write what has no form: another object, values in the clear of a hidden row, a value of another type", () => {
    const clear = commands.find(({ steps, protector }) => !protector && steps[0]!.kind === "set")!;
    const hidden = commands.find(({ protector }) => protector !== undefined)!;
    const of = (row: UseCase, kind: Kind) => header(row.code, kind, 1n);
    const first = {
      kind: clear.steps[0]!.kind,
      object: clear.steps[0]!.target.id,
      member: clear.steps[0]!.no,
    };
    const write = (operation: Operation) => () => encodeRequest(of(clear, Kind.command), [operation]);
    refused(write({ ...first, object: 60_000 }), "wire/format");
    refused(write({ ...first, value: -1n }), "wire/format");
    refused(() => encodeRequest(of(clear, Kind.command), []), "wire/format");
    const asked = hidden.steps.map(({ kind, target, no }) => ({ kind, object: target.id, member: no }));
    const results = asked.map(() => ({ status: Status.success, value: [] }));
    refused(() => encodeResponse(of(hidden, Kind.response), asked, { results }), "wire/format");
  });
});

/** Each step as often as it may stand, with any value of its type. */
function operationsOf({ steps }: UseCase): fc.Arbitrary<Operation[]> {
  const each = steps.map((step) =>
    fc.array(operationOf(step), { minLength: step.times[0], maxLength: step.times[1] }),
  );
  return fc
    .tuple(...each)
    .map((lists) => lists.flat())
    .filter((operations) => operations.length > 0);
}

function operationOf({ kind, target, no, carries }: Step): fc.Arbitrary<Operation> {
  const operation = { kind, object: target.id, member: no };
  if (carries.kind === "null") return fc.constant(operation);
  const value = plains(carries, false).map((plain): Operation => ({ ...operation, value: plain }));
  return kind === "get" ? fc.oneof(value, fc.constant(operation)) : value;
}

function answerOf(row: UseCase, given: readonly Plain[], failing: number, sealing: boolean) {
  const hidden = row.protector !== undefined;
  if (hidden && sealing) return { sealed: Uint8Array.of(0x31, 0, 0, 0, 0, 1, 2, 3) };
  const results = row.steps.map(({ gives }, at) => {
    const value = given[at] as Plain;
    return gives.kind === "null" ? { status: Status.success } : { status: Status.success, value };
  });
  // Of a protected read nothing is given in the clear: it fails as a whole.
  const first = hidden ? 0 : failing;
  return {
    results: byResultRule(
      results.map((result, at) => (at === first ? { status: Status.hardwareFault } : result)),
    ),
  };
}
