/** Bursts in virtual time that pass the quarantine threshold, and when their users heard of it. */
import type { Eui64 } from "../firmware/wire/message.ts";
import { nodeCrypto } from "../hal/crypto/node.ts";
import { Scheduler } from "../hal/mock/scheduler.ts";
import { AnomalyDetection } from "../harness/headend/thresholds/anomalies.ts";
import { NOTICE_LIMIT_S } from "../harness/headend/thresholds/settings.ts";
import type { SignedFile } from "../harness/headend/thresholds/signed-file.ts";
import { thresholdColumns } from "../harness/headend/thresholds/threshold-file.ts";
import { type Kpi11, kpi11 } from "../harness/reports/service-measures.ts";

export interface Burst {
  readonly title: string;
  readonly users: number;
  /** Requests of each user, and how many of them in a second. */
  readonly requests: number;
  readonly perSecond: number;
  /** Requests of each user that may pass in a day. */
  readonly threshold: number;
  /** When the users' systems take no notices, seconds from the start; a notice is then taken as soon as they do. */
  readonly unreachable?: { readonly fromS: number; readonly untilS: number };
}

export const bursts: readonly Burst[] = [
  { title: "one user", users: 1, requests: 6_000, perSecond: 20, threshold: 1_000 },
  { title: "the quarantine full", users: 5, requests: 11_200, perSecond: 200, threshold: 1_000 },
  {
    title: "its system away for 40 minutes",
    ...{ users: 1, requests: 6_000, perSecond: 20, threshold: 1_000 },
    unreachable: { fromS: 120, untilS: 2520 },
  },
];

export interface BurstOutcome {
  readonly title: string;
  readonly passed: number;
  readonly refused: number;
  readonly kpi: Kpi11;
  /** Told within the limit, counted apart from the report: by the users' own clocks. */
  readonly toldInTime: number;
}

const startS = Date.UTC(2026, 11, 1) / 1000;
/** From the DCC to a user's system and back. */
const TRIP_S = 1;
const LONG_S = 2 * 3600;

/** Plays a burst until everybody has been told. */
export async function playBurst(burst: Burst): Promise<BurstOutcome> {
  const scheduler = new Scheduler();
  const nowS = () => startS + scheduler.nowMs / 1000;
  const cameS = new Map<number, number>();
  const counts = { pass: 0, warned: 0, quarantined: 0, refused: 0 };
  let toldInTime = 0;
  const detection = new AnomalyDetection({
    nowS,
    after: (delayMs, action) => scheduler.after(delayMs, action),
    fileKey: () => fileKey,
    alert({ user, eventReference, body }) {
      scheduler.at(takenMs(burst, scheduler.nowMs), () => {
        detection.told(user, body);
        if (nowS() - (cameS.get(eventReference) ?? 0) <= NOTICE_LIMIT_S) toldInTime++;
      });
    },
  });
  for (let user = 0; user < burst.users; user++) detection.install(thresholdFile(user, burst.threshold));
  for (let i = 0; i < burst.requests; i++)
    scheduler.at((i * 1000) / burst.perSecond, () => {
      for (let user = 0; user < burst.users; user++) {
        const verdict = detection.check(requestOf(user, i));
        counts[verdict.verdict]++;
        if (verdict.verdict === "quarantined") cameS.set(verdict.eventReference, nowS());
      }
    });
  await scheduler.runUntil(LONG_S * 1000);
  detection.stop();
  const kpi = kpi11(detection.anomalies(), nowS());
  return { title: burst.title, passed: counts.pass, refused: counts.refused, kpi, toldInTime };
}

function takenMs({ unreachable }: Burst, nowMs: number): number {
  const takenS = nowMs / 1000 + TRIP_S;
  if (unreachable === undefined || takenS < unreachable.fromS) return takenS * 1000;
  return Math.max(takenS, unreachable.untilS) * 1000;
}

const crypto = nodeCrypto();
const fileSigner = crypto.p256Signer(new Uint8Array(32).fill(1));
const fileKey = crypto.p256Verifier(fileSigner.publicKey);

function thresholdFile(user: number, threshold: number): SignedFile {
  const title = `thresholds,${userId(user)},${new Date(startS * 1000).toISOString()}`;
  const text = `${title}\n${thresholdColumns.join(",")}\ncount,,,,${threshold},,\n`;
  const signature = Buffer.from(fileSigner.sign(Buffer.from(text))).toString("base64");
  return { content: Buffer.from(`${text}signature,${signature}\n`) };
}

const userId = (user: number): Eui64 =>
  `90B3D51F30${(0x10000 + user).toString(16).toUpperCase().padStart(6, "0")}`;

const requestOf = (user: number, i: number) => ({
  originator: userId(user),
  target: "00DB1234567890A0",
  counter: BigInt(i + 1),
  ...{ commandVariant: 1, reference: "7.4", parameters: {} },
});
