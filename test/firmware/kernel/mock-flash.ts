/** A mock flash that can be powered again, and the two geometries worth trying. */
import { type CutPoint, MockFlash } from "../../../hal/mock/flash.ts";
import { Power } from "../../../hal/mock/power.ts";
import { SeededRandom } from "../../../hal/mock/random.ts";

export interface FlashKit {
  readonly flash: MockFlash;
  readonly power: Power;
}

export function flashKit(
  sectorBytes = 512,
  sectorCount = 8,
  programUnitBytes = 8,
  seed: number | string = 1,
): FlashKit {
  const power = new Power("test");
  power.turnOn();
  const geometry = { sectorBytes, sectorCount, programUnitBytes, enduranceCycles: 1e9 };
  return { flash: new MockFlash(geometry, power, new SeededRandom(seed)), power };
}

export const cutPoints: readonly CutPoint[] = ["before", "torn", "after"];
