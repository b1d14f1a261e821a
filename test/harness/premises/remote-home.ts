/** A home whose meter has its flash, clock, mains and switch on a second simulated board, behind SMP on a line. */
import { nodeCrypto } from "../../../hal/crypto/index.ts";
import { MockBoard, type Scheduler, SeededRandom } from "../../../hal/mock/index.ts";
import { linePair } from "../../../hal/serial/line/memory-line.ts";
import { SerialBoard, ServedBoard, type Stimulus } from "../../../hal/serial/parts/index.ts";
import { type Premises, type PremisesOptions, premises } from "../../../harness/index.ts";
import { BoardPair, type MixOptions } from "../../../harness/premises/boards.ts";
import { schedulerTimers } from "../../support/timers.ts";

export interface RemoteHome {
  readonly home: Premises;
  /** The board at the far end: what it stores and switches is the meter's. */
  readonly far: MockBoard;
  readonly pair: BoardPair;
}

export async function remoteHome(options: PremisesOptions = {}, mix: MixOptions = {}): Promise<RemoteHome> {
  let far: MockBoard | undefined;
  let pair: BoardPair | undefined;
  const esme = async (
    mock: MockBoard,
    { scheduler }: { readonly scheduler: Scheduler },
  ): Promise<BoardPair> => {
    const timers = schedulerTimers(scheduler);
    const [near, end] = linePair(timers);
    far = farBoard(scheduler);
    new ServedBoard(far, end, { timers, stimulus: (stimulus) => stimulate(far!, stimulus), bufBytes: 1024 });
    far.powerOn();
    const remote = await SerialBoard.connect(near, { crypto: nodeCrypto(), timers });
    pair = new BoardPair(remote, mock, mix);
    return pair;
  };
  const home = await premises({ ...options, boards: { esme } });
  return { home, far: far!, pair: pair! };
}

function farBoard(scheduler: Scheduler): MockBoard {
  const random = new SeededRandom("far");
  // It lives on the bench: what the home does to its mains only its sense input sees.
  const parts = {
    mains: { holdUpCapacityJ: 1e6 },
    loadSwitch: true,
    tamper: true,
    userInterface: true,
  } as const;
  return new MockBoard({ scheduler, random, id: "far", startUtcMs: 0, crypto: nodeCrypto(), parts });
}

function stimulate(board: MockBoard, { mains }: Stimulus): void {
  mains?.forEach((present, phase) => {
    if (present) board.mockMains.restore(phase);
    else board.mockMains.lose(phase);
  });
}
