/**
 * Threshold anomaly detection: what the DCC does with a request that is one too many, or that asks for too much. Thresholds
 * are a user's, for its own id, or the DCC's own, over all users and the CoS party. It knows requests and time, and no wire.
 */
import type { Eui64 } from "../../../firmware/wire/message.ts";
import { CodedError } from "../../../hal/base/coded-error.ts";
import type { Cancel, Verifier } from "../../../hal/board.ts";
import type { DccMessage, FormRequest, SignedRequest, UserRequest } from "../dcc/messages.ts";
import { exitColumns, type Released, readExits } from "./exit-file.ts";
import { eventIn, type Notice, Notices } from "./notices.ts";
import {
  type Anomaly,
  type AnomalyEnd,
  Quarantine,
  type Quarantined,
  type QuarantineSnapshot,
} from "./quarantine.ts";
import type { Thresholds } from "./rules.ts";
import { type BreachKind, settingsWith, type ThresholdSettings } from "./settings.ts";
import { type FileKind, type OpenedFile, openFile, type SignedFile } from "./signed-file.ts";
import { readThresholds, thresholdColumns } from "./threshold-file.ts";
import { type Breach, Watch, type WatchSnapshot } from "./watch.ts";

/** What the rules need, and whom they tell. None may throw; each is told before the call that caused it returns. */
export interface AnomalyPorts {
  /** UTC seconds. */
  nowS(): number;
  after(delayMs: number, action: () => void): Cancel;
  /** The key by which a user signs its files; undefined when it has none. */
  fileKey(user: Eui64): Verifier | undefined;
  /** A DCC alert for a user. Say {@link AnomalyDetection.told} once its system has taken it: until then counts its delay (KPI 11). */
  alert(notice: Notice): void;
  /** A request of a user's has passed a warning threshold. */
  warn?(user: Eui64, breach: Breach): void;
  /** For a store that must not lose a request: it went into quarantine, or out of it. */
  kept?(entry: Quarantined): void;
  ended?(entry: Quarantined, end: AnomalyEnd): void;
}

export type Verdict =
  | { readonly verdict: "pass" }
  /** It passes, too. */
  | { readonly verdict: "warned"; readonly breaches: readonly Breach[] }
  | {
      readonly verdict: "quarantined";
      readonly kind: BreachKind;
      readonly eventReference: number;
      readonly reason: string;
    }
  /** It should lie in quarantine, and there is no room for it: nobody keeps it. */
  | { readonly verdict: "refused"; readonly kind: BreachKind; readonly reason: string };

/** All that outlives a restart, as plain data (structured clone; of its leaves some are bigints and octets). */
export interface AnomalySnapshot {
  readonly dcc: WatchSnapshot;
  readonly users: readonly UserSnapshot[];
  readonly quarantine: QuarantineSnapshot;
}

interface UserSnapshot extends WatchSnapshot {
  readonly user: Eui64;
  /** When the file in force was made, UTC seconds. */
  readonly issuedS: number;
}

/** Warnings remembered; one whose memory is lost is given again. */
const MAX_WARNED = 10_000;

/** How far a user's clock may be ahead. */
const CLOCK_TOLERANCE_S = 300;

export class AnomalyDetection {
  readonly #ports: AnomalyPorts;
  readonly #settings: ThresholdSettings;
  readonly #dcc: Watch;
  readonly #users = new Map<Eui64, { readonly watch: Watch; issuedS: number }>();
  readonly #quarantine: Quarantine;
  readonly #notices: Notices;
  /** When which user was last warned of which threshold. */
  readonly #warnedS = new Map<string, number>();
  #expiry: Cancel | undefined;

