import assert from "node:assert/strict";
import { objects, requests, useCases } from "../../../firmware/model/index.ts";
import { suites } from "../../../firmware/wire/suites.ts";
import { references } from "../../../harness/headend/requests/index.ts";
import { transform } from "../../../harness/headend/transform.ts";
import { commandLine } from "../../support/command-line.ts";

type Listed = Readonly<Record<string, unknown>>;
interface Schema {
  readonly properties: object;
  readonly required: readonly string[];
}
const listed = async (what: string): Promise<readonly Listed[]> =>
  JSON.parse((await commandLine(["list", what, "--json"])).stdout) as Listed[];

describe("list requests, usecases and objects", () => {
  it("shows what each request takes, as the refusal of a wrong parameter promises", async () => {
    const all = await listed("requests");
    const known = all.filter((row) => row.known).map(({ reference }) => reference);
    assert.deepEqual(known, references);
    for (const row of all) assert.notEqual(row.parameters, null, String(row.reference));
    const limit = all.find(({ reference }) => reference === "6.4.1") as { parameters: Schema };
    const { properties, required } = limit.parameters;
    const names = Object.keys(properties);
    assert.deepEqual(names, [
      "ExecutionDateTime",
      "LoadLimitPeriod",
      "LoadLimitPowerThreshold",
      "LoadLimitRestorationPeriod",
      "LoadLimitSupplyState",
    ]);
    assert.deepEqual(required, names.slice(1));
    const target = { eui: "00DB1234567890A0", type: "ESME" as const };
    const party = { role: "supplier" as const, originator: "90B3D51F30010000", counter: 1n };
    const typeOf = () => "ESME" as const;
    const refused = () =>
      transform(
        { reference: "6.4.1", parameters: { colour: 1 }, target, ...party, typeOf },
        suites.cose.wire,
      );
    assert.throws(refused, /`meterbench list requests` shows what each request takes/);
  });

  it("holds every variant of DUIS with what its row says, known or not", async () => {
    const all = await listed("requests");
    for (const [reference, row] of Object.entries(requests)) {
      const own = all.find((each) => each.reference === reference);
      for (const [name, value] of Object.entries(row))
        assert.deepEqual(own?.[name], value, `${reference} ${name}`);
    }
    const disable = all.find(({ reference }) => reference === "7.2");
    assert.deepEqual([disable?.element, disable?.roles], ["DisableSupply", ["supplier"]]);
  });

  it("holds every use case with its grants and steps, constants and types", async () => {
    const all = await listed("usecases");
    assert.deepEqual(
      all.map(({ id }) => id),
      useCases.map(({ id }) => id),
    );
    const enable = all.find(({ id }) => id === "ECS42") as Listed;
    assert.deepEqual(
      [enable.code, enable.serviceReference, enable.modelled, enable.roles],
      ["004F", "7.1", true, ["supplier"]],
    );
    const [step] = enable.does as readonly Listed[];
    assert.deepEqual([step?.kind, step?.path, step?.constant], ["call", "supplyControl.execute", 51]);
    assert.equal(all.find(({ id }) => id === "GCS01a")?.modelled, false);
  });

  it("holds every object with its members and their types", async () => {
    const all = await listed("objects");
    assert.deepEqual(
      all.map(({ name }) => name),
      Object.keys(objects),
    );
    const supply = all.find(({ name }) => name === "supplyState") as { attributes: Record<string, Listed> };
    assert.deepEqual(supply.attributes.controlState?.no, 3);
  });

  it("tells a person the names of a form, and which may be left out", async () => {
    const { stdout } = await commandLine(["list", "requests"]);
    const line = (reference: string) =>
      stdout.split("\n").find((each) => each.startsWith(`${reference} `)) ?? "";
    assert.match(
      line("6.4.1"),
      /ExecutionDateTime\?; LoadLimitPeriod; LoadLimitPowerThreshold; LoadLimitRestorationPeriod; LoadLimitSupplyState$/,
    );
    assert.match(line("8.11"), /DeviceID; RequestType; AddDeviceToCHFWhitelist\?$/);
    assert.match(line("1.5"), /Update meter balance/);
  });
});
