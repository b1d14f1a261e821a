/**
 * The DCC's open client, as a program of its own, against `meterbench serve`: requests built, signed and sent by it, every answer
 * validated by it. Prints what came of it; exit code 1 when not all did. The packages are installed into a temporary folder, or
 * taken from METERBENCH_OTHERS. Arguments: how many requests of a variant (2), or `keys DIR`: write the client's keys there and end.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Outcome, Task } from "./client.ts";
import { writeKeystore } from "./keystore.ts";
import { requestsIn } from "./requests.ts";

const packages = [
  "@smartdcc/duis-sign-wrap@0.1.2",
  "@smartdcc/duis-parser@0.6.0",
  "@smartdcc/dccboxed-keystore@0.4.2",
];
const wanted = { requests: 100, variants: 40 };
/** Each signature is a start of Java: what it does in half a second is not worth compiling well. */
const java = { JDK_JAVA_OPTIONS: "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC" };

const root = join(import.meta.dirname, "../..");
const dir = mkdtempSync(join(tmpdir(), "meterbench-others-"));
const requests = join(process.env.METERBENCH_DUIS ?? join(root, "../shared/duis"), "requests");

function installed(): string {
  const given = process.env.METERBENCH_OTHERS;
  if (given !== undefined) return given;
  const folder = join(dir, "packages");
  execFileSync(
    "npm",
    ["install", "--prefix", folder, "--no-audit", "--no-fund", "--ignore-scripts", ...packages],
    {
      stdio: ["ignore", "ignore", "inherit"],
    },
  );
  return folder;
}

/** A port that its line of JSON tells. */
function serve(keys: string, push: string): { readonly child: ChildProcess; readonly url: Promise<string> } {
  const main = [
    "--import=tsx",
    join(root, "harness/cli/main.ts"),
    "serve",
    "--port",
    "0",
    "--fresh",
    "--json",
  ];
  const folders = ["--store", join(dir, "store"), "--keys", keys, "--keys-out", join(dir, "keys-out")];
  const child = spawn(process.execPath, [...main, ...folders, "--push", push], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const url = new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on("line", (line) => {
      const event = JSON.parse(line) as { kind?: string; url?: string };
      if (event.kind === "listening") resolve(event.url as string);
    });
    child.on("exit", (code) => reject(new Error(`meterbench serve ended with ${code}`)));
  });
  return { child, url };
}

async function outcomeOf(task: Task): Promise<Outcome | undefined> {
  const client = [join(import.meta.dirname, "client.ts"), JSON.stringify(task)];
  const child = spawn(process.execPath, ["--import=tsx", ...client], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...java },
  });
  let last = "";
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith("{")) console.log(line);
    last = line;
  }
  return last.startsWith("{") ? (JSON.parse(last) as Outcome) : undefined;
}

function told(outcome: Outcome): boolean {
  const { requests, variants, answered, pushesDue, matched, messages, validated, certificates } = outcome;
  console.log(`${requests} requests of ${variants} variants, ${answered} answered`);
  console.log(`${matched} of ${pushesDue} pushed responses matched by RequestID`);
  console.log(`${validated} of ${messages} messages validated: schema and signature`);
  console.log(`${certificates} certificates of devices looked up`);
  const isEnough = requests >= wanted.requests && variants >= wanted.variants && certificates > 0;
  return isEnough && answered === requests && matched === pushesDue && validated === messages;
}

async function main([what, into = "out/open-client-keys"]: readonly string[]): Promise<number> {
  if (what === "keys") {
    console.log(`${writeKeystore(installed(), into)} keys, in ${into}`);
    return 0;
  }
  if (spawnSync("java", ["-version"]).status !== 0) {
    console.log("java is missing (Debian: default-jre-headless)");
    return 2;
  }
  if (!existsSync(requests)) {
    console.log(`no requests at ${requests}: set METERBENCH_DUIS`);
    return 2;
  }
  const begunMs = Date.now();
  const folder = installed();
  const keys = join(dir, "keys");
  console.log(`${writeKeystore(folder, keys)} keys of the client's keystore`);
  const port = 18_080 + (process.pid % 1000);
  const { child, url } = serve(keys, `http://127.0.0.1:${port}/smartdcc/duis`);
  try {
    const most = Number(what ?? 2);
    const task = {
      packages: folder,
      dcc: await url,
      port,
      folder: requests,
      names: requestsIn(requests, most),
    };
    const outcome = await outcomeOf(task);
    const isAll = outcome !== undefined && told(outcome);
    console.log(`${isAll ? "all well" : "not all"}, in ${Math.round((Date.now() - begunMs) / 1000)} s`);
    return isAll ? 0 : 1;
  } finally {
    child.kill("SIGINT");
    await new Promise((ended) => child.once("exit", ended));
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} finally {
  rmSync(dir, { recursive: true, force: true });
}