  /** Throws `thresholds/settings`. What `kept` says was not told yet is told now. */
  constructor(ports: AnomalyPorts, settings: Partial<ThresholdSettings> = {}, kept?: AnomalySnapshot) {
    this.#ports = ports;
    this.#settings = settingsWith(settings);
    this.#dcc = new Watch("DCC", this.#settings, kept?.dcc);
    for (const { user, issuedS, ...watch } of kept?.users ?? [])
      this.#users.set(user, { watch: new Watch("user", this.#settings, watch), issuedS });
    this.#quarantine = new Quarantine(this.#settings, kept?.quarantine);
    this.#notices = new Notices(ports, this.#settings);
    for (const entry of this.#quarantine.waiting())
      if (entry.noticedS === undefined) this.#notices.add(entry);
    this.#expire();
  }

  /** The DCC's own thresholds, over all users and the CoS party. */
  setDccThresholds(thresholds: Thresholds): void {
    this.#dcc.adopt(thresholds);
  }

  /**
   * Whether a request may go on. Ask once for each that is otherwise acceptable, by whomever: the CoS party's own, too. Of a
   * signed pre-command say the form of the request that it was made from: limits are of its values.
   */
  check(request: FormRequest): Verdict;
  check(request: SignedRequest, parameters: FormRequest["parameters"]): Verdict;
  check(request: UserRequest, parameters?: FormRequest["parameters"]): Verdict {
    if (this.#settings.uncounted.includes(request.commandVariant)) return { verdict: "pass" };
    const nowS = this.#ports.nowS();
    const seen = {
      reference: request.reference,
      parameters: "parameters" in request ? request.parameters : parameters,
    };
    const user = this.#users.get(request.originator)?.watch;
    const breaches = [...(user?.breaches(seen, nowS) ?? []), ...this.#dcc.breaches(seen, nowS)];
    const grave = breaches.find(({ level }) => level === "quarantine");
    if (grave !== undefined) return this.#keep(request, grave, nowS);
    for (const watch of [user, this.#dcc]) watch?.count(seen, nowS);
    if (breaches.length === 0) return { verdict: "pass" };
    for (const breach of breaches) this.#warn(request.originator, breach, nowS);
    return { verdict: "warned", breaches };
  }

  /** A message has reached its user: when it is a notice, its delay (KPI 11) ends. */
  told(user: Eui64, body: DccMessage["body"]): void {
    const event = eventIn(body);
    const anomaly = event === undefined ? undefined : this.#quarantine.find(user, event);
    if (anomaly !== undefined) anomaly.toldS ??= this.#ports.nowS();
  }

  /**
   * Takes a user's file of thresholds (see the README), in the stead of the one before. Throws `thresholds/file`,
   * `thresholds/signature`, and `thresholds/old` for a file made no later than the one in force, or not yet.
   */
  install(file: SignedFile): { readonly user: Eui64; readonly thresholds: Thresholds } {
    const { user, issuedS, lines } = this.#open(file, "thresholds", thresholdColumns);
    const thresholds = readThresholds(lines);
    const known = this.#users.get(user) ?? { watch: new Watch("user", this.#settings), issuedS: 0 };
    this.#expectNewer(user, issuedS, known.issuedS);
    known.watch.adopt(thresholds);
    this.#users.set(user, { ...known, issuedS });
    return { user, thresholds };
  }

  /** Takes out of quarantine what its user's file names. Throws `thresholds/file` and `thresholds/signature`, and takes nothing. */
  release(file: SignedFile): Released {
    const { user, lines } = this.#open(file, "exit-quarantine", exitColumns);
    const released = readExits(lines, user, this.#quarantine);
    const nowS = this.#ports.nowS();
    for (const entry of [...released.process, ...released.delete]) entry.toldS ??= nowS;
    for (const entry of released.process) this.#end(entry, "processed", nowS);
    for (const entry of released.delete) this.#end(entry, "deleted", nowS);
    return released;
  }

  /** Every anomalous request that is remembered, the oldest end first, then those that wait. */
  anomalies(user?: Eui64): readonly Anomaly[] {
    const ended = this.#quarantine.ended().filter((anomaly) => user === undefined || anomaly.user === user);
    return [
      ...ended,
      ...this.#quarantine.waiting(user).map(({ request: _, octets: __, ...anomaly }) => anomaly),
    ];
  }

  snapshot(): AnomalySnapshot {
    const users = [...this.#users].map(([user, { watch, issuedS }]) => ({
      user,
      issuedS,
      ...watch.snapshot(),
    }));
    return { dcc: this.#dcc.snapshot(), users, quarantine: this.#quarantine.snapshot() };
  }

  /** Takes its timers back. */
  stop(): void {
    this.#notices.stop();
    this.#expiry?.();
  }

  #open(file: SignedFile, kind: FileKind, columns: readonly string[]): OpenedFile {
    const fileKey = (user: Eui64) => this.#ports.fileKey(user);
    return openFile(file, { ...this.#settings, kind, columns, fileKey });
  }

  #expectNewer(user: Eui64, issuedS: number, lastS: number): void {
    const latestS = this.#ports.nowS() + CLOCK_TOLERANCE_S;
    if (lastS < issuedS && issuedS <= latestS) return;
    const [after, until] = [lastS, latestS].map((timeS) => new Date(timeS * 1000).toISOString());
    throw new CodedError(
      "thresholds/old",
      `thresholds of user ${user}: expected a file made after ${after} and by ${until}, ` +
        `got ${new Date(issuedS * 1000).toISOString()}: say in its title when it was made, and sign it again`,
      { user, issuedS, lastS },
    );
  }

  #keep(request: UserRequest, breach: Breach, nowS: number): Verdict {
    const kind = kindOf(breach);
    const reason = reasonOf(breach);
    const entry = this.#quarantine.add(request, kind, reason, nowS);
    if (entry === undefined) return { verdict: "refused", kind, reason: `${reason}; the quarantine is full` };
    this.#notices.add(entry);
    this.#expiry ??= this.#ports.after(this.#settings.keepS * 1000, () => this.#expire());
    this.#ports.kept?.(entry);
    return { verdict: "quarantined", kind, eventReference: entry.eventReference, reason };
  }

  #warn(user: Eui64, breach: Breach, nowS: number): void {
    const key = `${user} ${breach.by} ${breach.rule}`;
    const lastS = this.#warnedS.get(key) ?? Number.NEGATIVE_INFINITY;
    if (nowS - lastS < this.#settings.warnOnceInS) return;
    this.#warnedS.delete(key);
    this.#warnedS.set(key, nowS);
    if (this.#warnedS.size > MAX_WARNED) this.#warnedS.delete(this.#warnedS.keys().next().value as string);
    this.#ports.warn?.(user, breach);
  }

  /** Deletes what has lain too long, and comes again for the next. */
  #expire(): void {
    const { keepS } = this.#settings;
    const nowS = this.#ports.nowS();
    for (const entry of [...this.#quarantine.since(nowS - keepS)]) this.#end(entry, "expired", nowS);
    const oldestS = this.#quarantine.oldestS();
    this.#expiry =
      oldestS === undefined
        ? undefined
        : this.#ports.after((oldestS + keepS - nowS) * 1000, () => this.#expire());
  }

  #end(entry: Quarantined, end: AnomalyEnd, nowS: number): void {
    this.#quarantine.end(entry, end, nowS);
    this.#ports.ended?.(entry, end);
  }
}

function kindOf({ of, by }: Breach): BreachKind {
  if (of === "attribute") return "ADAttributeLimitsBreach";
  return by === "user" ? "ADUserThresholdBreach" : "ADDCCThresholdBreach";
}

const reasonOf = ({ rule, got, limit, by }: Breach): string =>
  `${by === "user" ? "the user's" : "the DCC's"} threshold ${rule}: ${got ?? "no number"} against ${limit}`;
