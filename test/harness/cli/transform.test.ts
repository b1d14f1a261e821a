import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeUserRequest } from "../../../harness/interface/index.ts";
import { commandLine } from "../../support/command-line.ts";

const limits = {
  originator: "90B3D51F30010000",
  target: "00DB12345678ABCD",
  counter: 7n,
  commandVariant: 4,
  reference: "7.1",
  parameters: {},
};

describe("meterbench transform and correlate", () => {
  let folder: string;
  const file = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "meterbench-duis-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  it("name a file that cannot be read once, and what to give in the stead of a folder", async () => {
    const none = join(folder, "none.xml");
    const { stderr, exitCode } = await commandLine(["transform", none, folder]);
    assert.equal(exitCode, 2);
    const [first = "", second = ""] = stderr.split("\n");
    assert.equal(first, `error: cannot read ${none}: there is no such file; give the path of one`);
    assert.match(second, /of a folder name the files: FOLDER\/\*\.xml/);
    assert.equal(second.split(folder).length, 2);
  });

  it("expect none of the devices that there are not", async () => {
    const asked = { ...limits, target: "00DB1234567890A4", commandVariant: 1, reference: "8.7.2" };
    const xml = writeUserRequest({ ...asked, parameters: { OtherDeviceID: "00DB123456789093" } });
    const { stderr } = await commandLine(["transform", file("join.xml", xml)]);
    assert.match(stderr, /is a PPMID: no such device here; expected ESME or SAPC\n/);
  });

  it("say which file of a pre-command is empty", async () => {
    const xml = file("request.xml", writeUserRequest(limits));
    const empty = file("empty.hex", "");
    const { stderr, exitCode } = await commandLine(["correlate", xml, empty]);
    assert.equal(exitCode, 2);
    assert.match(stderr, /^error: \S+empty\.hex: 0 bytes given, expected 1 to/);
  });

  it("give a pre-command, and find that it asks for the same", async () => {
    const xml = file("request.xml", writeUserRequest(limits));
    const { stdout, exitCode } = await commandLine(["transform", xml, "--json"]);
    assert.equal(exitCode, 0);
    const [{ reference, useCase, kind, hex }] = JSON.parse(stdout);
    assert.deepEqual([reference, useCase, kind], ["7.1", "ECS42", "pre-command"]);
    const same = await commandLine(["correlate", xml, hex]);
    assert.deepEqual(
      [same.exitCode, same.stdout],
      [0, "the pre-command (ECS42) asks for what the request does\n"],
    );
    const other = file("other.xml", writeUserRequest({ ...limits, counter: 8n }));
    const differs = await commandLine(["correlate", other, hex, "--json"]);
    assert.equal(differs.exitCode, 1);
    assert.equal(JSON.parse(differs.stdout).field, "counter");
  });

  it("tell of each request that becomes nothing, why, beside those that do", async () => {
    const good = file("good.xml", writeUserRequest(limits));
    const gas = file("gas.xml", writeUserRequest({ ...limits, target: "00DB1234567890A1" }));
    const { stdout, exitCode } = await commandLine([
      "transform",
      good,
      gas,
      join(folder, "none.xml"),
      "--json",
    ]);
    assert.equal(exitCode, 2);
    const [first, second, third] = JSON.parse(stdout);
    assert.equal(first.useCase, "ECS42");
    assert.deepEqual([second.error.code, third.error.code], ["interface/device", "interface/file"]);
    assert.match(second.error.message, /is a GSME: no such device here/);
  });

  it("ask what a target is that may be of several types", async () => {
    const parameters = {
      ReadLogPeriod: { StartDateTime: "2026-01-01T00:00:00Z", EndDateTime: "2026-02-01T00:00:00Z" },
      LogToRead: "Event",
    };
    const xml = file(
      "log.xml",
      writeUserRequest({ ...limits, commandVariant: 1, reference: "6.13", parameters }),
    );
    const { stderr, exitCode } = await commandLine(["transform", xml]);
    assert.equal(exitCode, 2);
    assert.match(
      stderr,
      /is a ESME's ECS35a.*a CHF's ECS35c.*: say what it is, --device 00DB12345678ABCD=TYPE/,
    );
    const told = await commandLine([
      "transform",
      xml,
      "--device",
      "00-DB-12-34-56-78-AB-CD=CHF",
      "--counter",
      "300",
    ]);
    assert.match(told.stdout, /6\.13 becomes ECS35c \(command content\)\nD92000012C00/);
  });

  for (const args of [
    ["--device", "A0=ESME"],
    ["--counter", "-1"],
    ["--at", "noon"],
    ["--customer-number", "12"],
    ["--user", "90B3D51F30010000=plumber"],
  ])
    it(`refuse ${args.join(" ")}`, async () =>
      assert.equal((await commandLine(["transform", "request.xml", ...args])).exitCode, 2));
});
