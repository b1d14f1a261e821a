/** A home behind the DCC user interface: its devices, its DCC, the store that outlives the process, and the doors to users. */
import { createHash } from "node:crypto";
import { CodedError } from "../../../hal/base/coded-error.ts";
import { realTimers, type Timers } from "../../../hal/serial/timers.ts";
import type { Dcc } from "../../headend/dcc/dcc.ts";
import type { DccMessage } from "../../headend/dcc/messages.ts";
import type { Registration } from "../../headend/dcc/registrations.ts";
import type { DccSettingsChange } from "../../headend/dcc/settings.ts";
import { partyIdentities } from "../../headend/parties.ts";
import type { Anomaly } from "../../headend/thresholds/quarantine.ts";
import type { FileKind } from "../../headend/thresholds/signed-file.ts";
import { fileSigner, type RegisteredUser, type Users, usersOfRun } from "../../headend/users.ts";
import type { XmlSigner } from "../../headend/xml-signing.ts";
import type { PremisesOptions } from "../../premises/options.ts";
import { serveOutside } from "../../premises/outside-users.ts";
import { type Premises, premises } from "../../premises/premises.ts";
import type { TraceEvent } from "../../premises/trace.ts";
import { writeResponse } from "../duis-response.ts";
import { sign } from "../signature.ts";
import { certificateData, certificateSearch, type SmkiAnswer } from "../smki.ts";
import { HomeSmki } from "../smki-home.ts";
import { Delivery, type DeliverySettings, type Post, postOverHttp } from "./delivery.ts";
import { Reception } from "./reception.ts";
import { type Push, Store, type StoreLimits } from "./store.ts";
import { Timeline } from "./timeline.ts";
import type { Handler } from "./web-server.ts";

export interface ServedHomeOptions {
  /** What the home is made of; its `start` is the present where none is given. */
  readonly home: PremisesOptions;
  /** Folder of the store. */
  readonly store: string;
  /** Forgets what the store holds. */
  readonly fresh?: boolean;
  readonly storeLimits?: Partial<StoreLimits>;
  /** Virtual milliseconds for a real one. */
  readonly timeScale?: number;
  /** Default: the home's own parties. */
  readonly users?: (home: Premises) => Users;
  /** What `users` depends on. */
  readonly usersFrom?: unknown;
  readonly registrations?: readonly Registration[];
  readonly settings?: DccSettingsChange;
  /** Of a user: where its messages go. */
  readonly address: (user: RegisteredUser) => string | undefined;
  readonly unsignedResponses?: boolean;
  /** Signs what leaves; default: a key of the run's. */
  readonly dccSigner?: XmlSigner;
  readonly delivery?: Partial<DeliverySettings>;
  observe(event: ServeEvent): void;
  readonly timers?: Timers;
  /** UTC milliseconds. */
  readonly wallMs?: () => number;
  readonly post?: Post;
}

export interface ServeEvent {
  readonly kind: string;
  readonly [field: string]: unknown;
}

/** A home that is served for the first time began so long ago, so that its devices are in place by now. */
const beganMs = 60_000;
/** Of the time that passed while nobody served it, a home goes through so much, virtual ms. */
const maxBehindMs = 31 * 86_400_000;

/** What the same home is made of again. */
interface HomeRecord {
  readonly format: 1;
  readonly madeOf: string;
  readonly start: string;
}

export class ServedHome {
  readonly home: Premises;
  readonly users: Users;
  /** Signs what leaves. */
  readonly dccSigner: XmlSigner;
  /** Rejects when the home cannot go on. */
  readonly failed: Promise<never>;
  readonly #options: ServedHomeOptions;
  readonly #store: Store;
  readonly #timeline: Timeline;
  readonly #delivery: Delivery;
  readonly #reception: Reception;
  readonly #dcc: Dcc;
  readonly #smki: HomeSmki;
  readonly #timers: Timers;
  #fail: (error: unknown) => void = () => {};
  #lookUps = 0;
  /** Has it come to where it was? */
  #isOpen = false;

