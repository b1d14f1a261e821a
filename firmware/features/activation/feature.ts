/**
 * Firmware: CS06 activates the image that waits, at once or when its time comes (GBCS 11.5), ECS52 and CS08 tell what runs.
 * Image and hash are looked at when it is time, never on reception. The image takes over by a restart, and the command is
 * answered, or its alert raised, by the firmware that runs afterwards: it alone knows the outcome.
 */
import { sameBytes } from "../../../hal/base/bytes.ts";
import { PowerLost } from "../../../hal/board.ts";
import { Kept } from "../../kernel/kept.ts";
import {
  alerts,
  messages,
  type Outcome,
  objects,
  toPlain,
  type ValueOf,
  valueTypes,
} from "../../model/index.ts";
import { NEVER, NOW, type Status } from "../../wire/message.ts";
import type { CommandOrigin } from "../command-origin.ts";
import type { DeviceContext, Feature } from "../feature.ts";
import { decodeOrigin, encodeOrigin, OutcomeCode } from "../future-dating/feature.ts";
import { report } from "../report.ts";
import { calls, reads, serve } from "../serve.ts";
import type { FirmwareImages } from "./images.ts";

type Types = typeof valueTypes;
type Request = ValueOf<Types["activationRequest"]>;
type Reply = ValueOf<Types["activationReply"]>;
type Code = ValueOf<Types["activationOutcome"]>["code"];

/** Starts in which an activation that nothing speaks against may be tried, power cuts on its way included. */
const maxStarts = 3;

interface Asked {
  readonly hash: Uint8Array;
  /** `encodeOrigin`. */
  readonly origin: Uint8Array;
}
interface Waiting extends Asked {
  readonly atS: number;
}
interface UnderWay extends Asked {
  /** Its outcome is told by an alert. */
  readonly dated: boolean;
  readonly starts: number;
}

/** `factory`: the version that the device was made with. */
export function activationFeature(
  context: DeviceContext,
  images: FirmwareImages,
  factory: Uint8Array,
): Feature {
  const own = new Activation(context, images, factory);
  return {
    name: "activation",
    start: () => own.start(),
    imageArrived: () => own.imageArrived(),
    objects: [
      serve(objects.firmwareImage, {
        activate: calls(
          (request: Request, origin) => own.activate(request, origin),
          (reply: Reply, request: Request) => own.loadReply(reply, request),
          (): Reply => ({ outcome: own.told("failed") }),
        ),
        version: calls(
          (_: null) => ({ value: { version: own.version, code: 0 } }),
          ({ version }) => own.load(version),
          () => ({ version: new Uint8Array(4), code: 1 }),
        ),
      }),
      serve(objects.firmwareVersion, {
        value: reads(
          () => own.version,
          (version) => own.load(version),
        ),
      }),
    ],
  };
}

class Activation {
  readonly #context: DeviceContext;
  readonly #images: FirmwareImages;
  /** Of what ran at the last start. */
  readonly #ran: Kept<{ readonly version: Uint8Array }>;
  readonly #waiting: Kept<Waiting | null>;
  readonly #underWay: Kept<UnderWay | null>;
  #disarm: () => void = () => {};

  constructor(context: DeviceContext, images: FirmwareImages, factory: Uint8Array) {
    this.#context = context;
    this.#images = images;
    this.#ran = new Kept(context.journal, "firmware-version", { version: factory });
    this.#waiting = new Kept<Waiting | null>(context.journal, "activation/waiting", null);
    this.#underWay = new Kept<UnderWay | null>(context.journal, "activation/under-way", null);
  }

  get version(): Uint8Array {
    return this.#ran.value.version;
  }

  load(version: Uint8Array): Promise<void> {
    return this.#ran.keep({ version });
  }

  /** So that activating comes to the outcome: with its image held, another one, or none. */
  async loadReply(reply: Reply, { hash }: Request): Promise<void> {
    if (!("outcome" in reply)) return;
    const { code, version } = reply.outcome;
    const other = hash.map((octet) => octet ^ 0xff);
    const held = { success: hash, failed: hash, hashMismatch: other, noImage: undefined }[code];
    this.#images.load?.(held && { hash: held, version });
    if (code !== "success") await this.load(version);
  }

  told(code: Code): ValueOf<Types["activationOutcome"]> {
    return { code, version: this.version };
  }

