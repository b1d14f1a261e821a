import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { alertByCode } from "../../../firmware/model/index.ts";

const firmware = fileURLToPath(new URL("../../../firmware", import.meta.url));
/** Rooms that use alerts; wires and frames have other numbers of that size. */
const rooms = ["features", "devices", "security", "kernel"];

describe("codes of alerts", () => {
  it("stand in their rows alone: firmware names the row", () => {
    const bare: string[] = [];
    let files = 0;
    for (const room of rooms)
      for (const entry of readdirSync(join(firmware, room), { withFileTypes: true, recursive: true })) {
        if (!entry.isFile() || !entry.name.endsWith(".ts")) continue;
        files++;
        const text = readFileSync(join(entry.parentPath, entry.name), "utf8");
        for (const [number] of text.matchAll(/\b0x[0-9a-f]{4}\b/gi))
          if (alertByCode(Number(number)) !== undefined) bare.push(`${room}, ${entry.name}: ${number}`);
      }
    assert.ok(files > 100, `${files} files`);
    assert.deepEqual(bare, []);
  });
});
