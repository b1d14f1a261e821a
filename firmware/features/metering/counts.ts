/** What the metrology chip has counted, in whole units modulo 2^32, and what the registers show of it. */
import type { Metrology } from "../../../hal/board.ts";
import type { Journal } from "../../kernel/journal.ts";
import { Kept } from "../../kernel/kept.ts";

/** Wh and varh, modulo 2^32. Import is the primary element's. */
export interface Counts {
  readonly importWh: number;
  readonly secondaryImportWh: number;
  readonly exportWh: number;
  readonly reactiveImportVarh: number;
  readonly reactiveExportVarh: number;
}

/** Registers wrap at 2^32, as the wire's double-long-unsigned does. */
export const wrap = (units: number): number => units >>> 0;

/** Far above what summing in binary loses over a meter's life, far below what a meter shows. */
const roundingErrorWh = 1e-6;
const whole = (value = 0): number => wrap(Math.floor((value + roundingErrorWh) % 2 ** 32));

const zero: Counts = {
  importWh: 0,
  secondaryImportWh: 0,
  exportWh: 0,
  reactiveImportVarh: 0,
  reactiveExportVarh: 0,
};

/** The chip's counts never go back, power cuts included; a register shows its count and what it began with. */
export class Counters {
  readonly #metrology: Metrology | undefined;
  readonly #begin: Kept<Counts>;

  constructor(metrology: Metrology | undefined, journal: Journal) {
    this.#metrology = metrology;
    this.#begin = new Kept<Counts>(journal, "metering/begin", zero);
  }

  /** A board without metrology has counted nothing. */
  async counted(): Promise<Counts> {
    const reading = await this.#metrology?.read();
    return {
      importWh: whole(reading?.activeImportWh),
      secondaryImportWh: whole(reading?.secondaryImportWh),
      exportWh: whole(reading?.activeExportWh),
      reactiveImportVarh: whole(reading?.reactiveImportVarh),
      reactiveExportVarh: whole(reading?.reactiveExportVarh),
    };
  }

  async registers(): Promise<Counts> {
    return combine(await this.counted(), this.#begin.value, (count, begin) => count + begin);
  }

  /** Has the registers show these values now. */
  async load(registers: Partial<Counts>): Promise<void> {
    const counted = await this.counted();
    const wanted = { ...(await this.registers()), ...registers };
    await this.#begin.keep(combine(wanted, counted, (register, count) => register - count));
  }
}

function combine(a: Counts, b: Counts, how: (a: number, b: number) => number): Counts {
  const of = (name: keyof Counts): number => wrap(how(a[name], b[name]));
  return {
    importWh: of("importWh"),
    secondaryImportWh: of("secondaryImportWh"),
    exportWh: of("exportWh"),
    reactiveImportVarh: of("reactiveImportVarh"),
    reactiveExportVarh: of("reactiveExportVarh"),
  };
}
