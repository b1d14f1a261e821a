import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";
import { harness, Workplace } from "../../support/child-run.ts";
import { commandLine } from "../../support/command-line.ts";

const failing = `import assert from "node:assert/strict";
import { premises } from ${JSON.stringify(harness)};
describe("my home, whose name is so long that it does not go into one line of a terminal", () => {
  it("differs", async function () {
    const home = await premises(this);
    await home.commission();
    assert.deepEqual({ supply: (await home.read("7.4")).SupplyState }, { supply: "disabled" });
  });
  it("throws an error with a difference", () => {
    throw Object.assign(new Error("not so"), { actual: { a: 1 }, expected: { a: 2 } });
  });
  it("is fine", () => {});
});
`;

/** The screen after what was written, `\r` and "erase to the end of the line" obeyed. */
function screen(text: string): string[] {
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  return lines.map((line) => stripVTControlCharacters(line.split("\r\x1b[K").at(-1) ?? "").trimEnd());
}

describe("the words of a run", function () {
  this.timeout(60_000);
  let place: Workplace;
  before(() => {
    place = new Workplace();
    place.write("fail.mjs", failing);
  });
  after(() => place.remove());
  const run = (...args: string[]) => place.meterbench(["run", ...args]);

  it("on a terminal of 80 columns show each failure whole: place, values, time, alert, seed, and how to run it again", async function () {
    if (spawnSync("script", ["--version"]).error) {
      console.warn("      skipped: no script (apt-get install bsdutils)");
      this.skip();
    }
    const { exitCode, stdout } = await place.onTerminal(["run", "fail.mjs", "--out", "tty", "--seed", "7"]);
    assert.equal(exitCode, 1, stdout);
    assert.ok(stdout.includes("\x1b[31m"), "colours on a terminal");
    const shown = screen(stdout);
    const name = "my home, whose name is so long that it does not go into one line of a terminal differs";
    const text = shown.join("\n");
    assert.ok(text.includes(`FAILED ${name}\n       fail.mjs:7:12: Expected values`), text);
    assert.ok(
      text.includes(`1) ${name}\n   fail.mjs:7:12\n   Expected values to be strictly deep-equal:`),
      text,
    );
    assert.match(text, /\+ {3}supply: 'enabled'\n {3}- {3}supply: 'disabled'/);
    assert.match(text, /time +00:00:1\d\.\d{3} of virtual time, seed 7/);
    assert.match(text, /alert +[0-9A-F]{4} \w.*from 00DB1234567890A/);
    assert.match(text, /again +meterbench run fail\.mjs "my home, .* differs" .*--seed 7 --out tty/);
    assert.match(text, /not so\n {3}\+ expected - actual\n\s+\{\n {3}- {2}"a": 1\n {3}\+ {2}"a": 2\n/);
    assert.match(text, /1 passed, 2 failed, 0 skipped {2}\(seed 7, .*, \d+\.\d s of virtual time\)/);
    assert.doesNotMatch(text, /\?load=/);
  });

  for (const env of [{ FORCE_COLOR: "1" }, { FORCE_COLOR: "3", CI: "1" }, { NO_COLOR: "1" }])
    it(`have no colour in any file, with ${Object.keys(env).join(" and ")}`, async () => {
      const { stdout } = await place.meterbench(["run", "fail.mjs", "--out", "coloured"], env);
      assert.equal(stdout.includes("\x1b["), "FORCE_COLOR" in env);
      for (const name of readdirSync(place.path("coloured")).filter((each) => !each.endsWith(".pcapng")))
        assert.ok(!place.read("coloured", name).includes("\x1b"), name);
    });

  it("hide no control character of a title or an error, and obey none", async () => {
    place.write(
      "evil.mjs",
      `it("x \\x1b[2J y", () => { throw new Error("a\\x1b]0;evil\\x07\\u009b31m b\\u202e c"); });`,
    );
    const { exitCode, stdout, stderr } = await run("evil.mjs");
    assert.equal(exitCode, 1);
    assert.doesNotMatch(stdout + stderr, /[^\P{Cc}\n]|\u202e/u);
    assert.match(stdout, /x \\u\{1b\}\[2J y/);
    assert.equal((await run("evil.mjs", "x \\u{1b}[2J y")).exitCode, 1, "the line to run it again finds it");
  });

  const broken: Record<string, { readonly text: string; readonly told: RegExp }> = {
    "breaks the syntax": { text: "const a = 1;\nlet b = = 2;\n", told: /broken\.mjs:2: SyntaxError: / },
    "imports a file that is not there": {
      text: 'import "node:fs";\nimport "./nope.mjs";\n',
      told: /broken\.mjs:2: it imports nope\.mjs, which is not there/,
    },
    "imports a package that is not there": {
      text: 'import x from "no-such-package";\n',
      told: /broken\.mjs:1: it imports no-such-package, which is not there/,
    },
    "imports a name that is not there": {
      text: '\nimport { nope } from "node:fs";\n',
      told: /broken\.mjs:2: SyntaxError: .*does not provide an export named 'nope'/,
    },
    throws: { text: "\n\nnope();\n", told: /broken\.mjs:3: ReferenceError: nope is not defined/ },
    "throws no error": { text: "throw null;\n", told: /broken\.mjs: null was thrown/ },
    "waits for ever": { text: "await new Promise(() => {});\n", told: /its top-level await waits/ },
    "ends the process": { text: "process.exit(0);\n", told: /broken\.mjs:1: process\.exit\(0\) is not for/ },
    "has a suite without a body": { text: '\ndescribe("x");\n', told: /broken\.mjs:2: .*no callback/ },
    "has no test": { text: "export {};\n", told: /there is no test in "broken\.mjs"/ },
  };
  for (const [what, { text, told }] of Object.entries(broken))
    it(`of a file that ${what}: place and one sentence, exit 2`, async () => {
      place.write("broken.mjs", text);
      const { exitCode, stderr, stdout } = await run("broken.mjs", "--out", "none");
      assert.equal(exitCode, 2, stdout + stderr);
      assert.match(stderr, told);
      assert.ok(stderr.trimEnd().split("\n").length <= 3, stderr);
    });

  it("of a file that is not there name the one that was meant, exit 2", async () => {
    const { exitCode, stderr } = await run("fial.mjs");
    assert.equal(exitCode, 2);
    assert.match(stderr, /no such file: fial\.mjs\n {2}Did you mean fail\.mjs\?/);
  });

  it("name what a failure was caused by, and shorten a line without end on the terminal alone", async () => {
    place.write(
      "deep.mjs",
      `it("a", () => { throw new Error("outer", { cause: new TypeError("inner", { cause: "the \\x1b[2Jroot" }) }); });
       it("b", () => { throw new AggregateError([new Error("one"), null], "many"); });
       it("ring", () => { const e = new Error("ring"); e.cause = e; throw e; });
       it("long", () => { throw new Error("x".repeat(5000)); });`,
    );
    const { exitCode, stdout } = await run("deep.mjs", "--out", "deep");
    assert.equal(exitCode, 1);
    assert.match(stdout, /outer\n {3}caused by: TypeError: inner \(deep\.mjs:1:\d+\)\n {3}caused by: .*root/);
    assert.match(stdout, /many\n {3}one of them: Error: one \(.*\)\n {3}one of them: .*null/);
    assert.match(stdout, /ring\n( {3}caused by: Error: ring .*\n){5} {3}and more\n/);
    assert.match(stdout, / {3}x{1000} … \(4000 more characters: see the report\)/);
    assert.ok(!stdout.includes("\x1b[2J"));
    assert.ok(place.read("deep", "report.html").includes("x".repeat(5000)));
  });

  it("of .only say what it leaves out, and run what it chooses", async () => {
    place.write("only.mjs", `it("a", () => {}); it.only("b", () => {}); it("c", () => {});`);
    const { exitCode, stdout } = await run("only.mjs", "--out", "only");
    assert.equal(exitCode, 0);
    assert.match(stdout, /all passed, \.only left out 2/);
    assert.deepEqual(
      place.report("only").scenarios.map(({ name }) => name),
      ["b"],
    );
  });

  it("of a pattern without a match say what comes near, or on which wire it would match; each pattern counts", async () => {
    const near = await commandLine(["run", "outaeg", "--out", place.path("none")]);
    assert.equal(near.exitCode, 2);
    assert.match(near.stderr, /no scenario matches "outaeg"\n {2}Near it: ".*outage/);
    const pattern = await commandLine(["run", "outage*", "--out", place.path("none")]);
    assert.match(pattern.stderr, /Near it: ".*outage/);
    place.write("near.mjs", `it("mine", () => {});`);
    const inFile = await commandLine(["run", place.path("near.mjs"), "outage", "--out", place.path("none")]);
    assert.match(inFile.stderr, /no scenario in .*near\.mjs matches "outage"/);
    place.write("near.json", "{}");
    const other = await commandLine(["run", place.path("near.json"), "--out", place.path("none")]);
    assert.match(other.stderr, /near\.json is no scenario file\n.*\.mjs/);
    const nothing = await commandLine(["run", "./none/*.none", "--out", place.path("none")]);
    assert.match(nothing.stderr, /no such file: \.\/none\/\*\.none/);
    const far = await commandLine(["run", "zq", "--out", place.path("none")]);
    assert.match(far.stderr, /no scenario matches "zq"\n {2}Type/);
    const wire = await commandLine(["run", "envelope", "--out", place.path("none")]);
    assert.equal(wire.exitCode, 2);
    assert.match(wire.stderr, /no scenario on the cose wire.*\n.*give --wire gbcs/);
    const one = await commandLine(["run", "step by step", "zeppelin", "--out", place.path("none")]);
    assert.equal(one.exitCode, 2);
    assert.match(one.stderr, /"zeppelin"/);
  });

  it("of --wire both say where nothing ran, also for CommonJS", async () => {
    place.write("c.cjs", `it("c", () => {});`);
    const { exitCode, stderr } = await run("c.cjs", "--wire", "both", "--out", "both");
    assert.equal(exitCode, 0);
    assert.match(stderr, /nothing of this is about the gbcs wire/);
    place.write(
      "d.cjs",
      `describe("d", function () { this.appliesTo = ["cose", "gbcs"]; it("d", () => {}); });`,
    );
    assert.equal((await run("d.cjs", "--wire", "both", "--out", "both")).exitCode, 0);
    assert.deepEqual(
      place.report("both").scenarios.map(({ wire }) => wire),
      ["cose", "gbcs"],
    );
  });

  it("for CI servers have file, line, wire, target and versions, and the reason of a skip", async () => {
    place.write("skips.mjs", `\nit("later");\n\nit("now", () => {});\n`);
    await run("skips.mjs", "--out", "ci");
    const xml = place.read("ci", "junit.xml");
    assert.match(
      xml,
      /<testcase [^>]*name="later"[^>]*file="skips\.mjs" line="2">\s*<skipped message="no reason given"\/>/,
    );
    assert.match(xml, /<testcase [^>]*name="now"[^>]*file="skips\.mjs" line="4"\/>/);
    for (const name of ["seed", "wire", "target", "meterbench version", "node version"])
      assert.ok(xml.includes(`<property name="${name}" value="`), name);
  });

  it("are numbers that a person would write, in run.json", async () => {
    await commandLine(["run", "step by step", "--out", place.path("numbers")]);
    const text = place.read("numbers", "run.json");
    assert.doesNotMatch(text, /\d\.\d{4,}/);
  });

  it("tell the time that one waited: hooks count, too", async () => {
    place.write("slow.mjs", `before((done) => setTimeout(done, 300)); it("a", () => {});`);
    const { stdout } = await run("slow.mjs", "--out", "slow");
    const shown = Number(/seed \d+, (\d+) ms\)/.exec(stdout)?.[1]);
    assert.ok(shown >= 300 || /seed \d+, \d+\.\d s\)/.test(stdout), stdout);
    assert.ok((place.report("slow").measures.realS ?? 0) >= 0.3);
  });

  it("lead to the frames of a scenario: its home's interfaces carry its name, and the tshark line works as it stands", async function () {
    if (spawnSync("tshark", ["--version"]).error) {
      console.warn("      skipped: no tshark on the path (apt-get install tshark)");
      this.skip();
    }
    const { stdout } = await run("fail.mjs", "--out", "frames");
    const line = stdout.match(/frames +(WIRESHARK_CONFIG_DIR=.*)/)?.[1] ?? "";
    const shell = (command: string) =>
      spawnSync("sh", ["-c", command], {
        cwd: place.folder,
        encoding: "utf8",
        env: { ...process.env, HOME: place.folder },
      });
    const [span] = place.report("frames").scenarios[0]?.capture ?? [];
    assert.equal(span?.home, 1);
    const rows = shell(line).stdout.trim().split("\n");
    assert.equal(rows.length, (span?.lastFrame ?? 0) - (span?.firstFrame ?? 0) + 1);
    assert.match(rows.join("\n"), /ZCL/, "the keys open them");
    const named = shell(`${line} -T fields -e frame.interface_name`).stdout;
    assert.match(named, /^home 1 HAN: my home, .* differs$/m);
    const page = readFileSync(place.path("frames/report.html"), "utf8");
    assert.match(page, /capture\.pcapng: home 1, frames 1 to \d+/);
  });

  it("in a failure's page come in order: error and place, the moment, the messages folded and each once", () => {
    const page = place.read("coloured", "report.html");
    const places = [
      '<p class="bad error">Expected values to be strictly deep-equal:',
      '<p class="mono at">fail.mjs:7:12',
      "of virtual time",
      '<div class="chart">',
      "The last messages before it:",
      '<details class="fold">',
    ].map((words) => page.indexOf(words));
    assert.ok(places.every((at) => at > 0));
    assert.deepEqual(
      places.slice(0, 5),
      [...places.slice(0, 5)].sort((a, b) => a - b),
    );
    const folded = [
      ...page.matchAll(/<details class="fold"><summary>[^<]*from[^<]*<\/summary><pre>([^<]*)/g),
    ];
    const texts = folded.map(([, text]) => text);
    assert.ok(texts.length > 1);
    assert.equal(new Set(texts).size, texts.length);
  });

  for (const folder of ["/proc/nowhere/out", "/dev/null/out", "/sys/none"])
    it(`of --out ${folder}, where no folder can be made: exit 2, at once`, async () => {
      const { exitCode, stderr } = await run("fail.mjs", "--out", folder);
      assert.equal(exitCode, 2, stderr);
      assert.match(stderr, /the folder .* cannot be written/);
    });
});
