/**
 * A meter tells its supplier once that it is commissioned (8F69): by itself, at the moment that the setting
 * `commissionedWhen` names. A meter that has left its home network is commissioned anew.
 */
import type { DeviceContext } from "../features/feature.ts";
import { report } from "../features/report.ts";
import { Kept } from "../kernel/kept.ts";
import { alerts } from "../model/index.ts";
import type { DeviceSettings } from "./settings.ts";

const commissioned = alerts.commissioned.code;

export class Commissioning {
  readonly #context: DeviceContext;
  readonly #when: DeviceSettings["commissionedWhen"];
  readonly #told: Kept<boolean>;

  constructor(context: DeviceContext, { commissionedWhen }: Pick<DeviceSettings, "commissionedWhen">) {
    this.#context = context;
    this.#when = commissionedWhen;
    this.#told = new Kept<boolean>(context.journal, "commissioned", false);
  }

  /** Call it at every start at which `what` is so, too: a power cut may have come before the alert. */
  async reached(what: DeviceSettings["commissionedWhen"]): Promise<void> {
    if (what !== this.#when || this.#told.value) return;
    await this.#told.keepWith(true, (change) => report(this.#context, commissioned, { changes: [change] }));
  }

  async left(): Promise<void> {
    if (this.#told.value) await this.#told.keep(false);
  }
}
