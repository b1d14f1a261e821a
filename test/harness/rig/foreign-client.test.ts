import { linePair, type MemoryLine } from "../../../hal/serial/line/index.ts";
import { EmulatedDevice } from "../../../harness/rig/emulate/serve-device.ts";
import { foreignClientContract } from "../../hal/serial/smp/foreign-contract.ts";
import { zephyrContract } from "../../hal/serial/smp/zephyr-contract.ts";

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
});
