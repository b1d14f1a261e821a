/** Checks XML against a schema with xmllint (Debian package libxml2-utils), where it is installed. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Skips the suite or test visibly where there is no xmllint. */
export function needsXmllint(context: Mocha.Context): void {
  if (spawnSync("xmllint", ["--version"]).error === undefined) return;
  console.warn("      skipped: no xmllint (apt-get install libxml2-utils)");
  context.skip();
}

/** What is wrong with which document, a line each; none when all are valid. */
export function schemaFaults(schema: string, documents: readonly string[]): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), "meterbench-xml-"));
  try {
    const files = documents.map((xml, i) => {
      const path = join(folder, `${i}.xml`);
      writeFileSync(path, xml);
      return path;
    });
    const { status, stderr } = spawnSync("xmllint", ["--noout", "--nonet", "--schema", schema, ...files], {
      encoding: "utf8",
      maxBuffer: 64 * 1024 * 1024,
    });
    const faults = stderr.split("\n").filter((line) => line !== "" && !line.endsWith(" validates"));
    return status === 0 ? [] : faults;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
