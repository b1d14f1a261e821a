/** Threshold anomaly detection on virtual time, with all that it told. */

import type { Verifier } from "../../../../hal/board.ts";
import { Scheduler } from "../../../../hal/mock/scheduler.ts";
import type { FormRequest } from "../../../../harness/headend/dcc/messages.ts";
import { AnomalyDetection, type AnomalySnapshot } from "../../../../harness/headend/thresholds/anomalies.ts";
import type { Notice } from "../../../../harness/headend/thresholds/notices.ts";
import type { AnomalyEnd } from "../../../../harness/headend/thresholds/quarantine.ts";
import type { ThresholdSettings } from "../../../../harness/headend/thresholds/settings.ts";
import type { Breach } from "../../../../harness/headend/thresholds/watch.ts";

export const supplier = "90B3D51F30010000";
export const secondSupplier = "90B3D51F30030000";
export const startS = 1_780_000_000;

export class ThresholdBench {
  readonly scheduler = new Scheduler();
  readonly notices: Notice[] = [];
  readonly warnings: { readonly user: string; readonly breach: Breach }[] = [];
  readonly kept: number[] = [];
  readonly ended: { readonly eventReference: number; readonly end: AnomalyEnd }[] = [];
  readonly fileKeys = new Map<string, Verifier>();
  detection: AnomalyDetection;
  #counter = 1000n;
  readonly #settings: Partial<ThresholdSettings>;

  constructor(settings: Partial<ThresholdSettings> = {}) {
    this.#settings = settings;
    this.detection = this.#detection();
  }

  get nowS(): number {
    return startS + this.scheduler.nowMs / 1000;
  }

  /** Lets virtual time pass. */
  wait(seconds: number): Promise<void> {
    return this.scheduler.runUntil(this.scheduler.nowMs + seconds * 1000);
  }

  /** The DCC is killed, and comes up again with what `kept` holds. */
  restart(kept: AnomalySnapshot): void {
    this.detection.stop();
    this.detection = this.#detection(kept);
  }

  request(reference = "7.4", parameters = {}, originator = supplier, commandVariant = 1): FormRequest {
    const counter = this.#counter++;
    return { originator, target: "00DB1234567890A0", counter, commandVariant, reference, parameters };
  }

  /** The verdicts on so many requests of one kind, all at once. */
  verdicts(times: number, ...kind: Parameters<ThresholdBench["request"]>): string[] {
    return Array.from({ length: times }, () => this.detection.check(this.request(...kind)).verdict);
  }

  #detection(kept?: AnomalySnapshot): AnomalyDetection {
    const ports = {
      nowS: () => this.nowS,
      after: (delayMs: number, action: () => void) => this.scheduler.after(delayMs, action),
      fileKey: (user: string) => this.fileKeys.get(user),
      alert: (notice: Notice) => void this.notices.push(notice),
      warn: (user: string, breach: Breach) => void this.warnings.push({ user, breach }),
      kept: ({ eventReference }: { eventReference: number }) => void this.kept.push(eventReference),
      ended: ({ eventReference }: { eventReference: number }, end: AnomalyEnd) =>
        void this.ended.push({ eventReference, end }),
    };
    return new AnomalyDetection(ports, this.#settings, kept);
  }
}
