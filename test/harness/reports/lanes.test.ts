import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { premises } from "../../../harness/index.ts";
import type { TraceEvent } from "../../../harness/premises/trace.ts";
import { lanes, timeline } from "../../../harness/reports/html/lanes.ts";
import { plain, plainLine, shellWord } from "../../../harness/text.ts";

const event = (kind: string, fields: Record<string, unknown>): TraceEvent => ({
  t: 1500,
  at: "2026-12-01T00:00:01.500Z",
  seq: 0,
  source: "esme",
  kind,
  ...fields,
});

const words = (kind: string, fields: Record<string, unknown>): string =>
  timeline([event(kind, fields)])[0]?.label ?? "";

describe("rows of the timeline", () => {
  it("speak a technician's words, times as times", () => {
    assert.equal(
      words("outage", { supply: "supply", phase: "lost", sinceS: 1796086753 }),
      "supply lost at 2026-12-01 00:59:13 UTC",
    );
    assert.equal(
      words("outage", {
        supply: "supply",
        phase: "restored",
        interruptedS: 1796086753,
        restoredS: 1796087353,
        long: true,
      }),
      "supply restored at 2026-12-01 01:09:13 UTC, lost at 2026-12-01 00:59:13 UTC (three minutes or more)",
    );
    assert.equal(
      words("clock", { first: true, timeS: 1796083211 }),
      "clock set for the first time, to 2026-12-01 00:00:11 UTC",
    );
    assert.equal(words("load-limit", { counter: 2 }), "load limit has tripped, time number 2");
    assert.equal(words("supply", { state: "armed", cause: "loadLimit" }), "supply armed: by the load limit");
    assert.equal(words("tamper", { input: "meter-cover", active: true }), "meter cover: tampered with");
    assert.equal(words("tariff-rate", { rate: "tou2" }), "tariff: time-of-use rate 2");
    assert.equal(
      words("han", { event: "join-failed", eui64: "00DB1234567890A0", reason: "join-window-shut" }),
      "failed to join 00DB1234567890A0 (join window shut)",
    );
    assert.equal(words("mains-lost", {}), "the mains fail");
    assert.equal(
      words("power", { sinceS: 1796086753, waitedS: 20 }),
      "since 2026-12-01 00:59:13 UTC, waited 20 s",
    );
  });

  it("hold no bare seconds since 1970 and no name as programs write it, in a home's whole life", async () => {
    const home = await premises({ seed: 7 });
    await home.commission();
    await home.command("7.2");
    await home.cutMains(10 * 60_000);
    await home.run(20 * 60_000);
    const items = timeline(home.trace.events);
    assert.ok(new Set(items.map(({ lane }) => lanes[lane])).size >= 6);
    for (const { label } of items) {
      assert.doesNotMatch(label, /\b1[789]\d{8}\b|undefined|NaN|\[object|[{}]/, label);
      assert.doesNotMatch(label, /\b[a-z]+S \d/, label);
    }
  });
});

describe("foreign text", () => {
  it("loses no character and steers nothing", () => {
    assert.equal(plain("a\x1b[31mb\u009bc\u202ed\ne\tf"), "a\\u{1b}[31mb\\u{9b}c\\u{202e}d\ne\tf");
    assert.equal(plain("grüße, 漢字, €"), "grüße, 漢字, €");
    assert.equal(plainLine("a\nb\tc\r"), "a\\u{a}b\\u{9}c\\u{d}");
  });

  it("is one word of a shell's command line", () => {
    for (const text of ["plain", "two words", "a'b", 'a"b', "$(echo no)", "`echo no`", "a\\b", "!x", "é"])
      assert.equal(
        spawnSync("sh", ["-c", `printf %s ${shellWord(text)}`], { encoding: "utf8" }).stdout,
        text,
      );
  });
});

describe("the package", () => {
  it("carries the rig's documentation, the API page and the picture, and names @types/mocha", () => {
    const root = new URL("../../../", import.meta.url);
    const { files } = JSON.parse(readFileSync(new URL("package.json", root), "utf8")) as { files: string[] };
    for (const file of [
      "docs/api.md",
      "docs/head-end.md",
      "docs/model",
      "firmware/wire/cose/message.cddl",
      "hal/serial/board-group.cddl",
      "docs/report.png",
      "harness/rig/README.md",
      "harness/rig/flash/README.md",
    ]) {
      assert.ok(files.includes(file), file);
      assert.ok(existsSync(fileURLToPath(new URL(file, root))), file);
    }
    for (const page of ["README.md", "docs/api.md"])
      assert.match(readFileSync(new URL(page, root), "utf8"), /@types\/mocha/);
  });
});
