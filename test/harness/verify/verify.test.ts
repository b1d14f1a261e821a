import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { issueCertificate } from "../../../firmware/wire/cose/certificate.ts";
import { agreement, keyId, pairMac } from "../../../firmware/wire/cose/keys.ts";
import { coseWire } from "../../../firmware/wire/cose/wire.ts";
import type { Message } from "../../../firmware/wire/message.ts";
import { hasCode } from "../../../hal/base/coded-error.ts";
import { euiBytes } from "../../../hal/base/eui64.ts";
import { nodeCrypto } from "../../../hal/crypto/index.ts";
import { makeCheck, type VerifiedMessage, verifyFiles } from "../../../harness/verify/index.ts";
import { rtds } from "../../support/shared-data.ts";

const refused = (code: string, text: RegExp) => (error: unknown) =>
  hasCode(error, code) && text.test((error as Error).message);

describe("verify, on the reference messages", function () {
  this.timeout(20_000);
  const verify = (context: Mocha.Context) => {
    const dir = rtds(context);
    return verifyFiles([join(dir, "messages")], { wire: "gbcs", keysDir: join(dir, "keystore") });
  };
  const count = (messages: readonly VerifiedMessage[], kind: string, status: string) =>
    messages.filter((message) => message.kind === kind && message.status === status).length;

  it("finds every command, response and alert authentic that can be checked", function () {
    const { total, ok, messages } = verify(this);
    assert.equal(total, 389 + 391 + 79 + 135);
    assert.equal(count(messages, "command", "ok"), 387);
    assert.equal(count(messages, "response", "ok"), 389);
    assert.equal(count(messages, "alert", "ok"), 79);
    assert.equal(ok, 855);
  });

  it("names the four that lack a key, and refuses nothing else but pre-commands", function () {
    const { messages, refused, preCommands } = verify(this);
    const others = messages.filter(({ status, kind }) => status === "refused" && kind !== "pre-command");
    assert.deepEqual(
      others.map(({ useCase, kind }) => `${useCase} ${kind}`),
      ["PCS01 command", "PCS01 response", "PCS02 command", "PCS02 response"],
    );
    for (const { reason } of others) assert.match(reason ?? "", /^no-key: .*00DB1234567890A4/);
    assert.equal(refused, preCommands + 4);
  });

  it("recognises every pre-command, by its bytes and not its name", function () {
    const { messages, preCommands } = verify(this);
    assert.equal(preCommands, 135);
    for (const { file, kind, reason, protection } of messages) {
      assert.equal(kind === "pre-command", file.includes("PRECOMMAND"), file);
      if (kind !== "pre-command") continue;
      assert.match(reason ?? "", /^unprotected: /);
      assert.equal(protection, "none");
    }
  });

  it("names the oddities of the set: messages that are not what their file says, and two bad key files", function () {
    const { messages, unusableKeys } = verify(this);
    const odd = messages
      .filter(({ note }) => note !== undefined)
      .map(({ file }) => basename(file).split("_GBCS")[0]);
    assert.deepEqual(odd, [
      "CS04B_8.8.2_ERROR_COMMAND",
      "CS04B_8.8.2_ERROR_RESPONSE",
      "CS02aSignature_NA_SUCCESS_COMMAND",
      "CS02aSignature_NA_SUCCESS_RESPONSE",
    ]);
    assert.equal(unusableKeys.length, 2);
    assert.match(unusableKeys.join(), /90b3d51f30000007-ka\.pem does not certify 90B3D51F30000007/);
  });

  it("tells use case, parties, counter and protection of the worked example", function () {
    const dir = rtds(this);
    const file = join(dir, "messages/1.5_ECS04b/ECS04b_1.5_SUCCESS_COMMAND_GBCS.HEX");
    const { messages } = verifyFiles([file], { wire: "gbcs", keysDir: join(dir, "keystore") });
    assert.deepEqual(messages, [
      {
        file,
        kind: "command",
        useCase: "ECS04b",
        originator: "90B3D51F30010000",
        target: "00DB1234567890A0",
        counter: "1000",
        protection: "signature+mac",
        status: "ok",
      },
    ]);
  });
});

