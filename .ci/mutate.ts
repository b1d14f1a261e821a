/**
 * Would the tests notice? Makes single faults in firmware's security, wire, kernel and bootloader, chosen by a seed, each in a copy of
 * the tree, and runs the tests that mirror its room until one fails; then, if none did, those of its neighbours.
 * Exits 1 when fewer than 90 % of the faults are killed, or one that lives is not explained in `.ci/mutations-explained.tsv`
 * (a fault that changes nothing one could see): its file, its line as mutated, and the reason.
 * Usage: npm run mutations [-- --seed 7] [--count 100] [--only N,...] [--workers 2] [--room firmware/kernel] [--list]
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
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
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Mutation, mutated, mutationsOf } from "./mutation-sites.ts";

interface Room {
  readonly folder: string;
  /** Test files and folders: those that mirror the room, then its neighbours. */
  readonly tests: readonly (readonly string[])[];
}

const devices = ["meter", "hub", "operations", "hostile", "port-throws", "power-cut"].map(
  (name) => `devices/${name}.test.ts`,
);
const rooms: readonly Room[] = [
  room("firmware/security", ["security"], [...devices, "devices/provision.test.ts"]),
  room("firmware/wire", ["wire"], [...devices, "security"]),
  room(
    "firmware/kernel",
    ["kernel"],
    [...devices, "han/power-cut.test.ts", "features/device-log/feature.test.ts"],
  ),
  room(
    "firmware/bootloader",
    ["bootloader"],
    ["../hal/serial/smp/image-group.test.ts", "../harness/decode/firmware.test.ts"],
  ),
];

const TARGET = 0.9;
/** A fault may make a test loop for ever: then it is killed, too. */
const TESTS_TAKE_AT_MOST_MS = 150_000;

const { values: given } = parseArgs({
  options: {
    seed: { type: "string", default: "7" },
    count: { type: "string", default: "100" },
    only: { type: "string" },
    workers: { type: "string", default: String(Math.min(2, availableParallelism())) },
    room: { type: "string", default: "firmware/" },
    list: { type: "boolean", default: false },
  },
});
const root = fileURLToPath(new URL("..", import.meta.url));
const explained = readExplained(join(root, ".ci/mutations-explained.tsv"));
const chosen = choose(Number(given.count), given.seed);
const wanted = chosen.filter((_, index) => given.only?.split(",").includes(String(index + 1)) ?? true);
if (wanted.length === 0)
  throw new RangeError(`nothing to mutate: --only from 1 to ${chosen.length}, --room one of firmware/...`);
if (given.list) for (const mutation of wanted) console.log(told(mutation));
else process.exitCode = await run(wanted);

function room(folder: string, mirror: string[], neighbours: string[]): Room {
  const tests = [mirror, neighbours].map((names) => names.map((name) => join("test/firmware", name)));
  return { folder, tests };
}

/** As many of each room, and no line twice. A change of the code elsewhere changes the choice little: each site has a rank of its own. */
function choose(count: number, seed: string): Mutation[] {
  const of = rooms.filter(({ folder }) => folder.startsWith(given.room));
  return of.flatMap(({ folder }, index) => {
    const ranked = sitesIn(folder).map((site) => ({ site, rank: rankOf(site, seed) }));
    const sites = ranked.sort((a, b) => (a.rank < b.rank ? -1 : 1)).map(({ site }) => site);
    const places = new Set<string>();
    const once = sites.filter(({ file, line }) => places.size < places.add(`${file}:${line}`).size);
    return once.slice(
      0,
      Math.floor((count * (index + 1)) / of.length) - Math.floor((count * index) / of.length),
    );
  });
}

function rankOf({ file, operator, before, after }: Mutation, seed: string): string {
  return createHash("sha256").update([seed, file, operator, before, after].join("\n")).digest("hex");
}

function sitesIn(folder: string): Mutation[] {
  const names = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).sort();
  const files = names.map((name) => `${folder}/${name}`.replaceAll("\\", "/"));
  return files
    .filter((file) => file.endsWith(".ts"))
    .flatMap((file) => mutationsOf(file, readFileSync(join(root, file), "utf8")));
}

async function run(mutations: Mutation[]): Promise<number> {
  await passesUnchanged(mutations);
  const queue = [...mutations];
  const lived: Mutation[] = [];
  const workers = Array.from({ length: Number(given.workers) }, async () => {
    const tree = copyOfTree();
    try {
      for (let next = queue.shift(); next !== undefined; next = queue.shift())
        if (!(await killed(tree, next))) lived.push(next);
    } finally {
      rmSync(tree, { recursive: true, force: true });
    }
  });
  await Promise.all(workers);
  return verdict(mutations.length, lived);
}

