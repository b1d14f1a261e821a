// Prints each fault that use from outside has shown, with the test that holds its right value, and runs those tests.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

interface Point {
  id: string;
  words: string;
  file: string;
  title: string;
}

interface Result {
  fullTitle: string;
  file: string;
}

interface Report {
  passes: Result[];
  failures: Result[];
  pending: Result[];
}

const root = fileURLToPath(new URL("..", import.meta.url));
const points = readPoints(join(root, ".ci/mended.tsv"));
const report = runTests(points);
const missed = points.filter((point) => !told(point, verdictOf(point, report)));
console.log(`\n${points.length - missed.length} of ${points.length} points hold`);
process.exitCode = missed.length === 0 && points.length > 0 ? 0 : 1;

/** One row a point: number, what was mended, test file, words that the test's full title contains. */
function readPoints(path: string): Point[] {
  const rows = readFileSync(path, "utf8")
    .split("\n")
    .slice(1)
    .filter((line) => line.trim() !== "");
  const read = rows.map((row) => {
    const [id, words, file, title] = row.split("\t").map((cell) => cell.trim());
    if (!id || !words || !file || !title) throw new Error(`.ci/mended.tsv: four cells expected, got: ${row}`);
    return { id, words, file, title };
  });
  return read.sort((a, b) => a.id.localeCompare(b.id, "en", { numeric: true }));
}

function runTests(of: Point[]): Report {
  const folder = mkdtempSync(join(tmpdir(), "mended-"));
  try {
    const output = join(folder, "report.json");
    const grep = of.map((point) => point.title.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|");
    const files = [...new Set(of.map((point) => point.file))];
    const mocha = join(root, "node_modules/mocha/bin/mocha.js");
    const args = ["--no-config", "--import=tsx", "--timeout", "60000", "--reporter", "json"];
    const options = ["--reporter-option", `output=${output}`, "--grep", grep];
    const child = spawnSync(process.execPath, [mocha, ...args, ...options, ...files], {
      cwd: root,
      encoding: "utf8",
    });
    if (child.error) throw child.error;
    return JSON.parse(readFileSync(output, "utf8")) as Report;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function verdictOf(point: Point, of: Report): string {
  const isPoint = (test: Result) => test.fullTitle.includes(point.title) && test.file.endsWith(point.file);
  if (of.failures.some(isPoint)) return "FAILED";
  if (of.pending.some(isPoint)) return "SKIPPED";
  return of.passes.some(isPoint) ? "ok" : "NO SUCH TEST";
}

function told(point: Point, verdict: string): boolean {
  console.log(
    `${verdict.padEnd(12)} ${point.id.padEnd(6)} ${point.words}\n${" ".repeat(20)}${point.file}: ${point.title}`,
  );
  return verdict === "ok";
}