describe("verify, on bad input", () => {
  let dir = "";
  const put = (name: string, content: string | Uint8Array) => {
    const path = join(dir, name);
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, content);
    return path;
  };
  const pem = (type: "rsa" | "ec", curve = "P-256") => {
    const { privateKey } =
      type === "ec"
        ? generateKeyPairSync("ec", { namedCurve: curve })
        : generateKeyPairSync("rsa", { modulusLength: 1024 });
    return privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  };
  const gbcs = () => ({ wire: "gbcs" as const, keysDir: join(dir, "keys") });

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "verify-"));
    put("keys/00db1234567890a0-ka.key", pem("ec"));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  it("says file, line and column of what is not hexadecimal", () => {
    const messages = {
      letter: put("m/a.hex", "DF09\n01 0G"),
      odd: put("m/b.hex", "DF0\n"),
      empty: put("m/c.hex", "  \n"),
    };
    const report = verifyFiles([join(dir, "m")], gbcs());
    const reasons = report.messages.map(({ reason }) => reason);
    assert.equal(
      reasons[0],
      `unreadable: ${messages.letter}, line 2, column 5: expected a hexadecimal digit, got "G"`,
    );
    assert.match(
      reasons[1] ?? "",
      /b\.hex, line 1, column 4: expected an even number of digits, got 3 digits/,
    );
    assert.match(reasons[2] ?? "", /got no digits/);
    assert.equal(report.refused, 3);
    assert.deepEqual(report.messages[0]?.kind, null);
  });

  it("takes binary files, and text without an extension, and refuses a file that is no message", () => {
    const files = [
      put("binary.bin", Uint8Array.of(0xdf, 1)),
      put("text", "DF 01"),
      put("huge.bin", new Uint8Array(2 ** 20 + 1)),
    ];
    const { messages } = verifyFiles(files, gbcs());
    for (const { reason } of messages.slice(0, 2))
      assert.match(reason ?? "", /^malformed: GBCS transaction id length at byte 1/);
    assert.match(messages[2]?.reason ?? "", /1048577 bytes/);
  });

  it("throws when there is nothing to check, or nothing to check with", () => {
    const file = put("m.hex", "DF");
    mkdirSync(join(dir, "empty"));
    assert.throws(() => verifyFiles([join(dir, "empty")], gbcs()), refused("verify/no-files", /empty/));
    assert.throws(() => verifyFiles([join(dir, "absent")], gbcs()), refused("verify/unreadable", /absent/));
    const keys = (name: string) => ({ wire: "gbcs" as const, keysDir: join(dir, name) });
    assert.throws(() => verifyFiles([file], keys("absent")), refused("verify/keys", /absent cannot be read/));
    assert.throws(() => verifyFiles([file], keys("empty")), refused("verify/keys", /holds no file named/));
    put("bad/00db1234567890a0-ds.pem", "nonsense");
    assert.throws(
      () => verifyFiles([file], keys("bad")),
      refused("verify/keys", /no usable key.*is not PEM/),
    );
  });

  it("leaves out and names key files that contradict themselves", function () {
    const store = join(rtds(this), "keystore");
    const steal = (from: string, to: string) => copyFileSync(join(store, from), join(dir, "keys", to));
    steal("00db1234567890a0-ds.pem", "00db1234567890a1-ds.pem");
    steal("00db1234567890a0-ds.pem", "00db1234567890a0-pp-ka.pem");
    steal("90b3d51f30010000-ds.pem", "90b3d51f30010000-ds.pem");
    put("keys/90b3d51f30010000-ds.key", pem("ec"));
    put("keys/00db1234567890a2-ka.key", pem("rsa"));
    put("keys/00db1234567890a3-ka.key", pem("ec", "P-384"));
    const { unusableKeys } = verifyFiles([put("m.hex", "DF")], gbcs());
    const problems = [
      /a0-pp-ka\.pem does not allow the use that its file name says/,
      /a1-ds\.pem does not certify 00DB1234567890A1/,
      /a2-ka\.key holds no P-256 key/,
      /a3-ka\.key holds no P-256 key/,
      /90b3d51f30010000-ds\.key is not the private key of/,
    ];
    assert.equal(unusableKeys.length, problems.length);
    for (const [index, problem] of problems.entries()) assert.match(unusableKeys[index] ?? "", problem);
  });
});

