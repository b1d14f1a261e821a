import { type AuxiliaryLevels, type AuxiliaryOutputs, HalError } from "../board.ts";
import type { Power } from "./power.ts";

const outputCount = 5;

/** Five outputs that keep their levels without power; each may stick where it stands. */
export class MockAuxiliary implements AuxiliaryOutputs {
  /** Fault: numbers of outputs that follow no command. */
  readonly stuck = new Set<number>();
  readonly #power: Power;
  readonly #levels = new Map<number, AuxiliaryLevels>();
  #operations = 0;

  constructor(power: Power) {
    this.#power = power;
  }

  set(number: number, { output, input }: AuxiliaryLevels): void {
    this.#power.require();
    requireNumber(number);
    requireLevel(output);
    requireLevel(input);
    this.#operations++;
    if (!this.stuck.has(number)) this.#levels.set(number, { output, input });
    const feedback = this.levels(number);
    if (feedback.output === output && feedback.input === input) return;
    const text = `auxiliary output ${number}: commanded ${output} and ${input} %, feedback says ${feedback.output} and ${feedback.input} %`;
    throw new HalError("hal/fault", text, { number, commanded: { output, input }, feedback });
  }

  read(number: number): AuxiliaryLevels {
    this.#power.require();
    requireNumber(number);
    return this.levels(number);
  }

  // --- the bench's side; works without power ---

  /** Where an output really is. */
  levels(number: number): AuxiliaryLevels {
    return this.#levels.get(number) ?? { output: 0, input: 0 };
  }

  /** Commands so far. */
  get operationCount(): number {
    return this.#operations;
  }
}

function requireNumber(number: number): void {
  if (Number.isInteger(number) && number >= 1 && number <= outputCount) return;
  throw new HalError("hal/misuse", `auxiliary output: expected 1 to ${outputCount}, got ${number}`, {
    number,
  });
}

function requireLevel(level: number): void {
  if (Number.isInteger(level) && level >= 0 && level <= 100) return;
  throw new HalError("hal/misuse", `auxiliary level: expected 0 to 100 %, got ${level}`, { level });
}
