/** The gate at which anomalous requests stay until their user's word, or their time is over. */
import { AnomalyDetection, type AnomalyPorts, type AnomalySnapshot } from "../thresholds/anomalies.ts";
import type { ThresholdSettings } from "../thresholds/settings.ts";
import type { Answer, DccContext } from "./context.ts";
import type { Gate } from "./gate.ts";
import type { Kept } from "./kept.ts";
import type { FormRequest } from "./messages.ts";
import { Refusal } from "./refusal.ts";
import { type Task, told } from "./task.ts";

export class QuarantineGate implements Gate, Kept<AnomalySnapshot> {
  readonly #context: DccContext;
  readonly #thresholds: Partial<ThresholdSettings>;
  detection: AnomalyDetection;

  constructor(context: DccContext, thresholds: Partial<ThresholdSettings>) {
    this.#context = context;
    this.#thresholds = thresholds;
    this.detection = new AnomalyDetection(this.#ports(), thresholds);
  }

  /** Throws a {@link Refusal} when there is no room for it. */
  take({ request, preCommand }: Task): Answer | undefined {
    const parameters = preCommand.request.parameters as FormRequest["parameters"];
    const verdict =
      "form" in request ? this.detection.check(request, parameters) : this.detection.check(request);
    if (verdict.verdict === "refused") throw new Refusal(this.#context.settings.codes.full, verdict.reason);
    if (verdict.verdict !== "quarantined") return undefined;
    this.#context.ports.observe({ kind: "request-quarantined", ...told(request), reason: verdict.reason });
    return { code: "I99" };
  }

  snapshot(): AnomalySnapshot {
    return this.detection.snapshot();
  }

  restore(kept: AnomalySnapshot): void {
    this.detection.stop();
    this.detection = new AnomalyDetection(this.#ports(), this.#thresholds, kept);
  }

  #ports(): AnomalyPorts {
    const { ports, rules, nowS } = this.#context;
    return {
      ...{ nowS, after: ports.after },
      fileKey: (user) => rules.user(user)?.fileKey,
      alert: ({ user, body }) => ports.push(user, { code: "I0", timeMs: ports.nowMs(), body }),
      warn: (user, { rule, got }) => ports.observe({ kind: "threshold-warning", user, rule, got }),
    };
  }
}
