import assert from "node:assert/strict";
import { Operations } from "../../../firmware/devices/operations.ts";
import type { CommandOrigin, DeviceContext, Feature } from "../../../firmware/features/feature.ts";
import { servePart } from "../../../firmware/features/serve.ts";
import { attribute, cosem, method } from "../../../firmware/model/define.ts";
import { type Attribute, type Matched, makeType, type Step } from "../../../firmware/model/index.ts";
import { Status } from "../../../firmware/wire/message.ts";
import { HalError } from "../../../hal/board.ts";

const origin: CommandOrigin = { code: 1, originator: "90B3D51F30010000", role: "supplier", counter: 1n };

/** A made object: its members are served, but the last. */
const thing = cosem(60_000, "thing", 1, "0-0:1.2.3.4", {
  attributes: {
    one: attribute(1, "both", makeType.u8),
    two: attribute(2, "both", makeType.u8),
    three: attribute(3, "both", makeType.u8),
    four: attribute(4, "both", makeType.u8),
    temporary: attribute(7, "set", makeType.u8),
    bug: attribute(8, "set", makeType.u8),
    worn: attribute(9, "set", makeType.u8),
    unserved: attribute(10, "set", makeType.u8),
  },
  methods: { run: method(1, makeType.u8) },
});

describe("the operations of a command", () => {
  const ran: string[] = [];
  const context = { observe: () => {} } as unknown as DeviceContext;
  const setting = (no: number) => ({
    get: () => {
      ran.push(`get ${no}`);
      return { value: no };
    },
    set: async () => {
      ran.push(`set ${no}`);
      return Status.success;
    },
  });
  const failing = (no: number, fail: () => Status) => ({
    set: async () => {
      ran.push(`set ${no}`);
      return fail();
    },
  });
  const served: Feature = {
    name: "test",
    objects: [
      servePart(thing, {
        one: setting(1),
        two: setting(2),
        three: setting(3),
        four: setting(4),
        temporary: failing(7, () => Status.temporaryFailure),
        bug: failing(8, () => {
          throw new Error("a bug");
        }),
        worn: failing(9, () => {
          throw new HalError("hal/fault", "worn out");
        }),
      }),
    ],
  };
  const operations = new Operations(context);
  operations.serve([served]);
  beforeEach(() => void ran.splice(0));
  const step = (kind: Step["kind"], member: string): Matched => {
    const { no, type } = (thing.attributes as Readonly<Record<string, Attribute>>)[member] ?? {
      no: 1,
      type: makeType.u8,
    };
    const nothing = makeType.nothing;
    const types = kind === "get" ? { carries: nothing, gives: type } : { carries: type, gives: nothing };
    const row = { verb: kind, object: "thing", member, times: [1, 1], fromTime: false } as const;
    return { step: { ...row, ...types, kind, no, target: thing, path: `thing.${member}` }, value: 0 };
  };
  const get = (member: string) => step("get", member);
  const set = (member: string) => step("set", member);

  const failures: [name: string, failing: Matched, status: number][] = [
    ["an answer of its own", set("temporary"), 2],
    ["a bug", set("bug"), 250],
    ["a fault of the hardware", set("worn"), 1],
    ["a member that is not served", set("unserved"), 3],
    ["a method that is not served", step("call", "run"), 3],
  ];
  for (const [name, failing, status] of failures)
    it(`after the first that fails answer 250 and are not executed; that one answers its own code: ${name}`, async () => {
      const results = await operations.run(
        [get("one"), set("two"), failing, set("three"), get("four"), set("unserved")],
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
      const done = failing.step.no >= 7 && failing.step.no < 10 ? [`set ${failing.step.no}`] : [];
      assert.deepEqual(ran, ["get 1", "set 2", ...done]);
    });

  it("are all executed when none fails", async () => {
    const results = await operations.run([get("one"), set("two"), get("three")], origin);
    assert.deepEqual(
      results.map(({ status }) => status),
      [0, 0, 0],
    );
    assert.deepEqual(ran, ["get 1", "set 2", "get 3"]);
  });

  it("of two features that serve one member are refused when the device starts", () => {
    assert.throws(
      () => new Operations(context).serve([served, { ...served, name: "other" }]),
      (error: { code?: string; message?: string }) =>
        error.code === "devices/served-twice" &&
        /test and other both serve thing.one/.test(error.message ?? ""),
    );
  });
});