  /** Makes the home and brings it to where it was. Rejects with `serve/…`, and as `premises` does. */
  static async open(options: ServedHomeOptions): Promise<ServedHome> {
    const wallMs = options.wallMs ?? Date.now;
    const store = new Store(options.store, wallMs, options.storeLimits, options.fresh);
    try {
      const { start } = recordOf(store, options, wallMs());
      const home = await premises({ ...options.home, wire: "gbcs", start });
      // Users begin their counters where they like: what commissioning needs of them is little.
      for (const party of Object.values(home.headEnd.parties)) party.counter = 0n;
      await home.commission();
      const served = new ServedHome(options, home, store);
      await served.#resume(wallMs());
      return served;
    } catch (error) {
      store.close();
      throw error;
    }
  }

  private constructor(options: ServedHomeOptions, home: Premises, store: Store) {
    const timers = options.timers ?? realTimers;
    this.#options = options;
    this.home = home;
    this.#store = store;
    this.#timers = timers;
    this.failed = new Promise((_, reject) => {
      this.#fail = reject;
    });
    this.failed.catch(() => {});
    this.users = (options.users ?? (({ headEnd }) => usersOfRun(headEnd.pki)))(home);
    this.dccSigner =
      options.dccSigner ?? home.headEnd.pki.xml.signer(partyIdentities.accessControlBroker.eui, "dcc");
    this.#timeline = new Timeline(home.scheduler, timers, options.timeScale);
    this.#smki = new HomeSmki(home.headEnd, this.users, () => home.nowS);
    const { post = postOverHttp, delivery = {}, observe } = options;
    const delivered = (user: string, { body }: Push) => this.#told(user, body);
    const address = (eui: string) => {
      const user = this.users.get(eui);
      return user && options.address(user);
    };
    this.#delivery = new Delivery({ store, timers, post, address, observe, delivered }, delivery, this.#fail);
    const nowMs = () => home.startUtcMs + home.nowMs;
    const write = (message: DccMessage) => this.#write(message);
    const dcc = this.#openDcc();
    this.#dcc = dcc;
    this.#reception = new Reception({
      users: this.users,
      dcc,
      timeline: this.#timeline,
      store,
      nowMs,
      write,
    });
  }

  /** What the home's own users sign XML by. */
  get ownSigners(): readonly XmlSigner[] {
    const { certificates } = this.users;
    const signers = this.users.all().map(({ eui }) => this.home.headEnd.pki.xml.signer(eui, "user"));
    return signers.filter(({ serial }) => certificates.has(serial));
  }

  /** What they sign their files by. */
  get ownFileSigners(): readonly XmlSigner[] {
    return this.ownSigners.map(({ subject }) => fileSigner(this.home.headEnd.pki, subject));
  }

  /** Anomalous requests, those that wait last. */
  anomalies(): readonly Anomaly[] {
    return this.#dcc.anomalies.anomalies();
  }

  /** By path. */
  get handlers(): Readonly<Record<string, Handler>> {
    const audit = () => String(++this.#lookUps);
    const xml = (answer: Handler["answer"]): Handler => ({ type: "application/xml", answer });
    const smki = (answer: (body: Uint8Array) => SmkiAnswer) =>
      xml((body) => {
        const { status, xml: content } = answer(body);
        return Promise.resolve({ status, type: "application/xml", content });
      });
    const file = (kind: FileKind): Handler => ({
      type: "text/csv",
      answer: (body) => this.#reception.receiveFile(kind, body),
    });
    return {
      "/api/v1/serviceS": xml((body) => this.#reception.receive("send", body)),
      "/api/v1/serviceT": xml((body) => this.#reception.receive("transform", body)),
      "/api/v1/serviceD": xml((body) => this.#reception.receive("dcc", body)),
      "/services/certificatesearch": smki((body) => certificateSearch(body, this.#smki, audit())),
      "/services/retrievecertificate": smki((body) => certificateData(body, this.#smki, audit())),
      "/files/thresholds": file("thresholds"),
      "/files/exit-quarantine": file("exit-quarantine"),
    };
  }

  /** Time stands still, what is being delivered is waited for, the rest stays in the store. */
  async close(): Promise<void> {
    await this.#timeline.stop();
    await this.#delivery.stop();
    this.#store.close();
  }

  #openDcc() {
    const { registrations, settings } = this.#options;
    return serveOutside(this.home, {
      users: this.users.all(),
      ...(registrations && { registrations }),
      ...(settings && { settings }),
      push: (user, message) => this.#push(user, message),
    });
  }

  #push(user: string, message: DccMessage): void {
    const { code, requestId } = message;
    const isDroppable = requestId === undefined;
    const push = {
      ...{ xml: this.#write(message), code },
      ...(requestId !== undefined && { requestId }),
      ...("DCCAlertMessage" in message.body && { body: message.body }),
    };
    const at = this.#timeline.position;
    const kept = this.#store.push(user, { ...push, madeMs: this.#timers.nowMs() }, at, isDroppable);
    if (kept === "known") this.#told(user, push.body);
    if (kept === "known" || !this.#isOpen) return;
    const told = { user, code, ...(requestId !== undefined && { requestId }) };
    this.#options.observe({ kind: kept === "kept" ? "to-deliver" : "dropped", ...told });
    this.#delivery.wake(user);
  }

  /** Its address has taken a message: of a notice the delay ends here (KPI 11). */
  #told(user: string, body: DccMessage["body"] | undefined): void {
    if (body !== undefined) this.#dcc.anomalies.told(user, body);
  }

  #write(message: DccMessage): string {
    const xml = writeResponse(message);
    return this.#options.unsignedResponses ? xml : sign(xml, this.dccSigner);
  }

  /** Goes through what was before, and from there on with the time. */
  async #resume(wallMs: number): Promise<void> {
    const { timeScale = 1, home } = this.#options;
    let count = 0;
    for (const taken of this.#store.taken()) {
      await this.#reception.again(taken);
      count += 1;
    }
    const { reached } = this.#store;
    if (reached === undefined) this.#store.reach(this.#timeline.position);
    else await this.#timeline.replayTo(reached);
    this.#store.caughtUp();
    const lead = home.start === undefined ? beganMs - this.home.nowMs : 0;
    const passedMs = reached === undefined ? lead : (wallMs - reached.wallMs) * timeScale;
    this.#isOpen = true;
    this.home.trace.listener = (event: TraceEvent) => this.#options.observe(toldOf(event));
    this.#timeline.start(Math.min(Math.max(0, passedMs), maxBehindMs), this.#fail);
    for (const user of this.#store.usersWaitedFor()) this.#delivery.wake(user);
    this.#options.observe({
      kind: "home",
      start: new Date(this.home.startUtcMs).toISOString(),
      taken: count,
    });
  }
}

const toldOf = ({ t: _, seq: __, ...told }: TraceEvent): ServeEvent => told;

/** What the store says of the home, which must be the one that is asked for. Throws `serve/other-home`. */
function recordOf(
  store: Store,
  { home, settings, registrations, usersFrom }: ServedHomeOptions,
  wallMs: number,
): HomeRecord {
  const parts = JSON.stringify({ home, settings, registrations, usersFrom });
  const made = createHash("sha256").update(parts).digest("hex");
  const start = home.start ?? new Date(Math.floor((wallMs - beganMs) / 1000) * 1000).toISOString();
  const record = store.home(() => ({ format: 1, madeOf: made, start }) satisfies HomeRecord) as HomeRecord;
  if (record.format === 1 && record.madeOf === made) return record;
  const advice = "Give another folder with --store DIR; --fresh forgets the home that is in this one.";
  throw new CodedError("serve/other-home", "the store holds another home than the one asked for", { advice });
}
