import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { hasCode } from "../../../../hal/base/coded-error.ts";
import { nodeCrypto } from "../../../../hal/crypto/node.ts";
import { pairs } from "../../../../harness/headend/dcc/messages.ts";
import { readCsv, writeCsv } from "../../../../harness/headend/thresholds/csv.ts";
import { quarantineReport } from "../../../../harness/headend/thresholds/report.ts";
import {
  exitFile,
  fileSigner,
  secondSupplier,
  signedFile,
  startS,
  supplier,
  ThresholdBench,
  thresholdFile,
} from "./bench.ts";

describe("the file of thresholds", () => {
  it("sets counts, limits and exceptions of its user alone", async () => {
    const bench = new ThresholdBench();
    bench.detection.install(
      thresholdFile([
        "count,,,3,4,,",
        "count,7.4,,,1,,",
        "count,7.4,,,2,2026-05-28T18:26:40Z,2026-05-28T21:26:40+01:00",
        "above,6.4.1,LoadLimitPowerThreshold,,20000,,",
      ]),
    );
    const limit = (watts: number) => bench.verdicts(1, "6.4.1", { LoadLimitPowerThreshold: watts })[0];
    assert.deepEqual(bench.verdicts(2), ["pass", "quarantined"]);
    assert.equal(limit(20_001), "quarantined");
    assert.deepEqual([limit(20_000), limit(20_000), limit(5)], ["pass", "pass", "warned"]);
    assert.equal(limit(6), "quarantined");
    assert.deepEqual(
      bench.detection.anomalies(supplier).map(({ kind, reason }) => [kind, reason]),
      [
        ["ADUserThresholdBreach", "the user's threshold 7.4: 2 against 1"],
        [
          "ADAttributeLimitsBreach",
          "the user's threshold 6.4.1 LoadLimitPowerThreshold above: 20001 against 20000",
        ],
        ["ADUserThresholdBreach", "the user's threshold all: 5 against 4"],
      ],
    );
    assert.equal(bench.verdicts(5, "7.4", {}, secondSupplier).join(), "pass,pass,pass,pass,pass");
  });

  it("follows an exception for its time", async () => {
    const bench = new ThresholdBench({ windowS: 60, windowSteps: 60 });
    const at = (afterS: number) => new Date((startS + afterS) * 1000).toISOString();
    bench.detection.install(
      thresholdFile(["count,,,,1,,", `count,,,,,${at(100)},${at(200)}`, `count,,,,2,${at(200)},${at(300)}`]),
    );
    const passing = () => bench.verdicts(4).filter((verdict) => verdict === "pass").length;
    const passed = [passing()];
    for (let i = 0; i < 3; i++) {
      await bench.wait(100);
      passed.push(passing());
    }
    assert.deepEqual(passed, [1, 4, 2, 1]);
  });

  it("takes limits below, with the warning above the quarantine", () => {
    const bench = new ThresholdBench();
    bench.detection.install(thresholdFile(["below,6.4.1,LoadLimitPeriod,30,10,,"]));
    const of = (LoadLimitPeriod: number) => bench.verdicts(1, "6.4.1", { LoadLimitPeriod })[0];
    assert.deepEqual([30, 29, 10, 9].map(of), ["pass", "warned", "warned", "quarantined"]);
  });

  it("looks at every item of a list, and quarantines what is no number", () => {
    const bench = new ThresholdBench();
    const path = "PriceElements.ElectricityPriceElements.StandingCharge";
    bench.detection.setDccThresholds({
      counts: [],
      limits: [{ reference: "1.2.1", attribute: path, side: "above", quarantine: 10 }],
    });
    const of = (...charges: unknown[]) =>
      bench.verdicts(1, "1.2.1", {
        PriceElements: { ElectricityPriceElements: charges.map((StandingCharge) => ({ StandingCharge })) },
      })[0];
    assert.deepEqual(
      [of(1, 2), of(1, 11), of(5n), of(11n), of("11"), of({}), of()],
      ["pass", "quarantined", "pass", "quarantined", "quarantined", "quarantined", "pass"],
    );
  });

  it("keeps the count when a new file comes, and takes none that is old, or from the future", async () => {
    const bench = new ThresholdBench();
    bench.detection.install(thresholdFile(["count,,,,2,,"]));
    bench.verdicts(2);
    await bench.wait(10);
    bench.detection.install(thresholdFile(["count,,,,3,,"], startS + 10));
    assert.deepEqual(bench.verdicts(2), ["pass", "quarantined"]);
    for (const issuedS of [startS, startS + 10, startS + 311])
      assert.throws(
        () => bench.detection.install(thresholdFile(["count,,,,9,,"], issuedS)),
        (e) => hasCode(e, "thresholds/old"),
        String(issuedS),
      );
  });

  const title = `thresholds,${pairs(supplier)},2026-01-01T00:00:00Z`;
  const heading = "Threshold,ServiceReference,Attribute,Warning,Quarantine,From,To";
  const good = "count,,,,5,,";
  const period = "2026-06-01T00:00:00Z,2026-06-02T00:00:00Z";
  const bad: [what: string, lines: string[], place: string, expected: RegExp, got: string][] = [
    [
      "another kind of file",
      [title.replace("thresholds", "exit-quarantine"), heading],
      "1:1",
      /^thresholds$/,
      '"exit-quarantine"',
    ],
    ["no title", [heading, good], "1:1", /^thresholds$/, '"Threshold"'],
    ["no user", ["thresholds,me,2026-01-01T00:00:00Z", heading], "1:12", /EUI-64/, '"me"'],
    [
      "no time",
      [`thresholds,${pairs(supplier)},2026-02-30T00:00:00Z`, heading],
      "1:44",
      /a time/,
      '"2026-02-30T00:00:00Z"',
    ],
    [
      "a time of no zone",
      [`thresholds,${pairs(supplier)},2026-02-03T00:00:00`, heading],
      "1:55",
      /a zone/,
      '"2026-02-03T00:00:00"',
    ],
    ["no heading", [title], "2:1", /^Threshold$/, "nothing"],
    ["columns in another order", [title, heading.replace("From,To", "To,From")], "2:57", /^From$/, '"To"'],
    ["a column more", [title, `${heading},More`], "2:65", /7 fields/, "8"],
    ["a field less", [title, heading, "count,,,,5,"], "3:12", /7 fields/, "6"],
    ["an unknown threshold", [title, heading, good, "sum,,,,5,,"], "4:1", /count, above or below/, '"sum"'],
    ["an unknown reference", [title, heading, "count,7.99,,,5,,"], "3:7", /a service reference/, '"7.99"'],
    ["a count of an attribute", [title, heading, "count,7.2,Power,,5,,"], "3:11", /nothing/, '"Power"'],
    [
      "a misspelt attribute",
      [title, heading, "above,6.4.1,LoadLimitPowerTreshold,,5,,"],
      "3:13",
      /LoadLimitPowerThreshold/,
      '"LoadLimitPowerTreshold"',
    ],
    ["an attribute of nothing", [title, heading, "above,7.98,Power,,5,,"], "3:7", /with a form/, '"7.98"'],
    [
      "an attribute that holds others",
      [title, heading, "above,2.1,UpdatePrepayConfigElectricity,,5,,"],
      "3:11",
      /add one of DebtRecoveryRateCap/,
      '"UpdatePrepayConfigElectricity"',
    ],
    ["half a request", [title, heading, "count,,,,5.5,,"], "3:10", /whole number/, '"5.5"'],
    [
      "a level that is no number",
      [title, heading, "above,6.4.1,LoadLimitPeriod,,1e3,,"],
      "3:30",
      /a number/,
      '"1e3"',
    ],
    ["levels upside down", [title, heading, "count,,,6,5,,"], "3:11", /no lower than Warning/, "5"],
    ["no level", [title, heading, "count,,,,,,"], "3:9", /a level/, "none"],
    ["a threshold twice", [title, heading, good, "count,,,,6,,"], "4:1", /once/, "count again"],
    ["half an exception", [title, heading, "count,,,,5,2026-06-01T00:00:00Z,"], "3:33", /a time/, "nothing"],
    [
      "an exception that ends first",
      [title, heading, `count,,,,5,${period.split(",").reverse().join()}`],
      "3:33",
      /after From/,
      '"2026-06-01T00:00:00Z"',
    ],
    [
      "exceptions that overlap",
      [title, heading, `count,,,,5,${period}`, `count,,,,6,${period}`],
      "4:12",
      /no other exception/,
      '"2026-06-01T00:00:00Z"',
    ],
    [
      "a quote that does not end",
      [title, heading, 'count,"7.2,,,5,,'],
      "3:7",
      /a quote that ends/,
      "the file's end",
    ],
    ["a quote inside a field", [title, heading, 'count,7"2,,,5,,'], "3:8", /no quote/, '"'],
    ["words behind a quote", [title, heading, 'count,"7.2"x,,,5,,'], "3:12", /a comma/, '"x"'],
    ["a bare carriage return", [title, heading, "count,,,,5,\r,"], "3:12", /a comma or/, '"\\r"'],
    ["too many fields", [title, heading, ",".repeat(99)], "3:17", /at most 16/, "more"],
  ];
  for (const [what, lines, place, expected, got] of bad)
    it(`is refused whole for ${what}, with its place`, () => {
      const bench = new ThresholdBench();
      assert.throws(
        () => bench.detection.install(signedFile(lines)),
        (error: Error & { data: { line: number; column: number; expected: string; got: string } }) => {
          assert.ok(hasCode(error, "thresholds/file"), error.message);
          assert.equal(`${error.data.line}:${error.data.column}`, place, error.message);
          assert.match(error.data.expected, expected);
          assert.equal(error.data.got, got);
          return true;
        },
      );
      assert.deepEqual(bench.verdicts(9).join(), Array(9).fill("pass").join());
    });
});

