import {
  type Cancel,
  HalError,
  type Listener,
  type Metrology,
  type MetrologyReading,
  type MetrologyThreshold,
} from "../../board.ts";
import {
  Command,
  type MetrologyReport,
  maxThresholds,
  metrologyResponse,
  type WatchItem,
} from "./board-group.ts";
import type { PowerOn } from "./power-on.ts";
import { nothing } from "./remote-parts.ts";

interface Watcher {
  readonly thresholds: readonly MetrologyThreshold[];
  readonly listener: Listener<MetrologyReading>;
  /** Was each value above its level, last time? */
  readonly above: boolean[];
}

/**
 * The board keeps one list of thresholds, so all watchers' together go there, and each watcher is told of its own.
 * What is passed between `watch` and the board's taking the list is told too: a watcher compares with the last
 * reading the host has seen, and the host looks again once the board has the list.
 */
export class RemoteMetrology implements Metrology {
  readonly phaseCount: number;
  readonly elementCount: 1 | 2;
  readonly #powerOn: PowerOn;
  #watchers: Watcher[] = [];
  #last: MetrologyReading | undefined;
  /** The list has changed since it was last sent. */
  #stale = false;
  #sending = false;

  constructor(powerOn: PowerOn) {
    this.#powerOn = powerOn;
    this.phaseCount = powerOn.description.phases ?? 1;
    this.elementCount = powerOn.description.elements ?? 1;
    powerOn.handle("metrology", (report) => this.#tell(readingOf(report)));
    powerOn.onResync(async () => this.#tell(await this.read()));
  }

  async read(): Promise<MetrologyReading> {
    const reading = readingOf(
      await this.#powerOn.read("metrology", Command.metrology, {}, metrologyResponse),
    );
    if (reading.rmsVoltageV.length !== this.phaseCount || reading.rmsVoltageVs.length !== this.phaseCount)
      throw new HalError("hal/fault", `remote metrology: expected ${this.phaseCount} phase(s)`);
    this.#last = reading;
    return reading;
  }

  watch(thresholds: readonly MetrologyThreshold[], listener: Listener<MetrologyReading>): Cancel {
    this.#powerOn.require();
    this.#checkThresholds(thresholds);
    const above = thresholds.map((one) => this.#last !== undefined && isAbove(one, this.#last));
    const watcher: Watcher = { thresholds, listener, above };
    this.#watchers.push(watcher);
    this.#send();
    return () => {
      if (!this.#watchers.includes(watcher)) return;
      this.#watchers = this.#watchers.filter((other) => other !== watcher);
      if (this.#powerOn.alive) this.#send();
    };
  }

  /** Sends the list after what changes it in this moment, and again when it changed meanwhile. */
  #send(): void {
    this.#stale = true;
    if (this.#sending) return;
    this.#sending = true;
    void this.#powerOn.post(() => this.#sendNow());
  }

  async #sendNow(): Promise<void> {
    const reading = await this.#exchange().catch((error: unknown) => this.#powerOn.failed(error));
    if (reading !== undefined) await this.#tell(reading);
  }

  /** The list as it is now goes to the board; what the board then sees. */
  async #exchange(): Promise<MetrologyReading | undefined> {
    try {
      while (this.#stale) {
        this.#stale = false;
        const watch = this.#watchers.flatMap(({ thresholds }) => thresholds.map(toItem));
        await this.#powerOn.write("metrology", Command.metrology, { watch }, nothing);
      }
    } finally {
      this.#sending = false;
    }
    return this.#watchers.length > 0 ? this.read() : undefined;
  }

  async #tell(reading: MetrologyReading): Promise<void> {
    this.#last = reading;
    for (const watcher of this.#watchers) {
      let passed = false;
      watcher.thresholds.forEach((threshold, index) => {
        const above = isAbove(threshold, reading);
        passed ||= above !== watcher.above[index];
        watcher.above[index] = above;
      });
      if (passed && this.#watchers.includes(watcher)) await watcher.listener(reading);
    }
  }

  #checkThresholds(thresholds: readonly MetrologyThreshold[]): void {
    const count = this.#watchers.reduce((sum, watcher) => sum + watcher.thresholds.length, thresholds.length);
    if (count > maxThresholds) throw misuse(`room for ${maxThresholds} thresholds, got ${count}`);
    for (const { quantity, phase, level } of thresholds) {
      if (!Number.isSafeInteger(Math.round(level * 1000)))
        throw misuse(`a level must be a number, got ${level}`);
      const known = Number.isInteger(phase ?? 0) && (phase ?? 0) >= 0 && (phase ?? 0) < this.phaseCount;
      if (quantity === "rmsVoltageV" && !known)
        throw misuse(`phase ${phase} of ${this.phaseCount} (0 is the first)`);
    }
  }
}

const toItem = ({ quantity, phase, level }: MetrologyThreshold): WatchItem =>
  quantity === "activePowerW"
    ? { q: "mW", level: Math.round(level * 1000) }
    : { q: "mV", phase: phase ?? 0, level: Math.round(level * 1000) };

const readingOf = ({ mWh, mW, mV, mVs, second = [0, 0] }: MetrologyReport): MetrologyReading => ({
  activeImportWh: mWh[0] / 1000,
  secondaryImportWh: second[0] / 1000,
  activeExportWh: mWh[1] / 1000,
  reactiveImportVarh: mWh[2] / 1000,
  reactiveExportVarh: mWh[3] / 1000,
  activePowerW: mW / 1000,
  secondaryPowerW: second[1] / 1000,
  rmsVoltageV: mV.map((value) => value / 1000),
  rmsVoltageVs: mVs.map((value) => value / 1000),
});

function isAbove({ quantity, phase, level }: MetrologyThreshold, reading: MetrologyReading): boolean {
  const value = quantity === "activePowerW" ? reading.activePowerW : reading.rmsVoltageV[phase ?? 0]!;
  return value > level;
}

const misuse = (problem: string): HalError => new HalError("hal/misuse", `metrology: ${problem}`);
