/** Samples of what was imported. */
import assert from "node:assert/strict";
import { nothing, type Sample, sample, state, whole } from "./sample.ts";

export const readsSamples: readonly Sample[] = [
  sample("ECS17b", "4.1.1", nothing, {
    ...state,
    check: ({ ImportRegisters }, home) => {
      const { activeImportWh } = home.device("esme").board.mockMetrology.reading();
      const said = `${ImportRegisters.import} Wh, metrology says ${activeImportWh}`;
      assert.ok(Math.abs(ImportRegisters.import - activeImportWh) <= 1, said);
    },
  }),
  sample("ECS17d", "4.1.2", nothing, {
    ...state,
    check: ({ TouRegisters }) => assert.equal(TouRegisters.tou.length, 48),
  }),
  sample("ECS22b", "4.8.1", whole, {
    ...state,
    check: ({ ImportProfile }) => assert.ok(ImportProfile.length >= 2, `${ImportProfile.length} half hours`),
  }),
];
