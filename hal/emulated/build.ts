/** Compiles the agent: `npm run board:build`, or by itself before a board starts when a source has changed. */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, renameSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { EmulatedError } from "./errors.ts";
import { requireTools } from "./tools.ts";

/** As source this file is hal/emulated/build.ts, built it is dist/hal/emulated/build.js: from both, dist/board. */
const thisFile = fileURLToPath(import.meta.url);
const root = fileURLToPath(new URL("../../", import.meta.url));
const built = !existsSync(join(root, "package.json"));
const sourceDir = built ? join(root, "..", "hal/emulated/agent") : join(root, "hal/emulated/agent");
const agentPath = join(built ? root : join(root, "dist"), "board/agent.elf");

const compilerOptions = [
  ..."-mcpu=cortex-a9 -marm -mfloat-abi=soft -mno-unaligned-access".split(" "),
  // No library of any kind; the second option keeps gcc from turning memset's own loop into a call of memset.
  ..."-std=gnu11 -ffreestanding -nostdlib -fno-tree-loop-distribute-patterns".split(" "),
  ..."-O2 -s -Wall -Wextra -Wno-parentheses -Wl,--build-id=none".split(" "),
];

let building: Promise<string> | undefined;

/** The agent's ELF file, built anew if a source is newer. Throws `emulated/build`, `emulated/missing-tools`. */
export function agentElf(): Promise<string> {
  building ??= buildIfStale().finally(() => {
    building = undefined;
  });
  return building;
}

async function buildIfStale(): Promise<string> {
  const sources = existsSync(sourceDir) ? readdirSync(sourceDir).map((name) => join(sourceDir, name)) : [];
  const newestMs = Math.max(...[thisFile, ...sources].map((path) => statSync(path).mtimeMs));
  if (existsSync(agentPath) && statSync(agentPath).mtimeMs >= newestMs) return agentPath;
  if (sources.length === 0)
    throw new EmulatedError("emulated/build", `no ${agentPath}, and no sources at ${sourceDir} to build it`);
  await compile(sources);
  return agentPath;
}

/** Under a name of its own first: several processes may build at once, and none may see half a file. */
async function compile(sources: readonly string[]): Promise<void> {
  requireTools("arm-none-eabi-gcc");
  mkdirSync(dirname(agentPath), { recursive: true });
  const partial = `${agentPath}.${process.pid}`;
  const code = sources.filter((path) => /\.[cS]$/.test(path));
  const options = [...compilerOptions, "-T", join(sourceDir, "board.ld"), ...code, "-lgcc", "-o", partial];
  await promisify(execFile)("arm-none-eabi-gcc", options, { timeout: 120_000 }).catch((cause) => {
    throw new EmulatedError("emulated/build", `the agent did not compile: ${cause.stderr}`, {}, cause);
  });
  renameSync(partial, agentPath);
}

// Not awaited at the top: files with that cannot be required, and worker processes of mocha require.
if (process.argv[1] === thisFile) void agentElf().then(console.log);
