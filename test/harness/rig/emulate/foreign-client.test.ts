import assert from "node:assert/strict";
import { linePair, type MemoryLine } from "../../../../hal/serial/line/index.ts";
import { EmulatedDevice } from "../../../../harness/rig/emulate/serve-device.ts";
import { ForeignClient, olderDialects, requireOlder } from "../../../hal/serial/smp/foreign-client.ts";
import { foreignClientContract } from "../../../hal/serial/smp/foreign-contract.ts";
import { zephyrContract } from "../../../hal/serial/smp/zephyr-contract.ts";

describe("a device of the model served as a board", () => {
  let device: EmulatedDevice;
  let line: MemoryLine;
  before(async () => {
    device = await EmulatedDevice.start({ type: "ESME" });
    const [host, board] = linePair();
    device.serve(board);
    line = host;
  });
  after(() => device.stop());
  foreignClientContract("the server in TypeScript", () => line);
  zephyrContract("the server in TypeScript", () => line);

  it("gives an erase no rc by default, which such a client takes for a failure", async () => {
    const client = new ForeignClient(line, olderDialects[0]!);
    const answer = await client.request("write", 1, 5);
    client.close();
    assert.throws(() => requireOlder(answer), /rc 0 in/);
  });
});

describe("a device of the model served with older answers", () => {
  let device: EmulatedDevice;
  let line: MemoryLine;
  before(async () => {
    device = await EmulatedDevice.start({ type: "ESME", olderAnswers: true });
    const [host, board] = linePair();
    device.serve(board);
    line = host;
  });
  after(() => device.stop());
  foreignClientContract("the server in TypeScript", () => line, olderDialects);
});
