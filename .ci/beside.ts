/**
 * `npm run bench:beside -- COMMIT [TASK…]`: the hot path of this tree beside another commit's, in one run. The commit is
 * checked out and built in a temporary folder, then both benches run in turn, so that what slows the machine slows both. Prints the
 * median ratio to the floor of each, and fails when this tree's is lower by more than the slack (a share, default 0.02: what
 * two runs of the same code differ by). `--runs N`: of each bench, default 5.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { BenchResult } from "../bench/measure.ts";
import { median } from "../bench/median.ts";

const here = fileURLToPath(new URL("../", import.meta.url));
const hotPath = ["cose/critical/sodium", "cose/non-critical/sodium"];

const { values: given, positionals } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: "string", default: "5" }, slack: { type: "string", default: "0.02" } },
});
const [commit, ...named] = positionals;
const [runs, slack] = [Number(given.runs), Number(given.slack)];
if (!isCommit(commit) || !Number.isInteger(runs) || runs < 1 || !(slack >= 0 && slack < 1)) {
  console.error("Usage: npm run bench:beside -- COMMIT [TASK…] [--runs 5] [--slack 0.02], e.g. HEAD~20");
  process.exit(2);
}
const tasks = named.length > 0 ? named : hotPath;

const folder = mkdtempSync(join(tmpdir(), "beside-"));
const there = join(folder, "tree");
try {
  git("worktree", "add", "--detach", there, commit);
  install();
  for (const tree of [there, here]) build(tree);
  process.exitCode = compare() ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
  git("worktree", "prune");
}

function isCommit(name: string | undefined): name is string {
  if (name === undefined) return false;
  const { status } = spawnSync("git", ["rev-parse", "--verify", "--quiet", `${name}^{commit}`], {
    cwd: here,
  });
  return status === 0;
}

function git(...words: string[]): void {
  execFileSync("git", words, { cwd: here, stdio: ["ignore", "ignore", "inherit"] });
}

/** The packages of this tree, where they are all that the commit asks for; else its own. */
function install(): void {
  const [theirs, ours] = [packagesOf(there), packagesOf(here)];
  const same = Object.entries(theirs).every(([path, { version }]) => ours[path]?.version === version);
  if (same) symlinkSync(join(here, "node_modules"), join(there, "node_modules"));
  else execFileSync("npm", ["ci", "--ignore-scripts"], { cwd: there, stdio: "inherit" });
}

function packagesOf(tree: string): Record<string, { readonly version?: string }> {
  return JSON.parse(readFileSync(join(tree, "package-lock.json"), "utf8")).packages;
}

function build(tree: string): void {
  const tsc = join(tree, "node_modules/.bin/tsc");
  execFileSync(tsc, ["-p", "tsconfig.build.json"], { cwd: tree, stdio: "inherit" });
}

/** Whether every task is met. */
function compare(): boolean {
  const ratios = new Map(tasks.map((task) => [task, { there: [] as number[], here: [] as number[] }]));
  for (let run = 0; run < runs; run++) {
    for (const { name, ratioToFloor } of bench(there)) ratios.get(name)?.there.push(ratioToFloor ?? 0);
    for (const { name, ratioToFloor } of bench(here)) ratios.get(name)?.here.push(ratioToFloor ?? 0);
  }
  return [...ratios].map(([task, both]) => told(task, median(both.there), median(both.here))).every(Boolean);
}

function bench(tree: string): readonly BenchResult[] {
  const words = ["dist/harness/cli/main.js", "bench", ...tasks, "--json"];
  return JSON.parse(execFileSync(process.execPath, words, { cwd: tree, encoding: "utf8" })).tasks;
}

function told(task: string, before: number, now: number): boolean {
  const met = now >= before * (1 - slack);
  console.log(
    `${met ? "met   " : "MISSED"} ${task}: ${now.toFixed(3)} of its floor, ${before.toFixed(3)} at ${commit}`,
  );
  return met;
}
