import { type Cancel, HalError, type Listener, type Modem, type SendOutcome } from "../../board.ts";
import { Command, maxMessageBytes, modemResponse, type Piece } from "./board-group.ts";
import { Outcomes } from "./outcomes.ts";
import { Assembler } from "./pieces.ts";
import { type PowerOn, Subscribers } from "./power-on.ts";
import { nothing } from "./remote-parts.ts";

/** A modem tries for seconds; this much silence is a failure. */
const outcomeLimitMs = 120_000;
/** Messages kept until somebody listens. */
const maxEarly = 64;

/** Whole messages that come up in pieces. */
export class RemoteMessages {
  readonly #powerOn: PowerOn;
  readonly #messages: Subscribers<Uint8Array>;
  readonly #assembler = new Assembler();
  /** What came before anybody listened. */
  #early: Uint8Array[] = [];

  constructor(powerOn: PowerOn, kind: "modem-piece" | "message-piece") {
    this.#powerOn = powerOn;
    this.#messages = new Subscribers(powerOn);
    powerOn.handle(kind, (piece) => this.#take(piece));
    powerOn.onResync(async () => this.#assembler.clear());
  }

  onMessage(listener: Listener<Uint8Array>): Cancel {
    const cancel = this.#messages.add(listener);
    for (const message of this.#early.splice(0)) void this.#powerOn.post(() => this.#messages.emit(message));
    return cancel;
  }

  async #take(piece: Piece): Promise<void> {
    const message = this.#assembler.add(piece);
    if (!(message instanceof Uint8Array)) return;
    if (this.#messages.any) await this.#messages.emit(message);
    else if (this.#early.length < maxEarly) this.#early.push(message);
  }

  /** Sends a whole message; resolves when the board has all of it. */
  async send(what: string, command: number, message: Uint8Array, id: number): Promise<void> {
    const { client, description } = this.#powerOn;
    await this.#powerOn.guard(() => client.sendPieces(what, command, message, description.chunk, id));
  }
}

/** The way in and out of a board that runs its own firmware: whole messages, as its WAN or HAN would carry them. */
export class RemoteDevice {
  readonly #messages: RemoteMessages;
  readonly #powerOn: PowerOn;
  #id = 0;

  constructor(powerOn: PowerOn) {
    this.#powerOn = powerOn;
    this.#messages = new RemoteMessages(powerOn, "message-piece");
  }

  /** Throws `hal/misuse` for a message that is empty or longer than 65,535 bytes. */
  async deliver(message: Uint8Array): Promise<void> {
    this.#powerOn.require();
    requireMessage(message);
    await this.#messages.send("device", Command.message, message.slice(), ++this.#id);
  }

  onMessage(listener: Listener<Uint8Array>): Cancel {
    return this.#messages.onMessage(listener);
  }
}

export class RemoteModem implements Modem {
  readonly #powerOn: PowerOn;
  readonly #messages: RemoteMessages;
  readonly #attachChanges: Subscribers<boolean>;
  readonly #outcomes: Outcomes<SendOutcome>;
  #attached = false;
  #id = 0;

  constructor(powerOn: PowerOn) {
    this.#powerOn = powerOn;
    this.#messages = new RemoteMessages(powerOn, "modem-piece");
    this.#attachChanges = new Subscribers(powerOn);
    this.#outcomes = new Outcomes<SendOutcome>(powerOn, outcomeLimitMs, "failed");
    powerOn.handle("modem-sent", ({ id, ok }) => this.#outcomes.came(id, ok ? "delivered" : "failed"));
    powerOn.handle("modem-attached", ({ attached }) => this.#setAttached(attached));
    powerOn.onResync(() => this.refresh());
  }

  get attached(): boolean {
    this.#powerOn.require();
    return this.#attached;
  }

  /** Looks whether it is attached: at the start, and after events were lost. */
  async refresh(): Promise<void> {
    const { attached } = await this.#read();
    await this.#setAttached(attached);
  }

  async attach(): Promise<void> {
    await this.#powerOn.write("modem", Command.modem, { attach: true }, nothing);
  }

  async send(message: Uint8Array, done: Listener<SendOutcome>): Promise<void> {
    this.#powerOn.require();
    requireMessage(message);
    const id = ++this.#id;
    const bytes = message.slice();
    await this.#outcomes.expect(id, done, () => this.#messages.send("modem", Command.modem, bytes, id));
  }

  onMessage(listener: Listener<Uint8Array>): Cancel {
    return this.#messages.onMessage(listener);
  }

  onAttachChange(listener: Listener<boolean>): Cancel {
    return this.#attachChanges.add(listener);
  }

  async networkTimeMs(): Promise<number | undefined> {
    return (await this.#read()).time;
  }

  #read(): Promise<{ attached: boolean; time?: number | undefined }> {
    return this.#powerOn.read("modem", Command.modem, {}, modemResponse);
  }

  async #setAttached(attached: boolean): Promise<void> {
    if (attached === this.#attached) return;
    this.#attached = attached;
    await this.#attachChanges.emit(attached);
  }
}

function requireMessage(message: Uint8Array): void {
  if (message.length > 0 && message.length <= maxMessageBytes) return;
  throw new HalError("hal/misuse", `a message has 1 to ${maxMessageBytes} bytes, got ${message.length}`);
}
