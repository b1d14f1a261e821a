/**
 * Joins with other devices of the home, one side's share: CS03A1, A2, B and C join, CS04AC and B undo it, CS07 lists. What
 * a join lets two devices share over the home network is not modelled yet: what is kept is with whom, and how.
 */

import { hasCode } from "../../../hal/base/coded-error.ts";
import { euiBytes, euiText } from "../../../hal/base/eui64.ts";
import type { JournalChange } from "../../kernel/journal.ts";
import { Kept } from "../../kernel/kept.ts";
import { alerts, type Outcome, objects, type ValueOf, type valueTypes } from "../../model/index.ts";
import type { Status } from "../../wire/message.ts";
import type { CommandOrigin } from "../command-origin.ts";
import type { DeviceContext, Feature } from "../feature.ts";
import { report } from "../report.ts";
import { calls, serve } from "../serve.ts";
import {
  type Join,
  type JoinDevice,
  type JoinOutcome,
  type JoinRules,
  join,
  type UnjoinOutcome,
  unjoin,
} from "./machine.ts";

type Request = ValueOf<typeof valueTypes.joinRequest>;
type Listed = {
  readonly code: number;
  readonly devices?: readonly ValueOf<typeof valueTypes.joinedDevice>[] | undefined;
};

export interface JoinsOptions {
  readonly capacity: number;
  /** Is it `device`'s certificate to agree with? What is wrong with it, else. */
  certificateFault(certificate: Uint8Array, device: string): JoinOutcome | undefined;
}

export interface JoinsFeature extends Feature {
  /** With whom, in the order of joining. */
  joins(): readonly Join[];
}

export function joinsFeature(context: DeviceContext, options: JoinsOptions): JoinsFeature {
  const own = new Joins(context, options);
  return {
    name: "joins",
    joins: () => own.kept,
    objects: [
      serve(objects.joining, {
        join: calls(
          (request: Request, origin) => own.join(request, origin),
          (outcome: JoinOutcome, request: Request) => own.loadJoin(outcome, request),
          (): JoinOutcome => "writeFailed",
        ),
        unjoin: calls(
          (device: Uint8Array, origin) => own.unjoin(device, origin),
          (outcome: UnjoinOutcome, device: Uint8Array) => own.loadUnjoin(outcome, device),
          (): UnjoinOutcome => "other",
        ),
        list: calls(
          (_: null) => ({ value: own.list() }),
          ({ devices = [] }) => own.load(devices),
          (): Listed => ({ code: 1 }),
        ),
      }),
    ],
  };
}

class Joins {
  readonly #context: DeviceContext;
  readonly #options: JoinsOptions;
  readonly #rules: JoinRules;
  readonly #kept: Kept<readonly Join[]>;
  /** The last command that undid a join. */
  readonly #undoneBy: Kept<string>;
  /** The one that had done so before this start: done again after a power cut, it is answered as done. */
  readonly #undoneBefore: string;

  constructor(context: DeviceContext, options: JoinsOptions) {
    this.#context = context;
    this.#options = options;
    this.#rules = { deviceType: context.deviceType, capacity: options.capacity };
    this.#kept = new Kept<readonly Join[]>(context.journal, "joins", []);
    this.#undoneBy = new Kept<string>(context.journal, "joins-undone-by", "");
    this.#undoneBefore = this.#undoneBy.value;
  }

  get kept(): readonly Join[] {
    return this.#kept.value;
  }

  async join(
    { device, type, method, certificate }: Request,
    { code }: CommandOrigin,
  ): Promise<Outcome<JoinOutcome, Status>> {
    const asked = { device: euiText(device), type, method };
    const step = join(this.kept, asked, code, this.#rules);
    const fault =
      step.joins === this.kept || method !== "c"
        ? undefined
        : this.#certificateFault(certificate, asked.device);
    const outcome = fault ?? step.outcome;
    if (outcome !== "success") return { value: await this.#failed(alerts.joinFailed.code, outcome) };
    const kept = await this.#keep(step.joins, alerts.joinDone.code);
    return { value: kept ? "success" : "writeFailed" };
  }

  #certificateFault(certificate: Uint8Array | undefined, device: string): JoinOutcome | undefined {
    return certificate === undefined ? "noCertificate" : this.#options.certificateFault(certificate, device);
  }

  async unjoin(
    device: Uint8Array,
    { code, originator, counter }: CommandOrigin,
  ): Promise<Outcome<UnjoinOutcome, Status>> {
    const { outcome, joins } = unjoin(this.kept, euiText(device), code);
    const command = `${originator}/${counter} ${euiText(device)}`;
    if (outcome === "notListed" && this.#undoneBefore === command) return { value: "success" };
    if (outcome !== "success") return { value: await this.#failed(alerts.unjoinFailed.code, outcome) };
    let kept = false;
    await this.#undoneBy.keepWith(command, async (also) => {
      kept = await this.#keep(joins, alerts.unjoinDone.code, also);
    });
    return { value: kept ? "success" : "other" };
  }

  /** Log entry, log of joins and `also`, in one commit; false without room. */
  async #keep(joins: readonly Join[], event: number, ...also: JournalChange[]): Promise<boolean> {
    if (joins === this.kept) return true;
    try {
      await this.#kept.keepWith(joins, (change) =>
        report(this.#context, event, { changes: [change, ...also] }),
      );
      return true;
    } catch (error) {
      if (!hasCode(error, "journal/full")) throw error;
      return false;
    }
  }

  async #failed<T>(event: number, outcome: T): Promise<T> {
    await report(this.#context, event);
    return outcome;
  }

  list(): Listed {
    const devices = this.kept.map(({ device, type }) => ({ device: euiBytes(device), type }));
    return { code: 0, devices };
  }

  /** So that joining comes to `outcome`: with the device, with it as one of another type, or without. */
  loadJoin(outcome: JoinOutcome, { device, type }: Request): Promise<void> {
    const listed = euiText(device);
    const others = this.kept.filter((each) => each.device !== listed);
    const another: JoinDevice = type === "ESME" ? "GSME" : "ESME";
    return this.#kept.keep(
      outcome === "otherTypeListed" ? [...others, { device: listed, type: another }] : others,
    );
  }

  async loadUnjoin(outcome: UnjoinOutcome, device: Uint8Array): Promise<void> {
    const listed = euiText(device);
    const others = this.kept.filter((each) => each.device !== listed);
    await this.#kept.keep(outcome === "success" ? [...others, { device: listed, type: "PPMID" }] : others);
  }

  async load(devices: NonNullable<Listed["devices"]>): Promise<void> {
    await this.#kept.keep(devices.map(({ device, type }) => ({ device: euiText(device), type })));
  }
}
