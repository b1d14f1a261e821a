/** Makes the devices of a home out of its options: a board each, keys, install code. */

import { withCrc } from "../../firmware/han/install-code.ts";
import type { Observation } from "../../firmware/kernel/observation.ts";
import type { Suite } from "../../firmware/wire/suite.ts";
import type { Crypto } from "../../hal/board.ts";
import {
  type Ether,
  type LoadProfile,
  readLoadProfileCsv,
  type Scheduler,
  type SeededRandom,
  typicalHome,
  type WanLink,
} from "../../hal/mock/index.ts";
import type { GivenKeys } from "../headend/parties.ts";
import { TestPki } from "../headend/pki.ts";
import { isHub, type NumberedSpec } from "./device-specs.ts";
import { deviceBoard } from "./factory.ts";
import { HomeDevice } from "./home-device.ts";
import type { PremisesOptions } from "./options.ts";

/** What the devices of a home have in common. */
export interface HomeAround {
  readonly scheduler: Scheduler;
  readonly random: SeededRandom;
  readonly startUtcMs: number;
  readonly crypto: Crypto;
  readonly suite: Suite;
  readonly ether: Ether;
  readonly wan: WanLink;
}

export function makePki(
  { startUtcMs, crypto, suite, random }: Pick<HomeAround, "startUtcMs" | "crypto" | "suite" | "random">,
  label = "pki",
  given?: GivenKeys,
): TestPki {
  const notBeforeS = Math.floor(startUtcMs / 1000) - 86_400;
  return new TestPki({ crypto, suite, random: random.fork(label), notBeforeS, ...(given && { given }) });
}

/** In their order, which the keys of each depend on. `observe` hears each device's own account. */
export function makeDevices(
  specs: readonly NumberedSpec[],
  options: PremisesOptions,
  home: HomeAround,
  pki: TestPki,
  observe: (name: string, observation: Observation) => void,
): HomeDevice[] {
  let roguePki: TestPki | undefined;
  const rogue = (): TestPki => {
    roguePki ??= makePki(home, "rogue-pki");
    return roguePki;
  };
  return specs.map((given) => {
    const spec = withDefaults(given, options, specs);
    const { name, type, eui, mpxn, mains } = spec;
    const { scheduler, random, startUtcMs, crypto, suite, ether, wan } = home;
    const load = loadOf(spec, random);
    return new HomeDevice({
      ...{ name, type, eui, mpxn, suite },
      board: deviceBoard({
        ...{
          id: name,
          type,
          eui,
          mains,
          load,
          elementCount: spec.elementCount,
          scheduler,
          random,
          startUtcMs,
          crypto,
          ether,
          wan,
        },
      }),
      keys: pki.deviceKeys(eui),
      ...printedCode(spec, random),
      ...(spec.rogue && { maker: rogue() }),
      lender: spec.board,
      installCode: random.fork(`install-code/${name}`).bytes(16),
      settings: { ...options.settings, ...given.settings },
      observe: (observation) => observe(name, observation),
    });
  });
}

/** What a device leaves out, the home says: of meters the code and the rogue's keys are the first one's. */
function withDefaults(
  spec: NumberedSpec,
  options: PremisesOptions,
  specs: readonly NumberedSpec[],
): NumberedSpec {
  const { hubMains, meterMains, boards, printedInstallCode, rogueMeter } = options;
  const board = spec.board ?? boards?.[spec.name];
  const own = { ...spec, ...(board && { board }) };
  if (isHub(spec)) return { ...own, mains: { ...hubMains, ...spec.mains } };
  const isFirst = specs.find((other) => !isHub(other)) === spec;
  const { load, loadCsv } = spec.load === undefined && spec.loadCsv === undefined ? options : spec;
  return {
    ...(isFirst && printedInstallCode && { printedInstallCode }),
    ...(isFirst && { rogue: rogueMeter ?? false }),
    ...own,
    ...(load && { load }),
    ...(loadCsv !== undefined && { loadCsv }),
    mains: { ...meterMains, ...spec.mains },
  };
}

/** What a meter draws; where nothing is said, all of a home draw what is typical of it. */
function loadOf({ load, loadCsv }: NumberedSpec, random: SeededRandom): LoadProfile {
  if (load !== undefined) return load;
  return loadCsv === undefined ? typicalHome(random.fork("load")) : readLoadProfileCsv(loadCsv);
}

/** What the device itself holds, where that is not the code that the hub is told. */
function printedCode(
  { printedInstallCode: code }: NumberedSpec,
  random: SeededRandom,
): { printedCode?: Uint8Array } {
  if (code === undefined) return {};
  return { printedCode: code === "another" ? withCrc(random.fork("another-code").bytes(16)) : code };
}
