/** Load limiting: settings now and future-dated (ECS28a), counter (ECS28b), read-out (ECS27). */
import { type Cancel, type MaybePromise, type MetrologyReading, whenHere } from "../../../hal/board.ts";
import { Kept } from "../../kernel/kept.ts";
import { alerts } from "../../model/index.ts";
import { Status } from "../../wire/message.ts";
import type { DeviceContext, Feature } from "../feature.ts";
import type { FutureDatedValues } from "../future-dating/values.ts";
import { report } from "../report.ts";
import type { ServedObject } from "../serve.ts";
import type { SupplyFeature } from "../supply/feature.ts";
import type { SupplyState } from "../supply/machine.ts";
import { type LoadLimitValues, loadLimitObjects, type ShownLoadLimit } from "./cosem.ts";
import { type LoadLimitAction, type LoadLimitEvent, type LoadLimitState, loadLimitStep } from "./machine.ts";

export interface LoadLimitOptions {
  readonly futureDated: FutureDatedValues;
  readonly supply: Pick<SupplyFeature, "state" | "loadLimitTripped" | "loadLimitRestored" | "onChange">;
}

/** Until the supplier sets them: a threshold no home reaches, nothing to disable. */
const unset: LoadLimitValues = { disable: false, thresholdW: 0xffff_ffff, periodS: 300, restorationS: 30 };
const overThreshold = alerts.loadLimitExceeded.code;
/** Power is looked at once a second: periods of 0 are as long, or a home above its limit would be cut and restored without end. */
const shortestS = 1;

export function loadLimitFeature(context: DeviceContext, options: LoadLimitOptions): Feature {
  return new LoadLimit(context, options);
}

class LoadLimit implements Feature, ShownLoadLimit {
  readonly name = "load-limit";
  readonly objects: readonly ServedObject[];
  readonly #context: DeviceContext;
  readonly #options: LoadLimitOptions;
  readonly #values: Kept<{ active: LoadLimitValues; passive: Partial<LoadLimitValues> }>;
  readonly #counter: Kept<number>;
  #state: LoadLimitState = "under";
  #timer: Cancel = () => {};
  #unwatch: Cancel = () => {};
  /** The threshold that is watched. */
  #watchedW: number | undefined;

  constructor(context: DeviceContext, options: LoadLimitOptions) {
    this.#context = context;
    this.#options = options;
    this.#values = new Kept(context.journal, "load-limit", { active: unset, passive: {} });
    this.#counter = new Kept(context.journal, "load-limit/counter", 0);
    this.objects = loadLimitObjects(this, options.futureDated);
  }

  get values(): LoadLimitValues {
    return this.#values.value.active;
  }

  get count(): number {
    return this.#counter.value;
  }

  resetCount(): Promise<void> {
    return this.#counter.keep(0);
  }

  async load(values: Partial<LoadLimitValues>): Promise<void> {
    const { active, passive } = this.#values.value;
    await this.#values.keep({ active: { ...active, ...values }, passive });
    await this.#watch();
  }

  loadCount(count: number): Promise<void> {
    return this.#counter.keep(count);
  }

  async start(): Promise<void> {
    const { supply } = this.#options;
    supply.onChange((state) => this.#supplyChanged(state));
    // Power came back while the load was off by our doing: the restoration period starts again.
    if (supply.state.output === "armed" && supply.state.cause === "loadLimit") {
      this.#state = "restoring";
      await this.#act("startRestoration");
    }
    await this.#watch();
  }

  async setPassive(name: keyof LoadLimitValues, value: number | boolean): Promise<Status> {
    const { active, passive } = this.#values.value;
    await this.#values.keep({ active, passive: { ...passive, [name]: value } });
    return Status.success;
  }

  async activate(name: keyof LoadLimitValues): Promise<Status> {
    const { active, passive } = this.#values.value;
    const value = passive[name];
    if (value === undefined) return Status.otherReason;
    if (active[name] === value) return Status.success;
    await this.#values.keep({ active: { ...active, [name]: value }, passive });
    await this.#watch();
    return Status.success;
  }

  /** Watches the threshold in force from here on; an exceedance under way is timed anew. */
  #watch(): MaybePromise<void> {
    const { metrology } = this.#context.board;
    if (metrology === undefined) return undefined;
    const level = this.#values.value.active.thresholdW;
    const see = (reading: MetrologyReading) => this.#feed(reading.activePowerW > level ? "over" : "under");
    if (level !== this.#watchedW) {
      this.#unwatch();
      this.#unwatch = metrology.watch(
        [{ quantity: "activePowerW", level }],
        this.#context.event("load-limit", async (reading) => see(reading)),
      );
      this.#watchedW = level;
    }
    return whenHere(this.#feed("under"), () => whenHere(metrology.read(), see));
  }

  #supplyChanged({ output, cause }: SupplyState): MaybePromise<void> {
    const fed = cause === "loadLimit" ? undefined : this.#feed("supplyTaken");
    return whenHere(fed, () => (output === "enabled" ? this.#watch() : undefined));
  }

  /** Most events change nothing, and are done with at once. */
  #feed(event: LoadLimitEvent): MaybePromise<void> {
    const { state, actions } = loadLimitStep(this.#state, event);
    this.#state = state;
    return actions.length > 0 ? this.#actAll(actions) : undefined;
  }

  async #actAll(actions: readonly LoadLimitAction[]): Promise<void> {
    for (const action of actions) await this.#act(action);
  }

  async #act(action: LoadLimitAction): Promise<void> {
    const { periodS, restorationS } = this.#values.value.active;
    if (action === "count") return this.#count();
    this.#timer();
    const wait = (seconds: number, event: LoadLimitEvent): void => {
      const delayMs = Math.max(seconds, shortestS) * 1000;
      this.#timer = this.#context.after(delayMs, async () => this.#feed(event));
    };
    if (action === "startPeriod") wait(periodS, "periodElapsed");
    if (action === "startRestoration") wait(restorationS, "restorationElapsed");
    if (action === "restore") await this.#options.supply.loadLimitRestored();
  }

  async #count(): Promise<void> {
    const context = this.#context;
    await this.#counter.keepWith((this.#counter.value + 1) >>> 0, (change) =>
      report(context, overThreshold, { changes: [change] }),
    );
    context.observe({ kind: "load-limit", counter: this.#counter.value });
    if (this.#values.value.active.disable && (await this.#options.supply.loadLimitTripped()))
      await this.#feed("tripped");
  }
}
