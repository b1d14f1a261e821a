import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import type { FlashEvent } from "../../../../harness/rig/flash/flash-boards.ts";
import { flashView, liveLine, reportRow, shortName } from "../../../../harness/rig/flash/live-view.ts";

const progress = (board: string, doneBytes: number, more: Partial<FlashEvent> = {}): FlashEvent => ({
  ...{ t: 1500, board, kind: "progress", phase: "upload", doneBytes, totalBytes: 100 },
  ...{ bytesPerS: 2048, leftS: 3, retries: 2, ...more },
});

/** What a view has written of these events. */
function shown(events: readonly FlashEvent[], boards: readonly string[], terminal: object): string {
  const stream = Object.assign(new PassThrough(), terminal);
  const view = flashView(stream as unknown as NodeJS.WriteStream, boards);
  for (const event of events) view.event(event);
  view.stop();
  return String(stream.read() ?? "");
}

const tty = { isTTY: true, columns: 80, rows: 24, clearLine() {}, cursorTo() {}, moveCursor() {} };

describe("the view of a flashing", () => {
  it("is plain lines off a terminal, a quarter each, the names under each other", () => {
    const names = ["left", `a-${"long-".repeat(20)}name`];
    const events: FlashEvent[] = [
      { t: 0, board: "left", kind: "phase", phase: "upload" },
      ...[10, 24, 25, 26, 80].map((percent) => progress("left", percent)),
      { t: 1600, board: "left", kind: "line", phase: "upload", line: "lost", message: "unplugged" },
      { t: 1700, board: "left", kind: "line", phase: "upload", line: "back" },
      { t: 2000, board: "left", kind: "done", phase: "confirmed" },
      { t: 2000, board: names[1] as string, kind: "done", phase: "rig-failed", message: "no answer" },
    ];
    const lines = stripVTControlCharacters(shown(events, names, { isTTY: false })).split("\n");
    assert.deepEqual(
      lines.map((line) => line.trim().replace(/ {20,}/, " … ")),
      [
        "0.0 s  left … upload",
        "1.5 s  left … upload  25%  2.0 KiB/s  3 s left  2 retries",
        "1.5 s  left … upload  80%  2.0 KiB/s  3 s left  2 retries",
        "1.6 s  left … line lost: unplugged",
        "1.7 s  left … line back",
        "2.0 s  left … confirmed",
        "2.0 s  a-long-long-long-long-long-long-long-lo…  rig-failed: no answer",
        "",
      ],
    );
    assert.equal(lines[5]?.indexOf("confirmed"), lines[6]?.indexOf("rig-failed"));
  });

  it("is a live line a board on a terminal, and plain lines where they would not fit", () => {
    const events = [progress("b1", 50)];
    assert.match(shown(events, ["b1", "b2"], tty), /b1 .*\n.*b2 +waits/);
    const many = Array.from({ length: 24 }, (_, i) => `b${i}`);
    assert.equal(shown(events, many, tty).trim(), "1.5 s  b1   upload  50%  2.0 KiB/s  3 s left  2 retries");
  });

  it("tells what cannot be proven, on a terminal too, and lets no control character of a board's through", () => {
    const events: FlashEvent[] = [
      {
        t: 0,
        board: "b1",
        kind: "note",
        phase: "connect",
        message: "no hash\u001b]0;owned\u0007\nb2 confirmed",
      },
      { t: 9, board: "b1", kind: "done", phase: "rig-failed", message: "1.0\u001b[9A\u009b9A\r" },
    ];
    for (const terminal of [tty, { isTTY: false }]) {
      const text = shown(events, ["b1"], terminal);
      assert.match(text, /b1.*no hash\\u\{1b\}\]0;owned\\u\{7\}\\u\{a\}b2 confirmed/);
      assert.ok(!text.includes("\u001b]0") && !text.includes("\u001b[9A") && !text.includes("\u009b"), text);
    }
  });

  it("shows all of it at 80 columns, however long the names", () => {
    const boards = [1, 2].map((n) => `/dev/serial/by-id/usb-FTDI_FT232R_USB_UART_A50285B${n}-if00-port0`);
    for (const board of boards) {
      const last = progress(board, 56, { bytesPerS: 123.4 * 1024, leftS: 99, retries: 120 });
      const line = liveLine({ board, phase: "upload", lineLost: false, progress: last }, boards, 80);
      assert.match(line, /^….*B[12].* upload +████░░░░ +56% +123\.4 KiB\/s +99 s left +120 retries$/);
      assert.ok(line.length < 80, `${line.length} columns`);
    }
  });

  it("shows no number that is over", () => {
    const line = (state: object) =>
      stripVTControlCharacters(
        liveLine({ board: "b1", phase: "upload", lineLost: false, ...state }, ["b1"], 80),
      );
    assert.match(line({ phase: "unchanged" }), /unchanged +█{8,20} +100%$/);
    assert.match(
      line({ phase: "boot", progress: progress("b1", 100, { leftS: 0 }) }),
      /100% +2\.0 KiB\/s +2 retries$/,
    );
    const failed = line({
      phase: "rig-failed",
      progress: progress("b1", 40),
      message: `no answer ${"x".repeat(90)}`,
    });
    assert.match(failed, /^b1 +rig-failed +no answer x+$/);
    assert.equal(failed.length, 79);
    assert.match(line({ lineLost: true, progress: progress("b1", 40) }), /^b1 +line lost +█+░+ +40%/);
  });

  it("cuts a name where it does not tell boards apart", () => {
    const others = ["usb-hub-left-a", "usb-hub-left-b", "tcp://elsewhere:1"];
    assert.equal(shortName("usb-hub-left-a", others, 8), "…-left-a");
    assert.equal(shortName("tcp://elsewhere:1", others, 8), "tcp://e…");
    assert.equal(shortName("b1", others, 8), "b1");
    assert.equal(shortName("same-a-and-a-long-end", ["same-b-and-a-long-end"], 8), "…a-and-…");
  });

  it("names the unit in the table", () => {
    const report = { board: "b", outcome: "confirmed", phase: "confirm", seconds: 1, retries: 0 } as const;
    const row = reportRow({ ...report, uploadedBytes: 1, resumedAtBytes: 0, bytesPerS: 2048 });
    assert.equal(row["KiB/s"], "2.0");
  });
});
