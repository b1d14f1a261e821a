import { mcubootImage } from "../../support/mcuboot-image.ts";
import { olderDialects } from "../serial/smp/foreign-client.ts";
import { foreignClientContract } from "../serial/smp/foreign-contract.ts";
import { zephyrContract } from "../serial/smp/zephyr-contract.ts";
import { emulatedBench, slowMs } from "./emulated-bench.ts";

describe("the emulated board", function () {
  this.timeout(slowMs);
  const image = mcubootImage({ version: "1.0.0", payload: Buffer.alloc(3000, "factory") }).bytes;
  const bench = emulatedBench({ image });
  // Our own client on the same line would hear everything twice; it asks nothing, and nothing is for it.
  foreignClientContract("the agent in C", () => bench().line);
  zephyrContract("the agent in C", () => bench().line);
});

describe("the emulated board, told to give older answers", function () {
  this.timeout(slowMs);
  const image = mcubootImage({ version: "1.0.0", payload: Buffer.alloc(3000, "factory") }).bytes;
  const bench = emulatedBench({ image, olderAnswers: true });
  foreignClientContract("the agent in C", () => bench().line, olderDialects);
});
