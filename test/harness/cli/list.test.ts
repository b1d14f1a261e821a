import assert from "node:assert/strict";
import { suites } from "../../../firmware/wire/suites.ts";
import { serviceRequests } from "../../../harness/headend/service-requests.ts";
import { transform } from "../../../harness/headend/transform.ts";
import { commandLine } from "../../support/command-line.ts";

interface Listed {
  readonly id: string;
  readonly serviceReference: string | null;
  readonly parameters: object | null;
}

describe("list usecases", () => {
  it("shows what each request takes, as the refusal of a wrong parameter promises", async () => {
    const { stdout } = await commandLine(["list", "usecases", "--json"]);
    const listed = JSON.parse(stdout) as Listed[];
    for (const { reference, useCase } of serviceRequests) {
      const rows = listed.filter((row) => row.serviceReference === reference || reference.startsWith("NA-"));
      assert.ok(
        rows.some(({ parameters }) => parameters !== null),
        `${reference} (${useCase})`,
      );
    }
    const limit = listed.find(({ id }) => id === "ECS28a")?.parameters as {
      properties: object;
      required: string[];
    };
    const names = Object.keys(limit.properties);
    assert.deepEqual(names, ["thresholdW", "periodS", "restorationS", "onTrip", "activateAt"]);
    assert.deepEqual(limit.required, names.slice(0, 4));
    const target = { eui: "00DB1234567890A0", type: "ESME" as const };
    const party = { role: "supplier" as const, originator: "90B3D51F30010000", counter: 1n };
    const refused = () =>
      transform({ reference: "6.4.1", parameters: { colour: 1 }, target, ...party }, suites.cose.wire);
    assert.throws(refused, /`meterbench list usecases` shows what each request takes/);
  });

  it("tells a person their names, and which may be left out", async () => {
    const { stdout } = await commandLine(["list", "usecases"]);
    const line = (id: string) => stdout.split("\n").find((each) => each.startsWith(`${id} `)) ?? "";
    assert.match(line("ECS28a"), /thresholdW; periodS; restorationS; onTrip; activateAt\?$/);
    assert.match(line("ECS22b"), /from\?; until\?$/);
    assert.match(
      line("CCS01"),
      /action: "add", device, installCode, deviceType\?, joinWindowS\?; action: "remove", device$/,
    );
  });
});
