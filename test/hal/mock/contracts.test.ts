import { constantLoad } from "../../../hal/mock/index.ts";
import { auxiliaryContract } from "../contract/auxiliary-contract.ts";
import { clockContract } from "../contract/clock-contract.ts";
import { entropyContract } from "../contract/entropy-contract.ts";
import { flashContract } from "../contract/flash-contract.ts";
import { loadSwitchContract } from "../contract/load-switch-contract.ts";
import { mainsContract } from "../contract/mains-contract.ts";
import { metrologyContract } from "../contract/metrology-contract.ts";
import { modemContract } from "../contract/modem-contract.ts";
import { radioContract } from "../contract/radio-contract.ts";
import { tamperContract } from "../contract/tamper-contract.ts";
import { userInterfaceContract } from "../contract/user-interface-contract.ts";
import { allParts, mockBench, radioPair, wanBench } from "./mock-bench.ts";

clockContract("mock", () => {
  const { board, advance } = mockBench();
  return { part: board.clock, advance, toleranceMs: 0 };
});

for (const programUnitBytes of [1, 8]) {
  flashContract(`mock, unit of ${programUnitBytes}`, () => {
    const flash = { sectorBytes: 256, sectorCount: 4, programUnitBytes };
    const { board, advance } = mockBench({ parts: { flash } });
    return { part: board.flash, advance };
  });
}

entropyContract("mock", () => {
  const { board, advance } = mockBench();
  return { part: board.entropy, advance };
});

for (const phaseCount of [1, 3]) {
  mainsContract(`mock, ${phaseCount} phase(s)`, () => {
    const { board, advance } = mockBench({ parts: { mains: { phaseCount } } });
    const mains = board.mockMains;
    return { part: board.mains!, advance, lose: () => mains.lose(), restore: () => mains.restore() };
  });

  for (const elementCount of [1, 2] as const)
    metrologyContract(`mock, ${phaseCount} phase(s), ${elementCount} element(s)`, () => {
      const parts = { ...allParts, mains: { phaseCount }, metrology: { elementCount } };
      const { board, advance } = mockBench({ parts });
      const load = (importW: number, exportW: number, secondaryW?: number): void => {
        board.mockMetrology.profile = constantLoad(importW, exportW, secondaryW);
      };
      return { part: board.metrology!, advance, load };
    });
}

loadSwitchContract("mock", () => {
  const { board, advance } = mockBench();
  const weld = (): void => {
    board.mockLoadSwitch.faults.welded = true;
  };
  return { part: board.loadSwitch!, advance, weld };
});

auxiliaryContract("mock", () => {
  const { board, advance } = mockBench();
  const stick = (number: number): void => void board.mockAuxiliary.stuck.add(number);
  return { part: board.auxiliary!, advance, stick };
});

tamperContract("mock", () => {
  const { board, advance } = mockBench();
  return { part: board.tamper!, advance, move: (input, active) => board.mockTamper.set(input, active) };
});

userInterfaceContract("mock", () => {
  const { board, advance } = mockBench();
  const { mockUserInterface: part } = board;
  return { part, advance, screen: () => part.screen(), press: (button) => part.press(button) };
});

radioContract("mock", () => {
  const { a, b, advance } = radioPair();
  return { part: a.board.radio!, peer: b.board.radio!, advance };
});

modemContract("mock", () => {
  const { modem, link, received, advance } = wanBench();
  return { part: modem, advance, patienceMs: 20_000, deliver: (message) => link.deliver(message), received };
});
