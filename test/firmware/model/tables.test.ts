import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { faultsOf } from "../../../.ci/model/check-model.ts";
import { staleFiles } from "../../../.ci/model/main.ts";
import { readModel } from "../../../.ci/model/read-model.ts";
import {
  corrected,
  parseTable,
  type Row,
  readCorrections,
  readTables,
  type Tables,
} from "../../../.ci/model/tables.ts";
import {
  alerts,
  carrierOf,
  devices,
  type ModelObject,
  messages,
  objectById,
  objects,
  requests,
  useCases,
} from "../../../firmware/model/index.ts";

const tables = () => corrected(readTables(), readCorrections());
/** The tables with one cell of one row changed. */
const withCell = (table: keyof Tables, row: number, column: string, cell: string): Tables => {
  const all = tables();
  return { ...all, [table]: all[table].map((each, i) => (i === row ? { ...each, [column]: cell } : each)) };
};
const rowOf = (table: keyof Tables, column: string, cell: string) =>
  tables()[table].findIndex((row) => row[column] === cell);
/** The message set of the specification; a use case that comes on top of it needs no line there. */
const pinnedMessages = parseTable(
  readFileSync(new URL("pinned-messages.tsv", import.meta.url), "utf8"),
  "pinned",
);
const hexOf = (code: number): string => code.toString(16).toUpperCase().padStart(4, "0");
const everyObject: readonly ModelObject[] = Object.values(objects);

