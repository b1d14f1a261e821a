import { type Flash, type FlashGeometry, HalError } from "../board.ts";
import type { Power } from "./power.ts";
import type { SeededRandom } from "./random.ts";

/** Where in an operation the power fails. `torn` leaves a random part of it done. */
export type CutPoint = "before" | "torn" | "after";

export interface FlashOptions extends FlashGeometry {
  /** Erases a sector survives. Serial NOR data sheets promise 100,000. */
  readonly enduranceCycles: number;
}

/** 1 MiB of serial NOR: 4 KiB sectors, single bytes programmable. */
export const defaultFlash: FlashOptions = {
  sectorBytes: 4096,
  sectorCount: 256,
  programUnitBytes: 1,
  enduranceCycles: 100_000,
};

/** What an operation costs while the board runs on its hold-up store; false = the energy ended inside it. */
export type SpendFlash = (kind: "program" | "erase", bytes: number) => boolean;

/** A flash part as it stood at one moment; hand it to {@link MockFlash.restore}. */
export interface FlashSnapshot {
  readonly bytes: Uint8Array;
  readonly wear: readonly number[];
}

/**
 * NOR flash, stricter than silicon: what a data sheet forbids throws `hal/misuse` here. Contents and wear
 * outlive the power. Programs and erases are counted as operations, 0 first, whether they succeed or not.
 */
export class MockFlash implements Flash {
  readonly geometry: FlashGeometry;
  readonly enduranceCycles: number;
  readonly #power: Power;
  readonly #random: SeededRandom;
  readonly #spend: SpendFlash;
  readonly #bytes: Uint8Array;
  readonly #wear: number[];
  readonly #failing = new Map<number, "program" | "erase" | "both">();
  #operations = 0;
  #cutAt = -1;
  #cutPoint: CutPoint = "before";
  #failAt = -1;
  /** Fault: chance that a read flips one stored bit of what it touches (read disturb). */
  readDisturbProbability = 0;

  constructor(options: FlashOptions, power: Power, random: SeededRandom, spend: SpendFlash = () => true) {
    const { sectorBytes, sectorCount, programUnitBytes, enduranceCycles } = options;
    this.geometry = { sectorBytes, sectorCount, programUnitBytes };
    checkGeometry(this.geometry);
    this.enduranceCycles = enduranceCycles;
    this.#power = power;
    this.#random = random;
    this.#spend = spend;
    this.#bytes = new Uint8Array(sectorBytes * sectorCount).fill(0xff);
    this.#wear = new Array<number>(sectorCount).fill(0);
  }

  /** Programs and erases so far, the failed ones too. The next one has this index. */
  get operationCount(): number {
    return this.#operations;
  }

  /** Erases of each sector so far. */
  get wear(): readonly number[] {
    return this.#wear;
  }

  read(offset: number, length: number): Uint8Array {
    this.#power.require();
    this.#checkRange("read", offset, length);
    if (this.#random.chance(this.readDisturbProbability) && length > 0) {
      this.flipBit(offset + this.#random.below(length), this.#random.below(8));
    }
    return this.#bytes.slice(offset, offset + length);
  }

  program(offset: number, data: Uint8Array): void {
    this.#power.require();
    this.#checkProgram(offset, data);
    const index = this.#operations++;
    if (index === this.#cutAt) this.#cut("program", offset, data);
    this.#checkFailing("program", index, Math.floor(offset / this.geometry.sectorBytes), offset);
    if (!this.#spend("program", data.length)) this.#tearProgram(offset, data);
    this.#bytes.set(data, offset);
  }

  erase(sector: number): void {
    this.#power.require();
    this.#checkSector(sector);
    const index = this.#operations++;
    this.#wear[sector]!++;
    if (index === this.#cutAt) this.#cut("erase", sector);
    this.#checkFailing("erase", index, sector, sector * this.geometry.sectorBytes);
    if (!this.#spend("erase", this.geometry.sectorBytes)) this.#tearErase(sector);
    this.#fillSector(sector);
  }

  // --- faults and views for the bench; these work without power ---

  /** Cuts the power at the operation with this index (see {@link operationCount}), once. */
  cutPowerAt(operationIndex: number, point: CutPoint): void {
    this.#cutAt = operationIndex;
    this.#cutPoint = point;
  }

  clearCut(): void {
    this.#cutAt = -1;
  }

  /** The operation with this index fails with `hal/fault` and leaves its target half done, once. */
  failAt(operationIndex: number): void {
    this.#failAt = operationIndex;
  }

  /** Every program or erase in this sector fails from now on; undefined heals it. */
  failSector(sector: number, operations: "program" | "erase" | "both" | undefined): void {
    this.#checkSector(sector);
    if (operations === undefined) this.#failing.delete(sector);
    else this.#failing.set(sector, operations);
  }

  /** Inverts one stored bit (0 = least significant). */
  flipBit(offset: number, bit: number): void {
    this.#checkRange("flip", offset, 1);
    this.#bytes[offset]! ^= 1 << bit;
  }

  /** The raw contents, a copy. */
  snapshot(): FlashSnapshot {
    return { bytes: this.#bytes.slice(), wear: [...this.#wear] };
  }

  /** Puts back a snapshot of a part of the same size. */
  restore(snapshot: FlashSnapshot): void {
    if (snapshot.bytes.length !== this.#bytes.length || snapshot.wear.length !== this.#wear.length) {
      throw misuse("restore", "the snapshot is of a flash of another size", { bytes: snapshot.bytes.length });
    }
    this.#bytes.set(snapshot.bytes);
    snapshot.wear.forEach((count, sector) => {
      this.#wear[sector] = count;
    });
  }

  #cut(kind: "program" | "erase", target: number, data?: Uint8Array): never {
    this.#cutAt = -1;
    const point = this.#cutPoint;
    if (point === "torn") return data ? this.#tearProgram(target, data) : this.#tearErase(target);
    if (point === "after") {
      if (data) this.#bytes.set(data, target);
      else this.#fillSector(target);
    }
    return this.#power.fail(`${point} a flash ${kind} at ${data ? "offset" : "sector"} ${target}`);
  }

  #tearProgram(offset: number, data: Uint8Array): never {
    this.#halfProgram(offset, data);
    return this.#power.fail(`inside a flash program at offset ${offset}`);
  }

  #tearErase(sector: number): never {
    this.#halfErase(sector);
    return this.#power.fail(`inside a flash erase of sector ${sector}`);
  }

  /** A random prefix is done; in the byte after it, or in every byte after it, random bits are. */
  #halfProgram(offset: number, data: Uint8Array): void {
    const done = this.#random.below(data.length + 1);
    const scattered = this.#random.chance(0.5) ? data.length : Math.min(done + 1, data.length);
    const noise = this.#random.bytes(data.length);
    for (let index = 0; index < scattered; index++) {
      const keep = index < done ? 0 : noise[index]!;
      this.#bytes[offset + index]! &= data[index]! | keep;
    }
  }

  /**
   * Erase first clears, then sets all bits, so that a torn one leaves any mix: a random prefix erased and
   * the rest old; or every bit old, cleared or set as chance has it.
   */
  #halfErase(sector: number): void {
    const start = sector * this.geometry.sectorBytes;
    const end = start + this.geometry.sectorBytes;
    const done = start + this.#random.below(this.geometry.sectorBytes);
    if (this.#random.chance(0.5)) {
      this.#bytes.fill(0xff, start, done);
      return;
    }
    const clear = this.#random.bytes(this.geometry.sectorBytes);
    const set = this.#random.bytes(this.geometry.sectorBytes);
    for (let at = start; at < end; at++)
      this.#bytes[at] = (this.#bytes[at]! & clear[at - start]!) | set[at - start]!;
  }

  #fillSector(sector: number): void {
    const start = sector * this.geometry.sectorBytes;
    this.#bytes.fill(0xff, start, start + this.geometry.sectorBytes);
  }

