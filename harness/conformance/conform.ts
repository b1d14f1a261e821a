/** `meterbench conform`: a reference set, answered by devices of the model, and compared. */
import { isModelled, type ModelledDevice } from "../../firmware/devices/boot.ts";
import type { DeviceName } from "../../firmware/model/index.ts";
import type { Eui64 } from "../../firmware/wire/message.ts";
import { envelopeSuites, suites } from "../../firmware/wire/suites.ts";
import { nodeCrypto } from "../../hal/crypto/index.ts";
import { checkMessage, loadX509Keys, openHidden, ReadySuite } from "../verify/index.ts";
import { runAlert } from "./alerts.ts";
import { rootOf } from "./authorities.ts";
import { deviceTypes } from "./device-types.ts";
import { certificatesIn, Reader } from "./reading.ts";
import { type Kit, ReferenceDevice } from "./reference-device.ts";
import { deviceOf, type Reference, type ReferenceSet, readReferenceSet } from "./reference-set.ts";
import { type ConformReport, Results } from "./report.ts";
import { type Bench, type Outcome, runCommand } from "./samples.ts";
import { StandIns } from "./stand-ins.ts";

export interface ConformOptions {
  readonly keysDir: string;
  /** Called after each message. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Throws as `verifyFiles`, and `conform/keys`. */
export async function conform(dir: string, options: ConformOptions): Promise<ConformReport> {
  const set = readReferenceSet(dir, options.keysDir);
  const run = new Run(set, options.keysDir);
  const total = set.commands.length + set.alerts.length;
  const results = new Results();
  let done = 0;
  const step = () => options.onProgress?.(++done, total);
  for (const sample of set.commands) {
    results.command(sample.command, await run.command(sample));
    step();
  }
  for (const alert of set.alerts) {
    results.alert(alert, await run.alert(alert));
    step();
  }
  return results.report();
}

class Run {
  readonly #set: ReferenceSet;
  readonly #types: ReadonlyMap<Eui64, DeviceName>;
  readonly #devices = new Map<Eui64, ReferenceDevice>();
  readonly #bench: Bench;

  constructor(set: ReferenceSet, keysDir: string) {
    this.#set = set;
    const references = [
      ...set.commands.flatMap(({ command, response }) => [command, response ?? []].flat()),
      ...set.alerts,
    ];
    this.#types = deviceTypes(references);
    this.#bench = makeBench(keysDir, references, this.#types);
  }

  command(sample: ReferenceSet["commands"][number]): Promise<Outcome> {
    return this.#on(sample.command, (device) => runCommand(sample, device, this.#bench));
  }

  alert(alert: Reference): Promise<Outcome> {
    return this.#on(alert, (device) => runAlert(alert, device, this.#set, this.#bench));
  }

  async #on(reference: Reference, run: (device: ReferenceDevice) => Promise<Outcome>): Promise<Outcome> {
    if (reference.refused !== undefined) return failed(reference.refused);
    const eui = deviceOf(reference);
    const type = this.#types.get(eui);
    if (type === undefined || !isModelled(type)) return failed(`there is no firmware for ${type ?? eui}`);
    return run(this.#device(type, eui));
  }

  #device(type: ModelledDevice, eui: Eui64): ReferenceDevice {
    const device = this.#devices.get(eui) ?? new ReferenceDevice(this.#bench.kit, type, eui);
    this.#devices.set(eui, device);
    return device;
  }
}

const failed = (why: string): Outcome => ({ answered: false, result: "differs", why });

function makeBench(
  keysDir: string,
  references: readonly Reference[],
  types: ReadonlyMap<Eui64, DeviceName>,
): Bench {
  const crypto = nodeCrypto();
  const keys = loadX509Keys(keysDir);
  const standIns = new StandIns(keys, suites.gbcs, crypto);
  const held = keys.parties.flatMap((party) =>
    Object.values(party.keys).flatMap(({ certificate }) => certificate ?? []),
  );
  const sent = references.flatMap(({ envelope }) => certificatesIn(envelope));
  const hub = [...types].find(([, type]) => type === "CHF")?.[0] ?? "0000000000000000";
  const kit: Kit = { keys, standIns, crypto, rootKey: rootOf([...held, ...sent]), hub };
  const reader = new Reader((envelope, sealed) => openHidden(keys, crypto, envelope, sealed));
  const [ready, checking] = [new ReadySuite(envelopeSuites.gbcs, crypto), standIns.keysToCheck(types.keys())];
  return { kit, reader, check: (bytes) => checkMessage(bytes, ready, checking) };
}
