import assert from "node:assert/strict";
import { tableLines } from "../../harness/table.ts";

const board = (id: string, health: string) => ({
  ...{ id, health, version: "1.2.3", kind: "serial" },
  ...{ port: "/dev/serial/by-id/usb-FTDI_FT232R_USB_UART_A50285BI-if00-port0", labels: ["lab", "left"] },
});
const rows = [
  board("left", "in use by meterbench flash (process 4711 on bench.example)"),
  board("right", "ready"),
];

describe("a table", () => {
  it("is as wide as it needs where there is no terminal", () => {
    const lines = tableLines(rows, Number.POSITIVE_INFINITY, ["labels"]);
    assert.equal(lines.length, 3);
    assert.ok(lines[1]?.endsWith("A50285BI-if00-port0  lab/left"));
  });

  it("loses nothing at 80 columns but what can be done without, and says so", () => {
    const lines = tableLines(rows, 80, ["labels"]);
    assert.ok(lines.every((line) => line.length <= 80));
    assert.equal(lines.pop(), "not shown: labels (--json has them)");
    const column = (name: string, width: number) => {
      const at = lines[0]?.indexOf(name) ?? -1;
      return lines.slice(1).map((line) => line.slice(at, at + width).trim());
    };
    const kindAt = lines[0]?.indexOf("version") ?? 0;
    const health = column("health", kindAt - (lines[0]?.indexOf("health") ?? 0));
    assert.match(health.join(" "), /^in use by meterbench flash \(process 4711 on bench\.example\)/);
    assert.match(
      column("port", 80).join("").replace(/\s/g, ""),
      /usb-FTDI_FT232R_USB_UART_A50285BI-if00-port0/,
    );
  });

  it("breaks a word that is longer than its column", () => {
    assert.deepEqual(tableLines([{ id: "a".repeat(20), n: 1 }], 13), [
      "id          n",
      "aaaaaaaaaa  1",
      "aaaaaaaaaa",
    ]);
  });
});