  #checkFailing(kind: "program" | "erase", index: number, sector: number, offset: number): void {
    const failing = this.#failing.size > 0 ? this.#failing.get(sector) : undefined;
    const worn = kind === "erase" && this.#wear[sector]! > this.enduranceCycles;
    if (index !== this.#failAt && failing !== kind && failing !== "both" && !worn) return;
    if (index === this.#failAt) this.#failAt = -1;
    if (kind === "erase") this.#halfErase(sector);
    throw new HalError("hal/fault", `flash: ${kind} failed in sector ${sector}${worn ? " (worn out)" : ""}`, {
      kind,
      sector,
      offset,
      wear: this.#wear[sector],
    });
  }

  #checkProgram(offset: number, data: Uint8Array): void {
    this.#checkRange("program", offset, data.length);
    const unit = this.geometry.programUnitBytes;
    if (offset % unit !== 0 || data.length % unit !== 0 || data.length === 0) {
      throw misuse(
        "program",
        `offset ${offset} and length ${data.length} must be multiples of ${unit}, not 0 long`,
        {
          offset,
          length: data.length,
        },
      );
    }
    const bytes = this.#bytes;
    let rising = 0;
    for (let index = 0; index < data.length; index++) rising |= data[index]! & ~bytes[offset + index]!;
    if (rising !== 0) this.#refuseRising(offset, data);
  }

  #refuseRising(offset: number, data: Uint8Array): never {
    const at = offset + data.findIndex((byte, index) => (byte & ~this.#bytes[offset + index]!) !== 0);
    throw misuse("program", `byte ${at} has a 0 bit that would have to become 1; erase its sector first`, {
      offset: at,
      stored: this.#bytes[at],
      wanted: data[at - offset],
    });
  }

  #checkRange(what: string, offset: number, length: number): void {
    const inside = offset >= 0 && length >= 0 && offset + length <= this.#bytes.length;
    if (inside && Number.isInteger(offset) && Number.isInteger(length)) return;
    throw misuse(what, `offset ${offset}, length ${length} is not inside 0..${this.#bytes.length}`, {
      offset,
      length,
    });
  }

  #checkSector(sector: number): void {
    if (Number.isInteger(sector) && sector >= 0 && sector < this.geometry.sectorCount) return;
    throw misuse("erase", `sector ${sector} is not inside 0..${this.geometry.sectorCount - 1}`, { sector });
  }
}

function checkGeometry({ sectorBytes, sectorCount, programUnitBytes }: FlashGeometry): void {
  const whole = [sectorBytes, sectorCount, programUnitBytes].every((n) => Number.isInteger(n) && n > 0);
  if (whole && sectorBytes % programUnitBytes === 0) return;
  throw misuse("geometry", "sectors must be whole numbers of program units", {
    sectorBytes,
    sectorCount,
    programUnitBytes,
  });
}

const misuse = (what: string, problem: string, data: Record<string, unknown>): HalError =>
  new HalError("hal/misuse", `flash ${what}: ${problem}`, data);
