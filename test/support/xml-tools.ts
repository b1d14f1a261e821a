/** Programs of others that read and sign XML, run as they are. */
import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const packages = { xmllint: "libxml2-utils", xmlsec1: "xmlsec1" } as const;

/** Skips the test, visibly, where it is not installed. */
export function expectTool(context: Mocha.Context, tool: keyof typeof packages): void {
  if (spawnSync(tool, ["--version"]).status === 0) return;
  console.warn(`      skipped: no ${tool} on this machine (apt-get install ${packages[tool]})`);
  context.skip();
}

/** Runs it in a folder that holds `files`, and is gone afterwards. */
export function runTool(
  tool: keyof typeof packages,
  args: readonly string[],
  files: Readonly<Record<string, string | Uint8Array>>,
): SpawnSyncReturns<string> {
  const folder = mkdtempSync(join(tmpdir(), "meterbench-xml-"));
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    return spawnSync(tool, args, { encoding: "utf8", cwd: folder, maxBuffer: 64 << 20 });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What is wrong with which document, a line each; none when all are valid. */
export function schemaFaults(schema: string, documents: readonly string[]): readonly string[] {
  const files = Object.fromEntries(documents.map((xml, i) => [`${i}.xml`, xml]));
  const { status, stderr } = runTool(
    "xmllint",
    ["--noout", "--nonet", "--schema", schema, ...Object.keys(files)],
    files,
  );
  const faults = stderr.split("\n").filter((line) => line !== "" && !line.endsWith(" validates"));
  return status === 0 ? [] : faults;
}