const untrusted = (e: unknown) => hasCode(e, "thresholds/signature");

describe("the signature of a file", () => {
  const lines = [
    `thresholds,${pairs(supplier)},2026-01-01T00:00:00Z`,
    "Threshold,ServiceReference,Attribute,Warning,Quarantine,From,To",
    "count,,,,5,,",
  ];

  it("is by its user's key over every octet before it", () => {
    const { content } = signedFile(lines);
    for (let at = 0; at < content.length - 2; at++) {
      const spoilt = Uint8Array.from(content);
      spoilt[at] = (spoilt[at] as number) ^ 1;
      const bench = new ThresholdBench();
      assert.throws(
        () => bench.detection.install({ content: spoilt }),
        /thresholds|signature|line|threshold/,
      );
      assert.deepEqual(bench.detection.snapshot().users, []);
    }
    new ThresholdBench().detection.install({ content });
  });

  it("counts for nobody else's file, and not without a key", () => {
    const bench = new ThresholdBench();
    assert.throws(() => bench.detection.install(signedFile(lines, fileSigner(2))), untrusted);
    bench.fileKeys.delete(supplier);
    assert.throws(
      () => bench.detection.install(signedFile(lines)),
      /no file-signing key is known of user 90B3D51F30010000/,
    );
  });

  it("is missed where there is none, and where it is none", () => {
    const { content } = signedFile(lines);
    const text = Buffer.from(content).toString();
    for (const spoilt of [
      text.replace(/signature,.*/, ""),
      text.replace(/(signature,).*/, `$1${"A".repeat(88)}`),
    ])
      assert.throws(
        () => new ThresholdBench().detection.install({ content: Buffer.from(spoilt) }),
        untrusted,
      );
  });

  it("may be detached, where the settings say so", () => {
    const bench = new ThresholdBench({ signature: "detached" });
    const content = Buffer.from(`${lines.join("\n")}\n`);
    const signature = fileSigner().sign(content);
    assert.throws(() => bench.detection.install({ content }), untrusted);
    assert.throws(() => bench.detection.install({ content, signature: signature.slice(1) }), untrusted);
    bench.detection.install({ content, signature });
    assert.equal(bench.verdicts(6).at(-1), "quarantined");
  });

  it("is what OpenSSL makes, as the README says", () => {
    const folder = mkdtempSync(join(tmpdir(), "meterbench-thresholds-"));
    try {
      const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
      writeFileSync(join(folder, "key.pem"), privateKey.export({ type: "pkcs8", format: "pem" }));
      writeFileSync(join(folder, "adt.csv"), `${lines.join("\n")}\n`);
      const readme = readFileSync("harness/headend/thresholds/README.md", "utf8");
      const command = /^ {4}(printf .*openssl .*)$/m.exec(readme)?.[1] as string;
      execFileSync("sh", ["-c", command], { cwd: folder });
      const bench = new ThresholdBench();
      const point = publicKey.export({ type: "spki", format: "der" }).subarray(-65);
      bench.fileKeys.set(supplier, nodeCrypto().p256Verifier(new Uint8Array(point)));
      bench.detection.install({ content: readFileSync(join(folder, "adt.csv")) });
      assert.equal(bench.verdicts(6).at(-1), "quarantined");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("the exit quarantine file", () => {
  const quarantined = (times: number) => {
    const bench = new ThresholdBench();
    bench.detection.setDccThresholds({ counts: [{ quarantine: 0 }], limits: [] });
    bench.verdicts(times);
    bench.verdicts(1, "7.4", {}, secondSupplier);
    const lines = bench.detection
      .anomalies(supplier)
      .map(({ requestId, eventReference }) => `${requestId},${eventReference}`);
    return { bench, lines };
  };

  it("hands back what to process, and what to delete, each once", () => {
    const { bench, lines } = quarantined(3);
    const file = exitFile([`${lines[2]},process`, `${lines[0]},delete`, `${lines[1]},process`]);
    const released = bench.detection.release(file);
    assert.deepEqual(
      [released.process, released.delete].map((entries) => entries.map(({ request }) => request.counter)),
      [[1002n, 1001n], [1000n]],
    );
    assert.throws(
      () => bench.detection.release(file),
      (e) => hasCode(e, "thresholds/file"),
    );
    assert.deepEqual(
      bench.detection.anomalies().map(({ end }) => end),
      ["processed", "processed", "deleted", undefined],
    );
  });

  it("spares its user the notice of what it has heard of", async () => {
    const { bench, lines } = quarantined(2);
    bench.detection.release(exitFile([`${lines[0]},process`]));
    await bench.wait(60);
    assert.deepEqual(
      bench.notices.map(({ eventReference }) => eventReference),
      [2, 3],
    );
  });

  const bad: [what: string, lines: (own: readonly string[]) => string[], place: string][] = [
    ["an event of nobody", (own) => [`${own[0]?.replace(/\d+$/, "77")},process`], "3:54"],
    ["an event of another user", (own) => [`${own[0]?.replace(/\d+$/, "3")},process`], "3:54"],
    [
      "another request's event",
      (own) => [`${own[0]},process`, `${own[0]?.replace(/\d+$/, "2")},process`],
      "4:1",
    ],
    ["an event twice", (own) => [`${own[0]},process`, `${own[0]},delete`], "4:54"],
    ["another action", (own) => [`${own[0]},process`, `${own[1]},keep`], "4:56"],
  ];
  for (const [what, lines, place] of bad)
    it(`is refused whole for ${what}`, () => {
      const { bench, lines: own } = quarantined(2);
      assert.throws(
        () => bench.detection.release(exitFile(lines(own))),
        (e: Error & { data: { line: number; column: number } }) =>
          hasCode(e, "thresholds/file") && `${e.data.line}:${e.data.column}` === place,
      );
      assert.deepEqual(bench.ended, []);
    });

  it("is no file of thresholds, nor one an exit file, however well signed", () => {
    const { bench, lines } = quarantined(1);
    assert.throws(() => bench.detection.install(exitFile([`${lines[0]},process`])), /expected thresholds/);
    assert.throws(() => bench.detection.release(thresholdFile([])), /expected exit-quarantine/);
  });
});

describe("CSV", () => {
  it("reads back what it writes", () => {
    const text = fc.stringMatching(/^[^=+@\t\r\n-][^\r\n]*$|^$/);
    fc.assert(
      fc.property(fc.array(fc.array(text, { minLength: 1, maxLength: 16 }), { maxLength: 20 }), (lines) => {
        const read = readCsv(writeCsv(lines)).map((cells) => cells.map((cell) => cell.text));
        assert.deepEqual(
          read,
          lines.map((cells) => [...cells]),
        );
      }),
      { seed: 1 },
    );
  });

  it("writes nothing that a spreadsheet takes for a formula", () => {
    assert.equal(writeCsv([["=1+1", "@SUM(A1)", "-5", "-x"]]), "'=1+1,'@SUM(A1),-5,'-x\r\n");
  });

  it("survives any octets for a file, in little time", () => {
    const head = `thresholds,${pairs(supplier)},2026-01-01T00:00:00Z\r\nThreshold,ServiceReference,Attribute,Warning,Quarantine,From,To\r\n`;
    const cell = fc.constantFrom(
      "",
      "",
      "count",
      "above",
      "below",
      "7.4",
      "6.4.1",
      "LoadLimitPeriod",
      "constructor",
    );
    const number = fc.constantFrom("", "0", "5", "-1", "1e9", "999999999999", "0x5", "5.5");
    const time = fc.constantFrom(
      "",
      "",
      "2026-06-01T00:00:00Z",
      "2026-06-02T00:00:00Z",
      "2026-06-31T00:00:00Z",
    );
    const row = fc
      .tuple(cell, cell, cell, number, number, time, time)
      .map((cells) => `${cells.join(",")}\r\n`);
    const pieces = fc.constantFrom(
      '"',
      ",",
      "\n",
      "\r\n",
      "thresholds",
      "signature,",
      pairs(supplier),
      "count",
      "é",
    );
    const texts = (parts: fc.Arbitrary<string>, before = "") =>
      fc
        .array(parts, { maxLength: 40 })
        .map((some) => signedFile([(before + some.join("")).replace(/\r\n$/, "")]).content);
    let taken = 0;
    fc.assert(
      fc.property(
        fc.oneof(fc.uint8Array({ maxLength: 300 }), texts(pieces), texts(pieces, head), texts(row, head)),
        (content) => {
          try {
            new ThresholdBench().detection.install({ content });
            taken++;
          } catch (e) {
            assert.ok(hasCode(e, "thresholds"), String(e));
          }
        },
      ),
      { seed: 1, numRuns: 500 },
    );
    assert.ok(taken > 0 && taken < 250, `${taken} of 500 were good`);
    const bench = new ThresholdBench();
    const monsters = [
      '"'.repeat(1 << 20),
      ",".repeat(1 << 20),
      `"${'""'.repeat((1 << 19) - 10)}`,
      "\n".repeat(1 << 20),
    ];
    for (const monster of monsters)
      for (const content of [Buffer.from(monster), signedFile([head + monster.slice(300)]).content]) {
        const before = process.cpuUsage();
        assert.throws(
          () => bench.detection.install({ content }),
          (e) => hasCode(e, "thresholds"),
        );
        assert.ok(process.cpuUsage(before).user < 500_000, "half a second of work for the refusal");
      }
    assert.throws(
      () => bench.detection.install({ content: new Uint8Array((1 << 20) + 1) }),
      /at most 1048576 octets/,
    );
  });
});

describe("the report of what is quarantined", () => {
  it("lists what waits and what has ended, and how it is marked", async () => {
    const bench = new ThresholdBench();
    bench.detection.setDccThresholds({ counts: [{ reference: "7.4", quarantine: 0 }], limits: [] });
    bench.verdicts(2);
    const [first] = bench.detection.anomalies(supplier);
    await bench.wait(5);
    bench.detection.release(exitFile([`${first?.requestId},1,delete`]));
    const report = quarantineReport(
      supplier,
      bench.detection.anomalies(supplier),
      bench.nowS,
      "confidential",
    );
    const target = "90-B3-D5-1F-30-01-00-00:00-DB-12-34-56-78-90-A0";
    assert.deepEqual(report.split("\r\n"), [
      "quarantined,90-B3-D5-1F-30-01-00-00,2026-05-28T20:26:45.000Z,confidential",
      "RequestID,QuarantineEventRef,ServiceReference,Kind,Reason,QuarantinedAt,State,Since",
      `${target}:1000,1,7.4,ADDCCThresholdBreach,the DCC's threshold 7.4: 1 against 0,2026-05-28T20:26:40.000Z,deleted,2026-05-28T20:26:45.000Z`,
      `${target}:1001,2,7.4,ADDCCThresholdBreach,the DCC's threshold 7.4: 1 against 0,2026-05-28T20:26:40.000Z,waiting,2026-05-28T20:26:40.000Z`,
      "",
    ]);
  });
});
