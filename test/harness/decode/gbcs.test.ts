/** Reference messages of the GB message set (rtds/), and what a hand annotation of one of them says. */
import { strict as assert } from "node:assert";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gbcsWire, readPreCommand } from "../../../firmware/wire/gbcs/wire.ts";
import { nodeCrypto } from "../../../hal/crypto/index.ts";
import {
  type DecodedNode,
  type DecodeOptions,
  decode,
  inputBytes,
  renderDecoded,
} from "../../../harness/decode/index.ts";
import { loadX509Keys, openHidden } from "../../../harness/verify/index.ts";
import { hex, rtds } from "../../support/shared-data.ts";

const field = (node: DecodedNode, name: string) => node.fields.find((f) => f.name === name);

function files(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith("_GBCS.HEX"))
    .sort();
}

describe("decode, GBCS", () => {
  it("reads every reference message, with the kind its file name states", function () {
    const directory = rtds(this, "messages");
    const technologies = new Map<string, number>();
    for (const name of files(directory)) {
      const node = decode(join(directory, name));
      const kind = /RESPONSE_GBCS/.test(name) ? "response" : /ALERT/.test(name) ? "alert" : "command";
      assert.match(node.format, new RegExp(`^GBCS ${kind} `), name);
      if (name.includes("PRECOMMAND")) assert.match(node.format, /pre-command/, name);
      else assert.match(node.format, /, (signed|MACed|signed and MACed)$/, name);
      const payload = node.children[0]!.format;
      technologies.set(payload, (technologies.get(payload) ?? 0) + 1);
      for (const line of renderDecoded(node).split("\n")) assert.ok(line.length <= 80, line);
    }
    assert.equal(
      [...technologies.values()].reduce((a, b) => a + b, 0),
      994,
    );
    assert.equal(technologies.get("payload of no known technology"), undefined);
  });

  it("agrees with the GBCS wire on who sends what to whom, in every reference message", function () {
    const directory = rtds(this, "messages");
    for (const name of files(directory)) {
      const path = join(directory, name);
      const node = decode(path);
      const bytes = hex(readFileSync(path, "latin1"));
      const { header } = /pre-command/.test(node.format)
        ? readPreCommand(bytes).message
        : gbcsWire.peek(bytes);
      const got = ["originator", "recipient", "originator counter", "message code"].map(
        (f) => field(node, f)?.value,
      );
      assert.deepEqual(
        got,
        [header.originator, header.target, String(header.counter), String(header.code)],
        name,
      );
    }
  });

  it("places the fields of a supplier's command as the facts annotate them", function () {
    const node = decode(join(rtds(this, "messages"), "1.5_ECS04b/ECS04b_1.5_SUCCESS_COMMAND_GBCS.HEX"));
    assert.equal(
      node.format,
      "GBCS command ECS04b reset balance, emergency credit and accumulated debt, signed and MACed",
    );
    assert.equal(node.bytes, 178);
    assert.deepEqual(field(node, "originator"), {
      name: "originator",
      value: "90B3D51F30010000",
      offset: 26,
      length: 8,
    });
    assert.equal(field(node, "originator counter")?.value, "1000");
    assert.equal(field(node, "recipient")?.value, "00DB1234567890A0");
    assert.equal(field(node, "MAC")?.value, "45DD132127C8D5731DD98AB7");
    assert.equal(node.children[0]?.format, "DLMS access-request");
    assert.match(
      field(node.children[0]!, "specification 2")?.note ?? "",
      /call emergencyCredit 0-0:19\.10\.1\.255/,
    );
  });

  it("names objects and methods of the dictionary", function () {
    const directory = rtds(this, "messages");
    const name = files(directory).find((n) => /ECS43_7.2_ERROR_COMMAND/.test(n));
    const payload = decode(join(directory, name!)).children[0]!;
    assert.match(JSON.stringify(payload.fields), /call supplyControl 0-0:10\.0\.106\.255, execute/);
  });

  it("explains every ASN.1 payload value by value, each at its place", function () {
    const directory = rtds(this, "messages");
    let count = 0;
    for (const name of files(directory)) {
      const payload = decode(join(directory, name)).children[0]!;
      if (payload.format !== "ASN.1 payload") continue;
      count++;
      assert.equal(payload.partial, undefined, `${name}: ${payload.note}`);
      for (const [i, each] of payload.fields.entries()) {
        const before = payload.fields[i - 1];
        assert.ok(each.offset! >= (before === undefined ? 0 : before.offset! + before.length!), name);
      }
    }
    assert.ok(count >= 149, `${count} payloads`);
    const shown = (file: string) =>
      decode(join(directory, files(directory).find((name) => name.includes(file))!)).children[0]!.fields.map(
        (f) => `${f.name} ${f.value}${f.note === undefined ? "" : ` (${f.note})`}`,
      );
    assert.deepEqual(shown("CS06_11.3_8F66"), [
      "alertCode 0x8F66 (future-dated command carried out)",
      "alertTime 2030-01-15 09:00:00 UTC",
      "counter 1001",
      "outcome.code 0 (success)",
      "outcome.version 0123ABCF",
    ]);
    assert.deepEqual(shown("CS04B_8.8.2_ERROR_RESPONSE"), ["answer 1 (notListed)"]);
    assert.deepEqual(shown("/CS07_8.9_ERROR_COMMAND"), ["argument null"]);
  });

  it("leaves an ASN.1 payload that is not its row's as bytes, and says where it is wrong", function () {
    const file = join(rtds(this, "messages"), "8.9_CS07/CS07_8.9_ERROR_RESPONSE_GBCS.HEX");
    const bytes = hex(readFileSync(file, "latin1"));
    const message = gbcsWire.peek(bytes);
    const payload = decode(gbcsWire.encode({ header: message.header, payload: hex("3003020201") }))
      .children[0]!;
    assert.equal(payload.partial, true);
    assert.match(payload.note!, /CS07\.code at byte 3: expected a length up to 1, got 2/);
    assert.deepEqual(
      payload.fields.map(({ name, value }) => [name, value]),
      [["DER", "3003020201"]],
    );
  });

  it("tells every value of a DLMS message by its name: commands, answers, alerts", function () {
    const directory = rtds(this, "messages");
    const fieldsOf = (name: RegExp) => {
      const payload = decode(join(directory, files(directory).find((n) => name.test(n))!)).children[0]!;
      const told = new Map(
        payload.fields.flatMap(({ name, value, note }) => [
          [name, value],
          [`${name} note`, note],
        ]),
      );
      return (field: string) => told.get(field);
    };
    const tariff = fieldsOf(/ECS01a_1.1.1_IMMEDIATE_TOU_SUCCESS_COMMAND/);
    assert.equal(tariff("operation 1"), "set tariffCalendar.seasonsPassive");
    assert.equal(tariff("tariffCalendar.daysPassive[0].switches[0].selector"), "2");
    assert.equal(tariff("tariffCalendar.activateAt"), "now or the beginning");
    const profile = fieldsOf(/ECS22a_.*SUCCESS_RESPONSE/);
    assert.equal(profile("exportProfile.buffer[0].time"), "2014-10-01 09:30:00 UTC");
    assert.equal(profile("exportProfile.buffer[0].value"), "81");
    assert.equal(fieldsOf(/ECS101_NA_8F86_INPUT_ALERT/)("level"), "100");
    const price = fieldsOf(/ECS24b_.*SUCCESS_RESPONSE/);
    assert.equal(price("secondarySpecialDaysInForce.entries[0].date"), "-----12-25");
    assert.equal(price("secondaryCalendar.seasonsActive[0].start"), "2015-03-20 22:45:00");
    assert.equal(price("secondaryActiveTariffPrice.value note"), "in 10^-5 currency");
    const failed = fieldsOf(/ECS01b_1.2.1_IMMEDIATE_ERROR_RESPONSE/);
    assert.equal(failed("result 3"), "set standingCharge.activateAt: hardwareFault");
    assert.equal(failed("result 4"), "set tariffPrice.activateAt: otherReason");
  });

  it("reads the values of every DLMS message, hidden ones apart", function () {
    const directory = rtds(this, "messages");
    const told = { read: 0, hidden: 0 };
    for (const name of files(directory)) {
      const payload = decode(join(directory, name)).children[0]!;
      if (!payload.format.startsWith("DLMS")) continue;
      const values = payload.fields.find((each) => each.name === "values")?.value;
      assert.notEqual(values, "cannot be read", `${name}: ${JSON.stringify(payload.fields.at(-1))}`);
      if (payload.fields.some((each) => each.name === "hidden values")) told.hidden++;
      else told.read++;
    }
    console.log(`      DLMS: ${told.read} read, ${told.hidden} hidden`);
    assert.ok(told.read > 495, JSON.stringify(told));
  });

  it("names with its command what an answer of bare results answers", function () {
    const path = join(rtds(this, "messages"), "7.13_ECS47a/ECS47a_7.13_APC_INPUT_SUCCESS");
    const alone = decode(`${path}_RESPONSE_GBCS.HEX`).children[0]!;
    assert.match(field(alone, "result 1")?.note ?? "", /--command says which/);
    const command = inputBytes(`${path}_COMMAND_GBCS.HEX`).bytes;
    const [payload] = decode(`${path}_RESPONSE_GBCS.HEX`, { command }).children;
    assert.equal(field(payload!, "result 1")?.value, "set auxiliaryStart3.value: success");
    assert.equal(field(payload!, "result 3")?.value, "call auxiliaryControl.execute: success");
  });

  it("opens with keys what every answer and alert hides", function () {
    const directory = rtds(this, "messages");
    const keys = loadX509Keys(rtds(this, "keystore"));
    const open: NonNullable<DecodeOptions["open"]> = (envelope, sealed) =>
      openHidden(keys, nodeCrypto(), envelope, sealed);
    let opened = 0;
    for (const name of files(directory)) {
      const payload = decode(join(directory, name), { open }).children[0]!;
      const hidden = field(payload, "hidden values");
      if (hidden === undefined) continue;
      assert.match(hidden.note ?? "", /opened by its keys/, name);
      opened++;
    }
    assert.ok(opened >= 15, `${opened} opened`);
  });

  it("says where a cut message breaks off, and accepts none", function () {
    const path = join(rtds(this, "messages"), "1.5_ECS04b/ECS04b_1.5_SUCCESS_COMMAND_GBCS.HEX");
    const bytes = hex(readFileSync(path, "latin1"));
    for (let length = 1; length < bytes.length; length++)
      assert.throws(() => decode(bytes.subarray(0, length)), { code: "decode/unknown" }, `${length} bytes`);
    assert.throws(() => decode(bytes.subarray(0, 170)), /GBCS message: byte \d+: length says 169, but 161/);
  });

  describe("times", () => {
    const response = (dateTime: string) =>
      gbcsWire.encode({
        header: {
          kind: 2,
          code: 0x0043,
          counter: 1000n,
          originator: "00DB1234567890A0",
          target: "90B3D51F30010000",
        },
        payload: hex("DA200003E900000100010300"),
        dateTime: hex(dateTime),
      });
    const note = (dateTime: string) => field(decode(response(dateTime)), "date-time")?.note;

    it("are told with deviation and clock status, and what is not specified is named", () => {
      for (const [dateTime, words] of [
        [
          "07EA0C01FF0C1E0F008000FF",
          "2026-12-01 12:30:15 UTC; deviation not specified; clock status not specified",
        ],
        ["07EA0C01020C1E0F00000002", "2026-12-01 12:30:15 UTC; deviation 0 min; clock doubtful"],
        [
          "07EA0C01FF0C1E0F00800004",
          "2026-12-01 12:30:15 UTC; deviation not specified; clock of another clock",
        ],
        ["07EA0C01FF0C1E0F00800000", "2026-12-01 12:30:15 UTC; deviation not specified; clock reliable"],
        [
          "07EA0C01FF0C1E0F00800003",
          "2026-12-01 12:30:15 UTC; deviation not specified; clock invalid, doubtful",
        ],
        [
          "FFFFFFFFFFFFFFFFFF8000FF",
          "no time: not specified; deviation not specified; clock status not specified",
        ],
        [
          "07EAFF01FF0CFFFFFF8000FF",
          "2026----01 12:--:-- UTC; month, minute, second not specified; deviation not specified; clock status not specified",
        ],
      ] as const)
        assert.equal(note(dateTime), words);
    });

    it("that cannot be are refused, with their place", () => {
      for (const dateTime of [
        "07EA021EFF0C0000008000FF",
        "07EA0C01FF180000008000FF",
        "07EA0C01FF0C000000003CFF",
      ])
        assert.throws(() => decode(response(dateTime)), /GBCS message: byte 30: GBCS date-time/, dateTime);
    });
  });
});
