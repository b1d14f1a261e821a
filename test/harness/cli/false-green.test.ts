import assert from "node:assert/strict";
import type { ScenarioReport } from "../../../harness/reports/run-report.ts";
import { Workplace } from "../../support/child-run.ts";

/** What a scenario may do behind mocha's back: the body of a file, who is to blame, and with what. */
const strays: Record<string, { readonly body: string; readonly blamed: string; readonly error: RegExp }> = {
  "an assertion in a promise nobody awaits": {
    body: `it("a", () => { (async () => { await null; assert.equal(1, 2); })(); }); it("b", () => {});`,
    blamed: "a",
    error: /strictly equal:\s+1 !== 2/,
  },
  "a promise rejected while another scenario runs": {
    body: `it("a", () => { new Promise((_, no) => setTimeout(() => no(new Error("late")), 20)); });
      it("b", () => new Promise((yes) => setTimeout(yes, 60)));`,
    blamed: "a",
    error: /^late$/,
  },
  "a promise rejected with no error at all": {
    body: `it("a", () => { Promise.reject(); });`,
    blamed: "a",
    error: /no error was thrown, but \[undefined\]/,
  },
  "done called twice": {
    body: `it("a", (done) => { done(); done(); }); it("b", () => {});`,
    blamed: "a",
    error: /done\(\) called multiple times/,
  },
  "done called again with an error, much later": {
    body: `it("a", (done) => { done(); setTimeout(() => done(new Error("no")), 30); });`,
    blamed: "a",
    error: /done\(\) called multiple times/,
  },
  "a throw after done, in the same turn": {
    body: `it("a", (done) => { done(); throw new Error("dropped"); }); it("b", () => {});`,
    blamed: "a",
    error: /^dropped$/,
  },
  "a throw of a hook after done": {
    body: `describe("s", () => { before((done) => { done(); assert.equal(1, 2); }); it("a", () => {}); });`,
    blamed: 's "before all" hook for "a"',
    error: /strictly equal:\s+1 !== 2/,
  },
  "a throw from a timer after its test": {
    body: `it("a", () => { setTimeout(() => { throw new Error("late"); }, 0); });`,
    blamed: "a",
    error: /^late$/,
  },
  "a throw from a timer a second after the last test": {
    body: `it("b", () => {}); it("a", () => { setTimeout(() => { throw new Error("very late"); }, 1000); });`,
    blamed: "a",
    error: /^very late$/,
  },
  "a throw after a skip": {
    body: `it("a", function () { setTimeout(() => { throw new Error("late"); }, 1); this.skip(); });`,
    blamed: "a",
    error: /^late$/,
  },
  "a throw of a test while a hook runs": {
    body: `it("a", () => { setTimeout(() => { throw new Error("late"); }, 5); });
      after(() => new Promise((yes) => setTimeout(yes, 40)));`,
    blamed: "a",
    error: /^late$/,
  },
  "a hook that fails after it has passed": {
    body: `before(() => { setTimeout(() => { throw new Error("late"); }, 5); });
      it("a", () => new Promise((yes) => setTimeout(yes, 40)));`,
    blamed: '"before all" hook for "a"',
    error: /^late$/,
  },
  "process.exit(0)": {
    body: `it("a", () => { process.exit(0); }); it("b", () => {});`,
    blamed: "a",
    error: /process\.exit\(0\) is not for a scenario/,
  },
  "process.exit(0) whose refusal is swallowed": {
    body: `it("a", async () => { try { process.exit(0); } catch {} }); it("b", () => {});`,
    blamed: "a",
    error: /process\.exit\(0\) is not for a scenario/,
  },
  "an exit by node's own inner door": {
    body: `it("a", () => { process.reallyExit(0); }); it("b", () => {});`,
    blamed: "a",
    error: /process\.exit\(0\) is not for a scenario/,
  },
  "the end of the process": {
    body: `it("b", () => {}); it("c", () => {});
      it("a", (done) => { process.removeAllListeners("uncaughtException"); setTimeout(() => { throw 1; }); void done; });`,
    blamed: "a",
    error: /the process was ended while this ran/,
  },
  "a wait without end or limit": {
    body: `it("a", function () { this.timeout(0); return new Promise(() => {}); }); it("b", () => {});`,
    blamed: "a",
    error: /waits for what cannot come/,
  },
  "a promise that the file itself has left alone": {
    body: `Promise.reject(new Error("of the file")); it("a", () => {});`,
    blamed: "outside every scenario",
    error: /^of the file$/,
  },
  "an error that nobody may write on": {
    body: `it("a", (done) => { setTimeout(() => { throw Object.freeze(new Error("frozen")); }); void done; });`,
    blamed: "a",
    error: /^frozen$/,
  },
  "an error that cannot be read": {
    body: `it("a", () => { setTimeout(() => { throw { get message() { throw new Error("no"); } }; }); });`,
    blamed: "a",
    error: /cannot be read/,
  },
  "a number thrown twice": {
    body: `it("b", () => {}); it("a", () => { Promise.reject(7); setTimeout(() => { throw 7; }, 5); });`,
    blamed: "a",
    error: /^no error was thrown, but 7$/,
  },
  "a failure whose exit code is set to 0 then and later": {
    body: `it("a", () => { process.exitCode = 0; setTimeout(() => { process.exitCode = 0; }, 50);
      process.on("exit", () => { process.exitCode = 0; }); throw new Error("no"); });`,
    blamed: "a",
    error: /^no$/,
  },
};

