/** tshark without the settings of whoever runs the tests: a Zigbee key in their Wireshark folder would open any capture. */
import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** False, and told, where it is not installed. */
export function hasTshark(): boolean {
  if (run(["--version"]).status === 0) return true;
  console.warn("      skipped: no tshark on this machine (apt-get install tshark)");
  return false;
}

/** What it prints. Throws with its own words when it fails. */
export function tshark(...args: string[]): string {
  const { status, stdout, stderr } = run(args);
  if (status !== 0) throw new Error(`tshark ${args.join(" ")}: exit ${status}: ${stderr}`);
  return stdout;
}

function run(args: readonly string[]): SpawnSyncReturns<string> {
  const settings = mkdtempSync(join(tmpdir(), "meterbench-wireshark-"));
  // The newest of them decides, the others are for older versions.
  const folders = { WIRESHARK_CONFIG_DIR: settings, XDG_CONFIG_HOME: settings, HOME: settings };
  try {
    return spawnSync("tshark", args, {
      encoding: "utf8",
      maxBuffer: 64 << 20,
      env: { PATH: process.env.PATH, ...folders, LC_ALL: "C", TZ: "UTC" },
    });
  } finally {
    rmSync(settings, { recursive: true });
  }
}
