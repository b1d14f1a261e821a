/** Threshold anomaly detection on virtual time, with all that it told. */

import { nodeCrypto } from "../../../../hal/crypto/node.ts";
import { Scheduler } from "../../../../hal/mock/scheduler.ts";
import { type FormRequest, pairs } from "../../../../harness/headend/dcc/messages.ts";
import { AnomalyDetection, type AnomalySnapshot } from "../../../../harness/headend/thresholds/anomalies.ts";
import { exitColumns } from "../../../../harness/headend/thresholds/exit-file.ts";
import type { Notice } from "../../../../harness/headend/thresholds/notices.ts";
import type { AnomalyEnd } from "../../../../harness/headend/thresholds/quarantine.ts";
import type { ThresholdSettings } from "../../../../harness/headend/thresholds/settings.ts";
import type { SignedFile } from "../../../../harness/headend/thresholds/signed-file.ts";
import { thresholdColumns } from "../../../../harness/headend/thresholds/threshold-file.ts";
import type { Breach } from "../../../../harness/headend/thresholds/watch.ts";

export const supplier = "90B3D51F30010000";
export const secondSupplier = "90B3D51F30030000";
export const startS = 1_780_000_000;

/** A file-signing key that everyone knows. */
export const fileSigner = (byte = 1) => nodeCrypto().p256Signer(new Uint8Array(32).fill(byte));

/** A file as its user signs it: title, heading and lines, and the signature as last line. */
export function signedFile(lines: readonly string[], signer = fileSigner()): SignedFile {
  const text = lines.map((line) => `${line}\r\n`).join("");
  const signature = Buffer.from(signer.sign(Buffer.from(text))).toString("base64");
  return { content: Buffer.from(`${text}signature,${signature}\r\n`) };
}

const keyOfAll = nodeCrypto().p256Verifier(fileSigner().publicKey);

export const thresholdFile = (lines: readonly string[], issuedS = startS, user = supplier): SignedFile =>
  signedFile([
    `thresholds,${pairs(user)},${new Date(issuedS * 1000).toISOString()}`,
    thresholdColumns.join(","),
    ...lines,
  ]);

export const exitFile = (lines: readonly string[], user = supplier): SignedFile =>
  signedFile([
    `exit-quarantine,${pairs(user)},${new Date(startS * 1000).toISOString()}`,
    exitColumns.join(","),
    ...lines,
  ]);

export class ThresholdBench {
  readonly scheduler = new Scheduler();
  readonly notices: Notice[] = [];
  readonly warnings: { readonly user: string; readonly breach: Breach }[] = [];
  readonly kept: number[] = [];
  readonly ended: { readonly eventReference: number; readonly end: AnomalyEnd }[] = [];
  readonly fileKeys = new Map([supplier, secondSupplier].map((user) => [user, keyOfAll]));
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
