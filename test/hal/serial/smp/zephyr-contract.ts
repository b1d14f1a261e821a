/**
 * What a Zephyr server was seen to answer to requests at the edge of the protocol, packet by packet: both of our
 * servers answer the same.
 */
import assert from "node:assert/strict";
import type { Line } from "../../../../hal/serial/line/index.ts";
import { decodePackets, encodeConsole, frameReceiver, payloadOf } from "../../../../hal/serial/smp/index.ts";
import { pause, realTimers } from "../../../../hal/serial/timers.ts";
import { hex, toHex } from "../../../support/shared-data.ts";

/** Long enough for an answer, and for a second one that must not come. */
const answerMs = 250;

const cases: readonly (readonly [
  what: string,
  request: string,
  answers: readonly (readonly [string, object])[],
])[] = [
  ["an echo without text", "0a00000100000100a0", [["0b0000000100", { r: "" }]]],
  ["an echo without a payload", "0a00000000000100", [["0b0000000100", { r: "" }]]],
  ["an echo of another key", "0a00000500000100a161786178", [["0b0000000100", { r: "" }]]],
  [
    "params with an array for a payload",
    "080000010000010680",
    [["090000000106", { buf_size: 2048, buf_count: 4 }]],
  ],
  ["an image list with a number for a payload", "080000010001010007", [["090000010100", { splitStatus: 0 }]]],
  ["a read response sent as a request", "0900000100000106a0", [["0b0000000106", { rc: 8 }]]],
  ["a write response sent as a request", "0b00000500000100a161726178", [["0b0000000100", { rc: 8 }]]],
  ["a write response of version 1", "0300000500000100a161726178", [["030000000100", { rc: 8 }]]],
  ["an operation that does not exist", "0c00000100000100a0", [["0b0000000100", { rc: 8 }]]],
  ["the last operation that does not exist", "0f00000100010105a0", [["0b0000010105", { rc: 8 }]]],
  ["a group that does not exist", "08000001006601 0080", [["090000660100", { rc: 8 }]]],
  [
    "two requests in one packet",
    "0a00000500000100a161646178 000000 0a00000500000200a161646179",
    [
      ["0b0000000100", { r: "x" }],
      ["0b0000000200", { rc: 9 }],
    ],
  ],
  [
    "two requests without a gap",
    "0a00000500000100a161646178 0800000100010200a0",
    [
      ["0b0000000100", { r: "x" }],
      ["090000010200", { rc: 9 }],
    ],
  ],
  [
    "three requests in one packet",
    "0800000000000106 0800000000000206 0800000000000306",
    [
      ["090000000106", { buf_size: 2048, buf_count: 4 }],
      ["090000000206", { rc: 9 }],
    ],
  ],
  ["a payload that is cut short", "0a00000600000100a161646178", [["0b0000000100", { rc: 9 }]]],
];

/** `line` gives the host's end of a board with groups os and image; nobody else talks on it meanwhile. */
export function zephyrContract(name: string, line: () => Promise<Line> | Line): void {
  describe(`${name}: requests at the edge, answered as by Zephyr`, () => {
    const ask = async (request: string): Promise<[string, Record<string, unknown>][]> => {
      const packets: Uint8Array[] = [];
      const receiver = frameReceiver("console", { onPacket: (packet) => void packets.push(packet) });
      const host = await line();
      const cancel = host.onData((bytes) => receiver.push(bytes));
      await host.write(encodeConsole(hex(request.replaceAll(" ", ""))));
      await pause(realTimers, answerMs);
      cancel();
      return packets.map((packet) => [
        toHex(packet.subarray(0, 2)) + toHex(packet.subarray(4, 8)),
        payloadOf(decodePackets(packet)[0]!),
      ]);
    };

    for (const [what, request, expected] of cases)
      it(`answers ${what}`, async () => {
        const answers = await ask(request);
        assert.deepEqual(
          answers.map(([head]) => head),
          expected.map(([head]) => head),
        );
        answers.forEach(([, payload], index) => {
          const wanted = expected[index]![1];
          for (const [key, value] of Object.entries(wanted)) assert.deepEqual(payload[key], value, key);
          if (!("rc" in wanted)) assert.equal(payload.rc, undefined);
        });
      });

    it("puts the group before the code in an error, and says 10 of an erase where no slot is", async () => {
      const request = "0a00000700010105a164736c6f7407";
      const [[, payload]] = (await ask(request)) as [[string, Record<string, unknown>]];
      assert.deepEqual(Object.entries(payload.err as object), [
        ["group", 1],
        ["rc", 10],
      ]);
      const [[, older]] = (await ask(request.replace("0a", "02"))) as [[string, Record<string, unknown>]];
      assert.deepEqual(older, { rc: 1 });
    });

    it("gives a version 1 error no reason", async () => {
      const [[head, payload]] = (await ask("0000000100000163a0")) as [[string, Record<string, unknown>]];
      assert.deepEqual([head, payload], ["010000000163", { rc: 8 }]);
    });
  });
}
