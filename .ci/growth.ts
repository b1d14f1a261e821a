/**
 * `npm run growth`: adds each sample of `test/growth` (a use case, a device type, a wire) to a copy of the tree, lets
 * `npm run model` generate what follows, checks types and lint there, runs the sample, and prints how many files a person
 * wrote or edited; with words only those samples. Fails when a step does, or when they are more than CONTRIBUTING promises.
 */
import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));

export interface Sample {
  /** Its folder in `test/growth`: `edits.tsv`, `new/` with whole files, and `grown.ts`, which runs it. */
  readonly name: string;
  /** Files a person may have to write or edit for one more. */
  readonly mostFiles: number;
  /** Tests of the tree that such a change could touch: they hold in the copy as well. */
  readonly tests: readonly string[];
}

export const samples: readonly Sample[] = [
  {
    name: "use-case",
    mostFiles: 3,
    tests: ["test/firmware/model/tables.test.ts", "test/firmware/security/rules.test.ts"],
  },
  { name: "device-type", mostFiles: 2, tests: ["test/harness/premises/any-set.test.ts"] },
  { name: "wire", mostFiles: 2, tests: ["test/harness/cli/run-words.test.ts"] },
];

export interface Growth {
  readonly name: string;
  readonly mostFiles: number;
  /** Paths a person wrote or edited, and those that `npm run model` made of them. */
  readonly written: readonly string[];
  readonly generated: readonly string[];
}

/** Tables have no lint. */
const lint = ["node_modules/.bin/biome", "check", "--error-on-warnings", "--no-errors-on-unmatched"] as const;

/** Adds one sample to a copy of the tree and runs it there. Throws an Error with what a step printed, when one fails. */
export function grow({ name, mostFiles, tests }: Sample): Growth {
  const copy = mkdtempSync(join(tmpdir(), "growth-"));
  try {
    copyTree(copy);
    const before = textsOf(copy);
    const written = apply(name, copy);
    run(copy, "model", [process.execPath, "--import=tsx", ".ci/model/main.ts"]);
    const changed = changedSince(before, textsOf(copy));
    const generated = changed.filter((path) => !written.includes(path));
    run(copy, "types", [process.execPath, "node_modules/typescript/bin/tsc", "-p", "."]);
    run(copy, "lint", [...lint, ...written]);
    const specs = [`test/growth/${name}/grown.ts`, ...tests];
    const mocha = ["node_modules/mocha/bin/mocha.js", "--no-config", "--fail-zero", "--timeout", "60000"];
    run(copy, "run", [process.execPath, ...mocha, "--import=tsx", ...specs]);
    return { name, mostFiles, written, generated };
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** What git tracks or would, as it stands here. */
function filesOf(folder: string): string[] {
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: folder,
    encoding: "utf8",
  });
  return listed.split("\0").filter((path) => path !== "" && existsSync(join(folder, path)));
}

function copyTree(copy: string): void {
  for (const path of filesOf(root)) cpSync(join(root, path), join(copy, path));
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
}

function textsOf(copy: string): Map<string, string> {
  const names = readdirSync(copy, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name).slice(copy.length + 1));
  return new Map(paths.map((path) => [path, readFileSync(join(copy, path), "latin1")]));
}

const changedSince = (before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] =>
  [...new Set([...before.keys(), ...after.keys()])]
    .filter((path) => before.get(path) !== after.get(path))
    .sort();

/** Does to the copy what a person would: the paths touched. */
function apply(name: string, copy: string): string[] {
  const from = join(root, "test/growth", name);
  const touched = new Set<string>();
  const added = join(from, "new");
  for (const path of existsSync(added) ? textsOf(added).keys() : []) {
    if (existsSync(join(copy, path))) throw new Error(`growth: ${name} adds ${path}, which is there`);
    cpSync(join(added, path), join(copy, path));
    touched.add(path);
  }
  const [, ...edits] = readFileSync(join(from, "edits.tsv"), "utf8").trimEnd().split("\n");
  for (const edit of edits) {
    const [file = "", after = "", ...rest] = edit.split("\t");
    insert(join(copy, file), after, rest.join("\t"));
    touched.add(file);
  }
  return [...touched].sort();
}

/** Puts a line after the one line that is `after`, or at the end when that is empty. */
function insert(path: string, after: string, line: string): void {
  const lines = readFileSync(path, "utf8").split("\n");
  // The last of them is empty: every file here ends with a line feed.
  const at = after === "" ? lines.length - 2 : lines.indexOf(after);
  if (at < 0 || (after !== "" && lines.lastIndexOf(after) !== at))
    throw new Error(`growth: expected one line "${after}" in ${path}`);
  writeFileSync(path, lines.toSpliced(at + 1, 0, line).join("\n"));
}

function run(copy: string, step: string, [program = "", ...words]: readonly string[]): void {
  try {
    execFileSync(program, words, { cwd: copy, encoding: "utf8", timeout: 300_000, stdio: "pipe" });
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    throw new Error(`growth: the step "${step}" fails:\n${stdout}${stderr}`);
  }
}

function print({ name, mostFiles, written, generated }: Growth): void {
  const generatedIn = [...new Set(generated.map(dirname))].join(", ") || "nothing";
  console.log(`${name}: ${written.length} files written or edited (at most ${mostFiles}), and it runs`);
  for (const path of written) console.log(`  ${path}`);
  console.log(`  generated: ${generated.length} in ${generatedIn}`);
}

const asked = process.argv.slice(2);
if (process.argv[1] === fileURLToPath(import.meta.url))
  for (const sample of samples.filter(({ name }) => asked.length === 0 || asked.includes(name)))
    try {
      const growth = grow(sample);
      print(growth);
      if (growth.written.length > growth.mostFiles) process.exitCode = 1;
    } catch (error) {
      console.error(`${sample.name}: ${(error as Error).message}`);
      process.exitCode = 1;
    }