describe("a failed run is a failed run:", function () {
  this.timeout(60_000);
  let place: Workplace;
  before(() => {
    place = new Workplace();
  });
  after(() => place.remove());

  for (const [what, { body, blamed, error }] of Object.entries(strays))
    it(`${what} gives exit 1, and stands in every report`, async () => {
      place.write("mine.mjs", `import assert from "node:assert/strict";\nvoid assert;\n${body}`);
      const { exitCode, stdout, stderr } = await place.meterbench(["run", "mine.mjs"]);
      assert.equal(exitCode, 1, stdout + stderr);
      const run = place.report();
      const failed = run.scenarios.filter(({ status }) => status === "failed");
      assert.deepEqual(
        failed.map(({ name }) => name),
        [blamed],
      );
      const [{ error: told }] = failed as [ScenarioReport];
      assert.match(told?.message ?? "", error);
      assert.equal(run.totals.failed, 1);
      const words = (told?.message ?? "").split("\n")[0] as string;
      const unescaped = words.split("<")[0] as string;
      for (const file of ["junit.xml", "report.html"])
        assert.ok(place.read("out", file).includes(unescaped), file);
      assert.match(place.read("out", "junit.xml"), /failures="1"/);
      assert.ok(stdout.includes(words), stdout);
      assert.match(stdout, /^1 failed$/m);
    });

  it("a retry that passes is no failure, and what its first attempt left behind is", async () => {
    place.write(
      "mine.mjs",
      `let n = 0; it("a", function () { this.retries(2); if (n++ === 0) throw new Error("first"); });`,
    );
    assert.equal((await place.meterbench(["run", "mine.mjs"])).exitCode, 0);
    place.write(
      "mine.mjs",
      `let n = 0; it("a", function () { this.retries(2);
         if (n++ === 0) { setTimeout(() => { throw new Error("stray"); }, 20); throw new Error("first"); } });`,
    );
    const { exitCode } = await place.meterbench(["run", "mine.mjs"]);
    assert.equal(exitCode, 1);
    assert.equal(place.report().scenarios[0]?.error?.message, "stray");
  });

  it("a scenario that a hook takes along names that hook, and no other", async () => {
    place.write(
      "mine.mjs",
      `describe("one", () => { beforeEach(() => { throw new Error("no"); }); it("a", () => {}); it("b", () => {}); });
       describe("two", () => { it("c", () => {}); });`,
    );
    const { exitCode } = await place.meterbench(["run", "mine.mjs"]);
    assert.equal(exitCode, 1);
    const told = place.report().scenarios.map(({ name, status, reason }) => [name, status, reason]);
    const hook = 'one "before each" hook for "a"';
    assert.deepEqual(told, [
      [hook, "failed", undefined],
      ["two c", "passed", undefined],
      ["one a", "skipped", `not run: ${hook} failed`],
      ["one b", "skipped", `not run: ${hook} failed`],
    ]);
  });

  it("what is left running and harms nobody ends with the run, which says so", async () => {
    place.write("mine.mjs", `it("a", () => { setInterval(() => {}, 10); });`);
    const { exitCode, stderr } = await place.meterbench(["run", "mine.mjs"]);
    assert.equal(exitCode, 0, stderr);
    assert.match(stderr, /note: 1 timers that scenarios have left running/);
  });
});