describe("verify, on the COSE wire", () => {
  const crypto = nodeCrypto();
  const broker = "90B3D51F30000002";
  const supplier = "90B3D51F30010000";
  const meter = "00DB1234567890A0";
  const secret = (n: number) => new Uint8Array(32).fill(n);
  const signer = crypto.ed25519Signer(secret(1));
  const command: Message = {
    header: { kind: 1, code: 0x50, originator: supplier, target: meter, counter: 7n },
    operations: [],
  };
  let dir = "";

  const certificate = (
    name: string,
    subject: string,
    role: "supplier" | "accessControlBroker" | "device",
    key: Uint8Array,
  ) => {
    const usage = name.includes("-ds.") ? ("sign" as const) : ("agree" as const);
    const claims = {
      subject,
      role,
      usage,
      publicKey: key,
      notBeforeS: 0,
      notAfterS: undefined,
      serial: Uint8Array.of(1),
    };
    writeFileSync(
      join(dir, "keys", name),
      issueCertificate(claims, crypto.ed25519Signer(secret(9)), "90B3D51F30000000", crypto),
    );
  };

  before(() => {
    dir = mkdtempSync(join(tmpdir(), "verify-cose-"));
    mkdirSync(join(dir, "keys"));
    certificate(`${supplier}-ds.cwt`, supplier, "supplier", signer.publicKey);
    certificate(`${broker}-ka.cwt`, broker, "accessControlBroker", crypto.x25519PublicKey(secret(2)));
    certificate(`${meter}-ka.cwt`, meter, "device", crypto.x25519PublicKey(secret(3)));
    writeFileSync(join(dir, "keys", `${meter}-ka.key`), Buffer.from(secret(3)).toString("hex"));
  });
  after(() => rmSync(dir, { recursive: true }));

  const mac = () => {
    const parties = { originator: euiBytes(supplier), target: euiBytes(meter) };
    const made = pairMac(crypto, agreement(crypto, secret(2)), crypto.x25519PublicKey(secret(3)), parties);
    assert.ok(made);
    return made;
  };
  const critical = () => {
    const signed = coseWire.sign(coseWire.encode(command), signer.sign, keyId(crypto, signer.publicKey));
    return coseWire.protect(signed, mac(), keyId(crypto, crypto.x25519PublicKey(secret(2))));
  };
  const verify = (bytes: Uint8Array) => {
    const file = join(dir, "message.cbor");
    writeFileSync(file, bytes);
    const report = verifyFiles([file], { wire: "cose", keysDir: join(dir, "keys") });
    return report.messages[0] as VerifiedMessage;
  };

  it("finds a critical command authentic, and recognises its pre-command", () => {
    const { status, useCase, protection, counter, reason } = verify(critical());
    assert.deepEqual(
      [status, useCase, protection, counter, reason],
      ["ok", "ECS43", "signature+mac", "7", undefined],
    );
    assert.equal(verify(coseWire.encode(command)).kind, "pre-command");
  });

  it("refuses every single-bit flip of it, with a reason", () => {
    const bytes = critical();
    const { check } = makeCheck({ wire: "cose", keysDir: join(dir, "keys") });
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = bytes.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
      const { status, reason } = check(flipped);
      assert.equal(status, "refused", `bit ${bit}`);
      assert.match(reason ?? "", /^(malformed|no-key|bad-mac|bad-signature|unprotected): /);
    }
  });

  it("says so when it is given the other wire's keys, or messages", function () {
    const empty = join(dir, "gbcs-keys");
    mkdirSync(empty, { recursive: true });
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const pem = privateKey.export({ type: "pkcs8", format: "pem" });
    const withKeys = (wire: "cose" | "gbcs", keysDir: string) => () => makeCheck({ wire, keysDir });
    const hint = (wire: string) => new RegExp(`certificates of the ${wire} wire \\(.*give --wire ${wire}`);
    writeFileSync(join(empty, `${meter}-ka.pem`), "a certificate");
    assert.throws(withKeys("cose", empty), hint("gbcs"));
    writeFileSync(join(empty, `${meter}-ka.key`), pem);
    assert.throws(withKeys("cose", empty), hint("gbcs"), "its private keys have the same names");
    assert.throws(withKeys("cose", empty), /this is PEM, a key of the GBCS wire/);
    assert.throws(withKeys("gbcs", join(dir, "keys")), hint("cose"));
    writeFileSync(join(dir, "cose.cbor"), critical());
    rmSync(join(empty, `${meter}-ka.pem`));
    const [message] = verifyFiles([join(dir, "cose.cbor")], { wire: "gbcs", keysDir: empty }).messages;
    assert.equal(
      message?.reason,
      "malformed: this is a message of the cose wire: give --wire cose and its keys",
    );
    const reference = join(rtds(this, "messages"), "1.5_ECS04b/ECS04b_1.5_SUCCESS_COMMAND_GBCS.HEX");
    const [other] = verifyFiles([reference], { wire: "cose", keysDir: join(dir, "keys") }).messages;
    assert.equal(
      other?.reason,
      "malformed: this is a message of the gbcs wire: give --wire gbcs and its keys",
    );
  });

  it("leaves out and names key files that contradict themselves", () => {
    const other = "00DB1234567890A9";
    certificate(`${other}-ka.cwt`, meter, "device", crypto.x25519PublicKey(secret(4)));
    writeFileSync(join(dir, "keys", `${other}-ds.key`), "too short");
    writeFileSync(join(dir, "keys", `${broker}-ka.key`), Buffer.from(secret(8)).toString("hex"));
    writeFileSync(join(dir, "keys", "00DB1234567890AA-ka.cwt"), "nonsense");
    const { unusableKeys } = verifyFiles([join(dir, "message.cbor")], {
      wire: "cose",
      keysDir: join(dir, "keys"),
    });
    const all = unusableKeys.join("\n");
    assert.match(all, /A9-ka\.cwt certifies 00DB1234567890A0, its file name says 00DB1234567890A9/);
    assert.match(all, /A9-ds\.key is not a private key: expected 64 hexadecimal digits/);
    assert.match(all, /0002-ka\.key is not the private key of/);
    assert.match(all, /AA-ka\.cwt is not a CWT certificate/);
  });
});
