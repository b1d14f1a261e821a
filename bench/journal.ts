/** The journal on a simulated flash, beside the bare program operation that a commit cannot avoid. */
import { Journal } from "../firmware/kernel/journal.ts";
import { nodeCrypto } from "../hal/crypto/index.ts";
import { MockBoard, Scheduler, SeededRandom } from "../hal/mock/index.ts";
import type { BenchTask } from "./measure.ts";

const region = { firstSector: 0, sectorCount: 8 };

export async function journalTasks(): Promise<BenchTask[]> {
  const board = new MockBoard({
    scheduler: new Scheduler(),
    random: new SeededRandom(1),
    id: "journal",
    startUtcMs: 0,
    crypto: nodeCrypto(),
  });
  board.powerOn();
  const journal = await Journal.open(board.flash, region);
  const counter = new Uint8Array(8).fill(7);
  const command = new Uint8Array(320).fill(5);
  return [
    { name: "journal/commit-counter", run: () => journal.commit([{ key: "counter/2", value: counter }]) },
    {
      name: "journal/commit-command",
      run: () =>
        journal.commit([
          { key: "counter/2", value: counter },
          { key: "pending", value: command },
        ]),
    },
    { name: "journal/open", run: async () => void (await Journal.open(board.flash, region)) },
  ];
}
