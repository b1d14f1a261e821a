import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commandLine } from "../../support/command-line.ts";
import { rtds } from "../../support/shared-data.ts";

describe("meterbench parse", () => {
  let folder = "";
  let keys = "";
  let messages = "";
  before(function () {
    keys = rtds(this, "keystore");
    messages = rtds(this, "messages");
    folder = mkdtempSync(join(tmpdir(), "meterbench-mmc-"));
  });
  after(() => folder !== "" && rmSync(folder, { recursive: true }));
  const supplyState = () => join(messages, "7.4_ECS45/ECS45_7.4_SUCCESS_RESPONSE_GBCS.HEX");
  const digits = () => readFileSync(supplyState(), "utf8").trim();

  it("tells a response in XML, from a file or its digits", async () => {
    for (const given of [supplyState(), digits()]) {
      const { stdout, stderr, exitCode } = await commandLine(["parse", given, "--keys", keys]);
      assert.deepEqual([exitCode, stderr], [0, ""]);
      assert.match(stdout, /^<\?xml .*\n<ra:GBCSResponse xmlns:ra="[^"]+" schemaVersion="5.4">/);
      assert.match(stdout, /<ra:ReadSupplyStatusRsp MessageSuccess="true"><ra:SupplyState>Enabled</);
    }
  });

  it("takes responses and alerts of a folder, and writes a file for each", async () => {
    const from = join(messages, "7.4_ECS45");
    const { stdout, exitCode } = await commandLine(["parse", from, "--keys", keys, "--out", folder]);
    assert.deepEqual([stdout, exitCode], ["", 0]);
    const told = readdirSync(from).filter((name) => name.includes("RESPONSE"));
    assert.deepEqual(readdirSync(folder).sort(), told.map((name) => `${name}.xml`).sort());
  });

  it("says that a file is no folder to write to, without a stack; exit 2", async () => {
    const out = join(folder, "file");
    writeFileSync(out, "");
    const { stderr, exitCode } = await commandLine(["parse", supplyState(), "--keys", keys, "--out", out]);
    assert.equal(exitCode, 2);
    assert.match(stderr, /--out \S+ cannot be written to \(.+\)\n {2}Give a folder that can be written\.\n$/);
    rmSync(out);
  });

  it("opens hidden values, or leaves them encrypted", async () => {
    const file = join(messages, "4.3_ECS19/ECS19_4.3_SUCCESS_RESPONSE_GBCS.HEX");
    const opened = await commandLine(["parse", file, "--keys", keys, "--json"]);
    const [{ reference, encrypted, placed, xml }] = JSON.parse(opened.stdout);
    assert.deepEqual([reference, encrypted, placed], ["4.3", false, 6]);
    assert.match(xml, /<ra:MeterBalance>250000</);
    const sealed = await commandLine(["parse", file, "--keys", keys, "--first-pass"]);
    assert.match(
      sealed.stdout,
      /<ra:GBCSData format="encrypted" sequence="0" name="prepaymentBalances.value" type="dlms">MQAAAAD/,
    );
    assert.match(sealed.stderr, /hidden values stay encrypted/);
    assert.ok(!sealed.stdout.includes("MeterBalance"));
  });

  it("says which request an answer may be to, and takes another's word for it", async () => {
    const file = join(messages, "7.6_ECS47Deactivate/ECS47Deactivate_7.6_SUCCESS_RESPONSE_GBCS.HEX");
    const { stdout, stderr } = await commandLine(["parse", file, "--keys", keys]);
    assert.match(stderr, /taken for an answer to 7.5; it may be one to 7.6 or 7.8: --reference says which/);
    assert.ok(!stdout.includes("ServiceReference"));
    const told = await commandLine(["parse", file, "--keys", keys, "--reference", "7.6"]);
    assert.match(
      told.stdout,
      /<ra:ServiceReferenceVariant>7.6<.*<ra:DeactivateAuxiliaryLoadRsp MessageSuccess="true"\/>/,
    );
    assert.equal(told.stderr, "");
  });

  it("refuses what is not authentic (1), and what is no message of a device (2), each by name", async () => {
    const spoilt = join(folder, "spoilt.hex");
    writeFileSync(
      spoilt,
      digits().replace(/..$/, (last) => (last === "00" ? "01" : "00")),
    );
    const command = join(messages, "7.4_ECS45/ECS45_7.4_SUCCESS_COMMAND_GBCS.HEX");
    const gas = join(messages, "7.4_GCS33/GCS33_7.4_SUCCESS_RESPONSE_GBCS.HEX");
    for (const [given, code, words] of [
      [spoilt, 1, /spoilt.hex: expected an authentic message, got one that is bad-mac/],
      ["DF0900", 1, /expected an authentic message, got one that is malformed/],
      [command, 2, /expected a response or an alert, got a command \(ECS45\)/],
      ["none.hex", 2, /neither a file that can be read nor an even number of hex digits/],
      [
        gas,
        1,
        /expected a use case with a DLMS or ASN.1 payload, got GCS33 with a gbz payload: no such device here/,
      ],
    ] as const) {
      const { stdout, stderr, exitCode } = await commandLine(["parse", given, "--keys", keys]);
      assert.deepEqual([stdout, exitCode], ["", code], stderr);
      assert.match(stderr, words);
    }
    const wrong = await commandLine(["parse", supplyState(), "--keys", keys, "--reference", "7.99"]);
    assert.match(wrong.stderr, /reference: expected 7.4, which become ECS45; got 7.99/);
    assert.equal(wrong.exitCode, 2);
  });
});
