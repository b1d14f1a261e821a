/** Notices of quarantined requests: they leave in batches, a user's burst does not become one of alerts. */
import type { Cancel } from "../../../hal/board.ts";
import type { DccMessage } from "../dcc/messages.ts";
import type { Quarantined } from "./quarantine.ts";
import type { ThresholdSettings } from "./settings.ts";

/** What a DCC alert says of it. */
export interface Notice {
  readonly user: string;
  readonly eventReference: number;
  readonly body: Extract<DccMessage["body"], { readonly DCCAlertMessage: unknown }>;
}

interface NoticePorts {
  nowS(): number;
  after(delayMs: number, action: () => void): Cancel;
  alert(notice: Notice): void;
}

/** The event that a message to a user is the notice of; undefined for every other message. */
export function eventIn(body: DccMessage["body"]): number | undefined {
  if (!("DCCAlertMessage" in body)) return undefined;
  const { QuarantinedRequest } = body.DCCAlertMessage.DCCAlert as {
    readonly QuarantinedRequest?: Readonly<Record<string, { readonly QuarantineEventRef: bigint }>>;
  };
  const [breach] = Object.values(QuarantinedRequest ?? {});
  return breach === undefined ? undefined : Number(breach.QuarantineEventRef);
}

type Pace = Pick<ThresholdSettings, "noticeEveryS" | "noticeBatch" | "alertCodes">;

export class Notices {
  readonly #ports: NoticePorts;
  readonly #pace: Pace;
  #queue: Quarantined[] = [];
  #timer: Cancel | undefined;

  constructor(ports: NoticePorts, pace: Pace) {
    this.#ports = ports;
    this.#pace = pace;
  }

  /** A batch leaves `noticeEveryS` after the first of it has come. */
  add(entry: Quarantined): void {
    this.#queue.push(entry);
    this.#timer ??= this.#arm();
  }

  stop(): void {
    this.#timer?.();
    this.#timer = undefined;
  }

  #arm(): Cancel {
    return this.#ports.after(this.#pace.noticeEveryS * 1000, () => this.#leave());
  }

  /** What has ended meanwhile its user knows of. */
  #leave(): void {
    const due = this.#queue.filter(({ end }) => end === undefined);
    const { noticeBatch } = this.#pace;
    this.#queue = due.slice(noticeBatch);
    this.#timer = this.#queue.length === 0 ? undefined : this.#arm();
    for (const entry of due.slice(0, noticeBatch)) {
      entry.noticedS = this.#ports.nowS();
      this.#ports.alert(this.#noticeOf(entry));
    }
  }

  #noticeOf({ user, eventReference, requestId, kind }: Quarantined): Notice {
    const breach = { RequestID: requestId, QuarantineEventRef: BigInt(eventReference) };
    const DCCAlert = { QuarantinedRequest: { [kind]: breach } };
    const DCCAlertCode = this.#pace.alertCodes[kind];
    return { user, eventReference, body: { DCCAlertMessage: { DCCAlertCode, DCCAlert } } };
  }
}