describe("model: the tables", () => {
  it("are consistent, and give exactly the generated files and pages of this checkout", () => {
    assert.deepEqual(faultsOf(readModel(tables())), []);
    assert.deepEqual(staleFiles(new URL("../../../", import.meta.url)), []);
  });

  it("hold the whole message set", () => {
    const codes = new Map<string, string>(useCases.map(({ id, code, kind }) => [id, hexOf(code) + kind]));
    for (const { id, code, kind } of pinnedMessages) assert.equal(codes.get(id!), `${code}${kind}`, id);
    assert.equal(Object.keys(requests).length, 129);
    assert.equal(new Set(Object.values(alerts).map(({ code }) => code)).size, 190);
    const count = (kind: string) => pinnedMessages.filter((each) => each.kind === kind).length;
    assert.deepEqual([count("command"), count("alert"), count("local")], [205, 29, 6]);
  });

  it("know six event codes that the parser's list of 184 lacks", () => {
    const extra = [0x811a, 0x8131, 0x8f85, 0x8f86, 0x8f87, 0x8f88];
    const codes = Object.values(alerts).map(({ code }) => code as number);
    assert.deepEqual(
      extra.filter((code) => !codes.includes(code)),
      [],
    );
    assert.equal(codes.length - extra.length, 184);
  });

  it("have a message for each event that leaves a device, of that device's payload", () => {
    for (const { code, devices: on, wan } of Object.values(alerts))
      for (const device of on) {
        const carrier = carrierOf(code, device);
        assert.equal(carrier !== undefined, wan !== "none", `${code.toString(16)} on ${device}`);
        if (carrier?.payload === "gbz") assert.equal(devices[device].shows, "clusters");
      }
    assert.deepEqual(
      [
        carrierOf(0x8f72, "ESME"),
        carrierOf(0x8f72, "GSME"),
        carrierOf(0x8f36, "ESME"),
        carrierOf(0x8f3d, "CHF"),
      ].map((carrier) => carrier?.code),
      [0x00ce, 0x00cf, 0x0067, 0x1000],
    );
  });

  it("lead every critical request to a signed command, and every other to one that is not", () => {
    for (const [reference, { critical, useCases: ids }] of Object.entries(requests))
      for (const id of ids) {
        const grants = messages[id as keyof typeof messages].grants;
        const signed = grants.some(({ protection }) => protection !== "mac");
        const byBroker = grants.some(({ role }) => role === "accessControlBroker");
        if (critical) assert.ok(signed, `${reference} ${id}`);
        else assert.ok(!signed || byBroker || /CS02|6\.23/.test(`${id}${reference}`), `${reference} ${id}`);
      }
  });

  describe("refuse", () => {
    const cases: [string, () => Tables, RegExp][] = [
      [
        "a constant of another type",
        () => withCell("operations", rowOf("operations", "message", "ECS42"), "constant", "70000"),
        /ECS42.*70000/,
      ],
      [
        "a name that the type has not",
        () =>
          withCell("operations", rowOf("operations", "message", "CCS01"), "constant", "{ keyType: label }"),
        /label/,
      ],
      [
        "a step on a member that no object has",
        () => withCell("operations", 0, "member", "deviceLog.regster"),
        /deviceLog\.regster/,
      ],
      ["a get of a method", () => withCell("operations", 0, "kind", "get"), /get does not go/],
      ["a type that is not there", () => withCell("members", 0, "type", "dateTimes"), /dateTimes/],
      ["a type that is cut short", () => withCell("types", 0, "type", "{ scaler: i8"), /expected/],
      ["a type made of itself", () => withCell("types", 0, "type", "{ again: scalerUnit }"), /scalerUnit/],
      ["a message code twice", () => withCell("messages", 1, "code", "0001"), /message code 0001/],
      ["an object number twice", () => withCell("objects", 1, "id", "1"), /number 1/],
      ["a role that is not there", () => withCell("access", 0, "role", "supplyer"), /supplyer/],
      ["a device that is not there", () => withCell("messages", 0, "devices", "ESMME"), /ESMME/],
      ["an alert that leaves without a message", () => withCell("alerts", 0, "messages", ""), /message/],
      [
        "a request that names a use case which does not name it",
        () => withCell("requests", 0, "useCases", "ECS42"),
        /ECS42/,
      ],
    ];
    for (const [what, make, words] of cases)
      it(what, () => {
        const faults = () => {
          const found = faultsOf(readModel(make()));
          if (found.length > 0) throw new Error(found.join("\n"));
        };
        assert.throws(faults, words);
      });

    it("a correction that meets another cell than it says", () => {
      const [first, ...others] = readCorrections();
      assert.throws(() => corrected(readTables(), [{ ...first!, was: "else" }, ...others]), /is not "else"/);
      assert.throws(() => corrected(readTables(), [{ ...first!, reason: "" }, ...others]), /no why/);
    });
    it("a line with too many cells, and a head with a name twice", () => {
      assert.throws(() => parseTable("a\tb\n1\t2\t3\n", "x"), /line 2: expected 2 cells, got 3/);
      assert.throws(() => parseTable("a\ta\n", "x"), /twice/);
    });
  });
});

