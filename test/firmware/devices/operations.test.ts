import assert from "node:assert/strict";
import { Operations } from "../../../firmware/devices/operations.ts";
import type { CommandOrigin, DeviceContext, Feature } from "../../../firmware/features/feature.ts";
import { Status } from "../../../firmware/wire/message.ts";
import { HalError } from "../../../hal/board.ts";
import { op } from "../../support/devices.ts";

const origin: CommandOrigin = { code: 1, originator: "90B3D51F30010000", role: "supplier", counter: 1n };

describe("the operations of a command", () => {
  const ran: string[] = [];
  const context = { observe: () => {} } as unknown as DeviceContext;
  const served: Feature = {
    name: "test",
    objects: [
      {
        object: 1,
        get(member) {
          ran.push(`get ${member}`);
          return { status: Status.success, value: member };
        },
        async set(member) {
          ran.push(`set ${member}`);
          if (member === 9) throw new HalError("hal/fault", "worn out");
          if (member === 8) throw new Error("a bug");
          return { status: member === 7 ? Status.temporaryFailure : Status.success };
        },
      },
    ],
  };
  const operations = new Operations(context);
  operations.serve([served]);
  beforeEach(() => void ran.splice(0));
  const get = (member: number) => op("get", 1, member);
  const set = (member: number) => op("set", 1, member, 0);

  const failures: [name: string, failing: ReturnType<typeof op>, status: number][] = [
    ["an answer of its own", set(7), 2],
    ["a bug", set(8), 250],
    ["a fault of the hardware", set(9), 1],
    ["a member that is not served", op("call", 1, 1, 0), 3],
    ["an object that is not served", op("get", 2, 1), 4],
  ];
  for (const [name, failing, status] of failures)
    it(`after the first that fails answer 250 and are not executed; that one answers its own code: ${name}`, async () => {
      const results = await operations.run(
        [get(1), set(2), failing, set(3), get(4), op("get", 2, 1)],
        origin,
      );
      assert.deepEqual(results, [
        { status: 0, value: 1 },
        { status: 0 },
        { status },
        { status: 250 },
        { status: 250 },
        { status: 250 },
      ]);
      const done = failing.object === 1 && failing.kind === "set" ? [`set ${failing.member}`] : [];
      assert.deepEqual(ran, ["get 1", "set 2", ...done]);
    });

  it("are all executed when none fails", async () => {
    const results = await operations.run([get(1), set(2), get(3)], origin);
    assert.deepEqual(
      results.map(({ status }) => status),
      [0, 0, 0],
    );
    assert.deepEqual(ran, ["get 1", "set 2", "get 3"]);
  });
});
