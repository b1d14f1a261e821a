import assert from "node:assert/strict";
import { outcome, reads, serve, servePart } from "../../../firmware/features/serve.ts";
import { objects } from "../../../firmware/model/index.ts";
import { Status } from "../../../firmware/wire/message.ts";

describe("serving an object", () => {
  const execute = () => outcome(Status.success);

  it("holds a handler for each member, by its name", () => {
    const { object, members } = serve(objects.supplyControl, { execute });
    assert.equal(object, objects.supplyControl);
    assert.deepEqual([...members.keys()], ["execute"]);
  });

  it("does not compile with a member that is missing, misspelt, not the object's or of another type", () => {
    const none = [
      // @ts-expect-error: `execute` is missing
      () => serve(objects.supplyControl, {}),
      // @ts-expect-error: misspelt
      () => serve(objects.supplyControl, { exectue: execute }),
      // @ts-expect-error: another object's besides
      () => serve(objects.supplyControl, { execute, controlState: reads(() => "enabled" as const) }),
      // @ts-expect-error: a supply has no such state
      () => serve(objects.supplyState, { controlState: reads(() => "on" as const) }),
      // @ts-expect-error: a part of an object is named as strictly
      () => servePart(objects.loadLimitCounter, { valeu: reads(() => 0) }),
    ];
    assert.equal(none.length, 5);
  });
});