describe("model: numbers are for ever", () => {
  const pinned = parseTable(readFileSync(new URL("pinned-numbers.tsv", import.meta.url), "utf8"), "pinned");
  const numbers = (members: Readonly<Record<string, { readonly no: number }>>) =>
    Object.entries(members).map(([name, { no }]) => `${no}=${name}`);
  const address = ({ kind, cluster, classId, obis }: ModelObject) =>
    kind === "cluster" ? `cluster ${cluster.toString(16).padStart(4, "0")}` : `${classId} ${obis}`.trim();

  /** Names of pinned objects that tables have otherwise than they were pinned. */
  const movedPins = (from: Tables): (string | undefined)[] => {
    const made = new Map(
      readModel(from).objects.map(({ row, name, members }) => [row.id, { name, members }]),
    );
    const named = new Set(from.objects.map(({ name }) => name));
    return pinned
      .filter(({ name }) => named.has(name))
      .filter((pin) => {
        const object = made.get(pin.id);
        const now = object?.members.map((m) => `${m.kind} ${m.no}=${m.name}`) ?? [];
        const wanted = (kind: "attribute" | "method") =>
          (pin[`${kind}s`] || "")
            .split(" ")
            .filter(Boolean)
            .map((each) => `${kind} ${each}`);
        return (
          object?.name !== pin.name ||
          wanted("attribute")
            .concat(wanted("method"))
            .some((w) => !now.includes(w))
        );
      })
      .map(({ name }) => name);
  };

  it("every pinned object, attribute and method has its number, name and address still", () => {
    for (const row of pinned) {
      const object = objectById(Number(row.id));
      assert.ok(object, `object ${row.id} ${row.name} is gone`);
      assert.deepEqual([object.name, address(object)], [row.name, row.address], `object ${row.id}`);
      for (const [cell, members] of [
        [row.attributes, object.attributes],
        [row.methods, object.methods],
      ] as const)
        for (const pin of cell ? cell.split(" ") : [])
          assert.ok(numbers(members).includes(pin), `${row.name}: ${pin} is gone`);
    }
  });

  it("every object and member is pinned: a new one takes a new line in pinned-numbers.tsv", () => {
    const rows = new Map(pinned.map((row) => [row.name, row]));
    for (const object of everyObject) {
      const row = rows.get(object.name);
      assert.ok(row, `${object.name} is not pinned`);
      assert.deepEqual(
        (row.attributes || "").split(" ").filter(Boolean),
        numbers(object.attributes),
        object.name,
      );
      assert.deepEqual((row.methods || "").split(" ").filter(Boolean), numbers(object.methods), object.name);
    }
  });

  it("two objects whose numbers are swapped, and a member renumbered or renamed, are found", () => {
    const all = tables();
    assert.deepEqual(movedPins(all), []);
    const [one, two] = [rowOf("objects", "name", "supplyControl"), rowOf("objects", "name", "supplyState")];
    const ids = [all.objects[one]?.id as string, all.objects[two]?.id as string] as const;
    const objectsSwapped = all.objects
      .with(one, { ...(all.objects[one] as Row), id: ids[1] })
      .with(two, { ...(all.objects[two] as Row), id: ids[0] });
    assert.deepEqual(movedPins({ ...all, objects: objectsSwapped }), ["supplyControl", "supplyState"]);
    const at = all.members.findIndex(({ object, name }) => object === "supplyControl" && name === "execute");
    assert.deepEqual(movedPins(withCell("members", at, "no", "9")), ["supplyControl"]);
    assert.throws(
      () => movedPins(withCell("members", at, "name", "run")),
      /no object has supplyControl\.execute/,
    );
  });

  it("the order of lines gives no number: tables read backwards make the same objects", () => {
    const backwards = (rows: Tables["objects"]) => [...rows].reverse();
    const all = tables();
    const turned = {
      ...all,
      objects: backwards(all.objects),
      members: backwards(all.members),
      types: backwards(all.types),
    };
    const numbersOf = (from: Tables) =>
      readModel(from)
        .objects.map(({ row, name, members }) =>
          [row.id, name, ...members.map((m) => `${m.kind} ${m.no} ${m.name}`).sort()].join(" "),
        )
        .sort();
    assert.deepEqual(numbersOf(turned), numbersOf(all));
  });
});

describe("model: device types", () => {
  it("have one number each in the hub's device log, but for the SAPC, which is listed as a meter", () => {
    const named = Object.entries(devices).filter(
      ([name, row]) => name !== "SAPC" && row.logNumber !== undefined,
    );
    assert.equal(new Set(named.map(([, row]) => row.logNumber)).size, named.length);
    assert.deepEqual([devices.ESME.logNumber, devices.GPF.logNumber, devices.PPMID.logNumber], [0, 254, 132]);
    assert.deepEqual([devices.ESME.joinNumber, devices.GSME.joinNumber], [1, 0]);
  });

  it("are each served by some use case when they have certificates", () => {
    for (const [name, row] of Object.entries(devices))
      assert.equal(
        useCases.some(({ devices: on }) => (on as readonly string[]).includes(name)),
        row.category === "hub" || row.category === "type 1",
        name,
      );
  });
});
