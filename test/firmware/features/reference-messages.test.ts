import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { partitions } from "../../../firmware/devices/partitions.ts";
import { loadLimitFeature } from "../../../firmware/features/load-limit/feature.ts";
import { supplyFeature } from "../../../firmware/features/supply/feature.ts";
import { tariffFeature } from "../../../firmware/features/tariff/feature.ts";
import { openVoltageLogs, voltageFeature } from "../../../firmware/features/voltage/feature.ts";
import { attributeOf, type ModelObject, type ObjectName, objects } from "../../../firmware/model/index.ts";
import { readDateTime } from "../../../firmware/wire/gbcs/date-time.ts";
import { NEVER, NOW, type Value } from "../../../firmware/wire/message.ts";
import { FeatureBench } from "../../support/feature-bench.ts";
import { rtds } from "../../support/shared-data.ts";

interface Step {
  readonly kind: "set" | "call";
  readonly name: ObjectName;
  readonly member: number;
  readonly value: Value;
}

/** Reads a GBCS command as far as these tests need: the operations of its DLMS access request. */
class CommandReader {
  readonly #bytes: Uint8Array;
  #at: number;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#at = bytes.findIndex((byte, i) => byte === 0xdf && bytes[i + 1] === 9) + 1;
  }

  /** Sets and calls of the command. */
  steps(): Step[] {
    for (let field = 0; field < 5; field++) this.#take(this.#length()); // transaction, parties, date, other info
    this.#length();
    this.#take(6); // access-request, invoke id, no date-time
    const specs = Array.from({ length: this.#length() }, () => this.#take(10));
    assert.equal(this.#length(), specs.length);
    return specs.map(([choice = 0, , , a, b, c, d, e, f, member = 0]) => {
      const obis = `${a}-${b}:${c}.${d}.${e}.${f}`;
      const [name, definition] =
        Object.entries(objects as Record<string, ModelObject>).find(([, each]) => each.obis === obis) ?? [];
      assert.ok(name !== undefined && definition !== undefined && choice >= 2 && choice <= 3, obis);
      const value = this.#data();
      const isDate = choice === 2 && attributeOf(definition, member)?.member.type.kind === "moment";
      return {
        kind: choice === 2 ? "set" : "call",
        name: name as ObjectName,
        member,
        value: isDate ? activationTime(value as Uint8Array) : value,
      };
    });
  }

  #take(length: number): Uint8Array {
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  #length(): number {
    const first = this.#take(1)[0] ?? 0;
    return first < 0x80 ? first : Buffer.from(this.#take(first - 0x80)).readUIntBE(0, first - 0x80);
  }

  #data(): Value {
    const tag = this.#take(1)[0] ?? 0;
    if (tag === 0) return null;
    if (tag === 1 || tag === 2) return Array.from({ length: this.#length() }, () => this.#data());
    if (tag === 9) return Uint8Array.from(this.#take(this.#length()));
    const octetsOf: Record<number, number> = { 3: 1, 5: 4, 6: 4, 15: 1, 16: 2, 17: 1, 18: 2, 22: 1 };
    const octets = octetsOf[tag];
    assert.ok(octets !== undefined, `DLMS tag ${tag}`);
    const field = Buffer.from(this.#take(octets));
    if (tag === 3) return field[0] !== 0;
    return [5, 15, 16].includes(tag) ? field.readIntBE(0, octets) : field.readUIntBE(0, octets);
  }
}

/** Nine 00 octets are "now", nine FF "never" (facts §1.7). */
function activationTime(octets: Uint8Array): number {
  const nine = octets.subarray(0, 9);
  if (nine.every((octet) => octet === 0)) return NOW;
  return nine.every((octet) => octet === 0xff) ? NEVER : (readDateTime(octets, 0) as number);
}

const make = () =>
  FeatureBench.start({}, async (context) => {
    const { futureDated, board } = context;
    const averages = await openVoltageLogs(board, partitions(board.flash.geometry));
    const supply = supplyFeature(context, { pending: () => undefined });
    const tariff = tariffFeature(context, { futureDated });
    const loadLimit = loadLimitFeature(context, { futureDated, supply });
    return { features: [tariff, supply, loadLimit, voltageFeature(context, { averages })], tariff };
  });

describe("features given the commands of the reference messages (RTDS 4.5.0)", () => {
  for (const folder of [
    "1.1.1_ECS01a",
    "1.2.1_ECS01b",
    "6.4.1_ECS28a",
    "6.5_ECS29a",
    "7.1_ECS42",
    "7.2_ECS43",
  ])
    it(`${folder}: every operation succeeds, future-dated and cancelled ones too`, async function () {
      const path = join(rtds(this, "messages"), folder);
      const files = readdirSync(path).filter((file) => file.includes("_COMMAND_"));
      assert.ok(files.length > 0);
      for (const file of files) {
        const bench = await make();
        const text = readFileSync(join(path, file), "utf8").replace(/\s/g, "");
        for (const { kind, name, member, value } of new CommandReader(Buffer.from(text, "hex")).steps()) {
          const { status } =
            kind === "set" ? await bench.set(name, member, value) : await bench.call(name, member, value);
          assert.equal(status, 0, `${file}: ${kind} ${name}.${member}`);
        }
      }
    });

  it("a reference tariff bills winter nights to register 2, days to 3, weekends and Christmas to 1", async function () {
    const path = join(
      rtds(this, "messages"),
      "1.1.1_ECS01a",
      "ECS01a_1.1.1_IMMEDIATE_TOU_SUCCESS_COMMAND_GBCS.HEX",
    );
    const bench = await make();
    const text = readFileSync(path, "utf8").replace(/\s/g, "");
    for (const { name, member, value } of new CommandReader(Buffer.from(text, "hex")).steps())
      await bench.set(name, member, value);
    const register = (when: string) => bench.built.tariff.rateAt(Date.parse(`${when}Z`) / 1000).index;
    assert.deepEqual(
      [
        "2014-11-03T06:00",
        "2014-11-03T07:00",
        "2014-11-08T12:00",
        "2014-12-25T12:00",
        "2015-04-01T23:30",
      ].map(register),
      [2, 3, 1, 1, 2],
    );
    assert.equal(bench.built.tariff.prices()?.prices.get(3), 4744);
  });
});