  async start(): Promise<void> {
    await this.#noteVersion();
    if (this.#images.faultAtStart !== undefined) {
      this.#context.observe({ kind: "image-fault", why: this.#images.faultAtStart });
      await report(this.#context, alerts.firmwareFaultAtStart.code);
    }
    const underWay = this.#underWay.value;
    if (underWay?.dated === true) await this.#tellOutcome(underWay.origin, await this.#goOn(underWay));
    this.#aim();
  }

  /** 8F43 is logged once for each change. */
  async #noteVersion(): Promise<void> {
    const { version } = this.#images;
    if (version === undefined || sameBytes(version, this.version)) return;
    await this.#ran.keepWith({ version }, (change) =>
      report(this.#context, alerts.firmwareChanged.code, { changes: [change] }),
    );
  }

  /** Tells whether it would start: 8F72 with its hash, or 8F1C. */
  async imageArrived(): Promise<void> {
    const hash = await this.#images.heldHash();
    const good = hash !== undefined && (await this.#images.heldIsGood());
    if (good) await report(this.#context, alerts.imageVerified.code, { values: [hash] });
    else await report(this.#context, alerts.imageNotVerified.code);
  }

  async activate(
    { hash, counter, executionTime: atS = NOW }: Request,
    origin: CommandOrigin,
  ): Promise<Outcome<Reply, Status>> {
    if (counter !== origin.counter) return { value: { outcome: this.told("failed") } };
    const asked = { hash, origin: encodeOrigin(origin) };
    if (atS !== NOW) {
      this.#disarm();
      await this.#waiting.keep(atS === NEVER ? null : { ...asked, atS });
      this.#aim();
      return { value: { waiting: null } };
    }
    const underWay = this.#underWay.value;
    const again = underWay !== null && !underWay.dated && sameBytes(underWay.origin, asked.origin);
    const code = again
      ? await this.#goOn(underWay)
      : await this.#begin({ ...asked, dated: false, starts: 0 });
    if (this.#underWay.value !== null) await this.#underWay.keep(null);
    return { value: { outcome: this.told(code) } };
  }

  #aim(): void {
    const waiting = this.#waiting.value;
    if (waiting !== null) this.#disarm = this.#context.at(waiting.atS, () => this.#execute(waiting));
  }

  async #execute({ hash, origin }: Waiting): Promise<void> {
    await this.#tellOutcome(origin, await this.#begin({ hash, origin, dated: true, starts: 0 }));
  }

  async #tellOutcome(encoded: Uint8Array, code: Code): Promise<void> {
    const { role, counter } = decodeOrigin(encoded);
    const alertCode = code === "success" ? OutcomeCode.actioned : OutcomeCode.notActioned;
    const values = [counter, toPlain(valueTypes.activationOutcome, this.told(code))];
    const ended = [this.#waiting.change(null), this.#underWay.change(null)];
    const alert = { alertCode, message: messages.FDOA.code, to: role, values };
    await this.#underWay.keepWith(null, () =>
      this.#waiting.keepWith(null, () => this.#context.raise(alert, ended)),
    );
  }

  /** An activation that a restart, wanted or not, has come into. */
  async #goOn(underWay: UnderWay): Promise<Code> {
    const running = this.#images.runningHash();
    if (running !== undefined && sameBytes(running, underWay.hash)) return "success";
    const held = await this.#images.heldHash();
    const possible = held !== undefined && sameBytes(held, underWay.hash);
    return possible && underWay.starts < maxStarts ? this.#begin(underWay) : "failed";
  }

  /** Does not return when the device starts anew. */
  async #begin(underWay: UnderWay): Promise<Code> {
    const held = await this.#images.heldHash();
    if (held === undefined) return "noImage";
    if (!sameBytes(held, underWay.hash)) return "hashMismatch";
    if (this.#images.restart === undefined) return this.#takeOver();
    await this.#underWay.keep({ ...underWay, starts: underWay.starts + 1 });
    if (!(await this.#images.activate())) return "failed";
    this.#context.observe({ kind: "restart", why: "activation" });
    this.#images.restart();
    throw new PowerLost("restart to activate firmware");
  }

  /** At the next start, or here and now where nothing starts. */
  async #takeOver(): Promise<Code> {
    const done = await this.#images.activate();
    await this.#noteVersion();
    return done ? "success" : "failed";
  }
}