/** Tests that fail without a fault would "kill" all. */
async function passesUnchanged(mutations: Mutation[]): Promise<void> {
  const tree = copyOfTree();
  try {
    const concerned = rooms.filter(({ folder }) => mutations.some(({ file }) => file.startsWith(folder)));
    const all = [...new Set(concerned.flatMap(({ tests }) => tests.flat()))];
    const failed = await testsFail(tree, all, 10 * TESTS_TAKE_AT_MOST_MS);
    if (failed !== undefined) throw new Error(`without any fault there fails: ${failed}`);
  } finally {
    rmSync(tree, { recursive: true, force: true });
  }
}

function copyOfTree(): string {
  const tree = mkdtempSync(join(tmpdir(), "mutations-"));
  for (const name of readdirSync(root))
    if (!/^(\.git|node_modules|dist|out|coverage)$/.test(name))
      cpSync(join(root, name), join(tree, name), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(tree, "node_modules"));
  return tree;
}

async function killed(tree: string, mutation: Mutation): Promise<boolean> {
  const path = join(tree, mutation.file);
  const text = readFileSync(path, "utf8");
  writeFileSync(path, mutated(text, mutation));
  let by: string | undefined;
  for (const tests of rooms.find(({ folder }) => mutation.file.startsWith(`${folder}/`))?.tests ?? []) {
    by ??= await testsFail(tree, tests);
  }
  writeFileSync(path, text);
  const end = by !== undefined ? "killed  " : reasonFor(mutation) !== undefined ? "explained" : "SURVIVED";
  console.log(`${end} ${told(mutation)}${by === undefined ? "" : `\n         by ${by}`}`);
  return by !== undefined;
}

/** The first test that fails, or what ended them; undefined when all pass. */
function testsFail(
  tree: string,
  tests: readonly string[],
  limitMs = TESTS_TAKE_AT_MOST_MS,
): Promise<string | undefined> {
  const shared = join(root, "../shared");
  const data = existsSync(shared)
    ? { METERBENCH_VECTORS: join(shared, "vectors"), METERBENCH_RTDS: join(shared, "rtds") }
    : {};
  const options = [
    "--no-config",
    "--import=tsx",
    "--recursive",
    "--extension=.test.ts",
    "--bail",
    "--timeout=60000",
    "--reporter=json",
  ];
  const child = spawn(process.execPath, ["node_modules/mocha/bin/mocha.js", ...options, ...tests], {
    cwd: tree,
    env: { ...data, ...process.env, METERBENCH_FLIPS: "sample" },
    stdio: ["ignore", "pipe", "ignore"],
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    child.kill("SIGKILL");
  }, limitMs);
  return new Promise((resolve) => {
    child.on("close", (code) => {
      clearTimeout(timer);
      resolve(code === 0 ? undefined : late ? "time: the tests did not end" : firstFailure(output, code));
    });
  });
}

function firstFailure(output: string, code: number | null): string {
  const title = /"failures": \[\s*\{\s*"title": .*\s*"fullTitle": (".*")/.exec(output)?.[1];
  return title === undefined ? `an exit with ${code}` : (JSON.parse(title) as string);
}

function told(mutation: Mutation): string {
  const { file, line, operator, before, after } = mutation;
  return `${chosen.indexOf(mutation) + 1} ${file}:${line} ${operator}\n         - ${before.trim()}\n         + ${after.trim()}`;
}

function readExplained(path: string): Map<string, string> {
  const rows = readFileSync(path, "utf8")
    .split("\n")
    .slice(1)
    .filter((row) => row.trim() !== "");
  return new Map(
    rows.map((row) => {
      const [file, after, reason] = row.split("\t").map((cell) => cell.trim());
      if (!file || after === undefined || !reason)
        throw new Error(`.ci/mutations-explained.tsv: three cells expected, got: ${row}`);
      return [`${file}\t${after}`, reason];
    }),
  );
}

function reasonFor({ file, before, after }: Mutation): string | undefined {
  return explained.get(`${file}\t${after.trim() === "" ? `dropped: ${before.trim()}` : after.trim()}`);
}

function verdict(count: number, lived: Mutation[]): number {
  const open = lived.filter((mutation) => reasonFor(mutation) === undefined);
  const share = (count - lived.length) / count;
  console.log(
    `\n${count - lived.length} of ${count} killed (${(100 * share).toFixed(1)} %), ${lived.length - open.length} explained, ${open.length} open`,
  );
  for (const mutation of lived) console.log(`${reasonFor(mutation) ?? "OPEN"}: ${told(mutation)}`);
  return open.length === 0 && (share >= TARGET || given.only !== undefined) ? 0 : 1;
}
