/** The contract of every part, over SMP, a line, and the model's own server on a simulated board. */
import { constantLoad, Scheduler, SeededRandom, WanLink } from "../../../../hal/mock/index.ts";
import { auxiliaryContract } from "../../contract/auxiliary-contract.ts";
import { clockContract } from "../../contract/clock-contract.ts";
import { entropyContract } from "../../contract/entropy-contract.ts";
import { flashContract } from "../../contract/flash-contract.ts";
import { loadSwitchContract } from "../../contract/load-switch-contract.ts";
import { mainsContract } from "../../contract/mains-contract.ts";
import { metrologyContract } from "../../contract/metrology-contract.ts";
import { modemContract } from "../../contract/modem-contract.ts";
import { radioContract } from "../../contract/radio-contract.ts";
import { tamperContract } from "../../contract/tamper-contract.ts";
import { userInterfaceContract } from "../../contract/user-interface-contract.ts";
import { allParts, mockBench, radioPair } from "../../mock/mock-bench.ts";
import { remoteBench, serveAndConnect } from "./remote-bench.ts";

for (const unasked of [true, false]) {
  const name = `serial board over the model's server, events ${unasked ? "unasked" : "polled"}`;
  const serve = { unasked };
  // Where nothing comes unasked, the contract's short waits need a short poll.
  const connect = unasked ? {} : { pollMs: 5 };

  clockContract(name, async () => {
    const { remote, advance } = await remoteBench({ serve, connect });
    return { part: remote.clock, advance, toleranceMs: 0 };
  });

  mainsContract(name, async () => {
    const { remote, board, advance } = await remoteBench({ serve, connect });
    const mains = board.mockMains;
    return { part: remote.mains!, advance, lose: () => mains.lose(), restore: () => mains.restore() };
  });

  tamperContract(name, async () => {
    const { remote, board, advance } = await remoteBench({ serve, connect });
    return { part: remote.tamper!, advance, move: (input, active) => board.mockTamper.set(input, active) };
  });

  userInterfaceContract(name, async () => {
    const { remote, board, advance } = await remoteBench({ serve, connect });
    const { mockUserInterface: ui } = board;
    return { part: remote.userInterface!, advance, screen: () => ui.screen(), press: (b) => ui.press(b) };
  });

  radioContract(name, async () => {
    const { a, b, advance } = radioPair();
    const { remote } = await serveAndConnect(a, { serve, connect });
    return { part: remote.radio!, peer: b.board.radio!, advance };
  });

  modemContract(name, async () => {
    const scheduler = new Scheduler();
    const link = new WanLink(scheduler, new SeededRandom(1));
    const received: Uint8Array[] = [];
    link.onUplink((message) => void received.push(message));
    const board = { scheduler, wan: link, parts: { mains: true } } as const;
    const { remote, advance } = await remoteBench({ board, serve, connect: unasked ? {} : { pollMs: 100 } });
    const deliver = (message: Uint8Array): void => link.deliver(message);
    return { part: remote.modem!, advance, patienceMs: 20_000, deliver, received };
  });
}

for (const phaseCount of [1, 3]) {
  for (const elementCount of [1, 2] as const)
    metrologyContract(`serial board over the model's server, ${phaseCount}/${elementCount}`, async () => {
      const parts = { ...allParts, mains: { phaseCount }, metrology: { elementCount } };
      const { remote, board, advance } = await remoteBench({ board: { parts } });
      const load = (importW: number, exportW: number, secondaryW?: number): void => {
        board.mockMetrology.profile = constantLoad(importW, exportW, secondaryW);
      };
      return { part: remote.metrology!, advance, load };
    });
}

for (const programUnitBytes of [1, 8]) {
  flashContract(`serial board over the model's server, unit of ${programUnitBytes}`, async () => {
    const flash = { sectorBytes: 256, sectorCount: 4, programUnitBytes };
    const { remote, advance } = await remoteBench({ board: { parts: { flash } } });
    return { part: remote.flash, advance };
  });
}

flashContract("serial board with small buffers, its commands signed", async () => {
  const bench = mockBench({ parts: { flash: { sectorBytes: 512, sectorCount: 6 } } });
  const key = bench.board.crypto.ed25519Signer(new Uint8Array(32).fill(7));
  let counter = 0;
  const { remote } = await serveAndConnect(bench, {
    serve: { bufBytes: 300, controlKey: key.publicKey },
    connect: { control: { sign: (message) => key.sign(message), nextCounter: () => ++counter } },
  });
  return { part: remote.flash, advance: bench.advance };
});

entropyContract("serial board over the model's server", async () => {
  const { remote, advance } = await remoteBench();
  return { part: remote.entropy, advance };
});

loadSwitchContract("serial board over the model's server", async () => {
  const { remote, board, advance } = await remoteBench();
  const weld = (): void => {
    board.mockLoadSwitch.faults.welded = true;
  };
  return { part: remote.loadSwitch!, advance, weld };
});

auxiliaryContract("serial board over the model's server", async () => {
  const { remote, board, advance } = await remoteBench();
  const stick = (number: number): void => void board.mockAuxiliary.stuck.add(number);
  return { part: remote.auxiliary!, advance, stick };
});
