/** Flash, entropy, mains, load switch, auxiliary outputs, tamper and user interface of a board at the far end of a line. */
import { z } from "zod";
import {
  type AuxiliaryLevels,
  type AuxiliaryOutputs,
  type Button,
  type Cancel,
  type Entropy,
  type Flash,
  type FlashGeometry,
  HalError,
  type Listener,
  type LoadSwitch,
  type Mains,
  type MainsState,
  type Tamper,
  type TamperInput,
  type UserInterface,
} from "../../board.ts";
import * as group from "./board-group.ts";
import { type PowerOn, Subscribers } from "./power-on.ts";

const { Command } = group;

/** An answer that says only that it was done. */
export const nothing = z.looseObject({});

/** What the group can carry; anything else never leaves the host. */
export function requireInteger(what: string, value: number, max = Number.MAX_SAFE_INTEGER): void {
  if (Number.isSafeInteger(value) && value >= 0 && value <= max) return;
  throw new HalError("hal/misuse", `${what}: expected an integer from 0 to ${max}, got ${value}`, { value });
}

export class RemoteFlash implements Flash {
  readonly geometry: FlashGeometry;
  readonly #powerOn: PowerOn;
  readonly #bytes: number;
  /** Data bytes of one program: whole units. */
  readonly #programBytes: number;

  constructor(powerOn: PowerOn, flash: NonNullable<group.Description["flash"]>) {
    const { sector, count, unit } = flash;
    this.#powerOn = powerOn;
    this.geometry = { sectorBytes: sector, sectorCount: count, programUnitBytes: unit };
    this.#bytes = sector * count;
    this.#programBytes = Math.floor(powerOn.description.chunk / unit) * unit;
    if (sector % unit !== 0 || this.#programBytes === 0)
      throw new HalError("hal/fault", `remote flash: impossible geometry ${sector}/${count}/${unit}`);
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    this.#requireRange(offset, length);
    const out = new Uint8Array(length);
    const { chunk } = this.#powerOn.description;
    for (let at = 0; at < length; at += chunk) {
      const len = Math.min(chunk, length - at);
      const request = { off: offset + at, len };
      const { data } = await this.#powerOn.read("flash", Command.flashRead, request, group.dataResponse);
      requireLength("flash", data, len);
      out.set(data, at);
    }
    return out;
  }

  async program(offset: number, data: Uint8Array): Promise<void> {
    this.#requireRange(offset, data.length);
    const unit = this.geometry.programUnitBytes;
    if (data.length === 0 || offset % unit !== 0 || data.length % unit !== 0)
      throw new HalError("hal/misuse", `flash: program of ${data.length} bytes at ${offset}, unit ${unit}`);
    const bytes = data.slice();
    if (bytes.length > this.#programBytes) await this.#requireClear(offset, bytes);
    for (let at = 0; at < bytes.length; at += this.#programBytes) {
      const request = { off: offset + at, data: bytes.subarray(at, at + this.#programBytes) };
      await this.#powerOn.write("flash", Command.flashProgram, request, nothing);
    }
  }

  async erase(sector: number): Promise<void> {
    requireInteger("flash sector", sector, this.geometry.sectorCount - 1);
    await this.#powerOn.write("flash", Command.flashErase, { sector }, nothing);
  }

  #requireRange(offset: number, length: number): void {
    this.#powerOn.require();
    requireInteger("flash offset", offset, this.#bytes);
    requireInteger("flash length", length, this.#bytes - offset);
  }

  /** A program in several requests must be refused whole: nothing stored when one of its bits may not be set. */
  async #requireClear(offset: number, data: Uint8Array): Promise<void> {
    const stored = await this.read(offset, data.length);
    const at = data.findIndex((byte, index) => (byte & ~stored[index]!) !== 0);
    if (at < 0) return;
    throw new HalError("hal/misuse", `flash: byte ${offset + at} has a 0 bit that would have to become 1`);
  }
}

/** Most bytes a call may ask for, as of any board. */
const maxEntropyCall = 1024;

export class RemoteEntropy implements Entropy {
  readonly #powerOn: PowerOn;

  constructor(powerOn: PowerOn) {
    this.#powerOn = powerOn;
  }

  async bytes(length: number): Promise<Uint8Array> {
    requireInteger("entropy length", length, maxEntropyCall);
    const out = new Uint8Array(length);
    const chunk = Math.min(this.#powerOn.description.chunk, group.maxEntropyBytes);
    for (let at = 0; at < length; at += chunk) {
      const len = Math.min(chunk, length - at);
      const { data } = await this.#powerOn.read("entropy", Command.entropy, { len }, group.dataResponse);
      requireLength("entropy", data, len);
      out.set(data, at);
    }
    return out;
  }
}

export class RemoteMains implements Mains {
  readonly #powerOn: PowerOn;
  readonly #changes: Subscribers<MainsState>;
  #told: MainsState | undefined;

  constructor(powerOn: PowerOn) {
    this.#powerOn = powerOn;
    this.#changes = new Subscribers(powerOn);
    powerOn.handle("mains", (report) => this.#tell(stateOf(report)));
    powerOn.onResync(async () => this.#tell(await this.read()));
  }

  async read(): Promise<MainsState> {
    return stateOf(await this.#read());
  }

  async holdUpJ(): Promise<number> {
    return (await this.#read()).mJ / 1000;
  }

  onChange(listener: Listener<MainsState>): Cancel {
    return this.#changes.add(listener);
  }

  #read(): Promise<group.MainsReport> {
    return this.#powerOn.read("mains", Command.mains, {}, group.mainsResponse);
  }

  async #tell(state: MainsState): Promise<void> {
    if (JSON.stringify(state) === JSON.stringify(this.#told)) return;
    this.#told = state;
    await this.#changes.emit(state);
  }
}

const stateOf = ({ present, holdup }: group.MainsReport): MainsState => ({
  phasesPresent: present,
  onHoldUp: holdup,
});

export class RemoteLoadSwitch implements LoadSwitch {
  readonly #powerOn: PowerOn;

  constructor(powerOn: PowerOn) {
    this.#powerOn = powerOn;
  }

  async set(closed: boolean): Promise<void> {
    const feedback = await this.#powerOn.write("load switch", Command.switch, { closed }, group.switchState);
    if (feedback.closed === closed) return;
    throw new HalError("hal/fault", `load switch: commanded ${closed}, feedback says ${feedback.closed}`, {
      commanded: closed,
      feedback: feedback.closed,
    });
  }

  async isClosed(): Promise<boolean> {
    return (await this.#powerOn.read("load switch", Command.switch, {}, group.switchState)).closed;
  }
}

export class RemoteAuxiliary implements AuxiliaryOutputs {
  readonly #powerOn: PowerOn;

  constructor(powerOn: PowerOn) {
    this.#powerOn = powerOn;
  }

  async set(number: number, { output, input }: AuxiliaryLevels): Promise<void> {
    const wanted = { n: number, out: output, in: input };
    const feedback = await this.#powerOn.write(part, Command.auxiliary, wanted, group.auxiliaryLevels);
    if (feedback.out === output && feedback.in === input) return;
    const text = `auxiliary output ${number}: commanded ${output} and ${input} %, feedback says ${feedback.out} and ${feedback.in} %`;
    throw new HalError("hal/fault", text, { number, feedback });
  }

  async read(number: number): Promise<AuxiliaryLevels> {
    const request = { n: number };
    const levels = await this.#powerOn.read(part, Command.auxiliary, request, group.auxiliaryLevels);
    return { output: levels.out, input: levels.in };
  }
}
const part = "auxiliary output";

type Inputs = Readonly<Record<TamperInput, boolean>>;

export class RemoteTamper implements Tamper {
  readonly #powerOn: PowerOn;
  readonly #changes: Subscribers<{ readonly input: TamperInput; readonly active: boolean }>;
  readonly #told = new Map<TamperInput, boolean>();

  constructor(powerOn: PowerOn) {
    this.#powerOn = powerOn;
    this.#changes = new Subscribers(powerOn);
    powerOn.handle("tamper", ({ input, active }) => this.#tell(input, active));
    powerOn.onResync(async () => {
      const state = Object.entries(await this.read()) as [TamperInput, boolean][];
      for (const [input, active] of state)
        if ((this.#told.get(input) ?? false) !== active) await this.#tell(input, active);
    });
  }

  read(): Promise<Inputs> {
    return this.#powerOn.read("tamper", Command.tamper, {}, group.tamperResponse);
  }

  onChange(listener: Listener<{ readonly input: TamperInput; readonly active: boolean }>): Cancel {
    return this.#changes.add(listener);
  }

  async #tell(input: TamperInput, active: boolean): Promise<void> {
    this.#told.set(input, active);
    await this.#changes.emit({ input, active });
  }
}

const screen = { lines: 4, characters: 32 };

export class RemoteUserInterface implements UserInterface {
  readonly #powerOn: PowerOn;
  readonly #presses: Subscribers<{ readonly button: Button }>;

  constructor(powerOn: PowerOn) {
    this.#powerOn = powerOn;
    this.#presses = new Subscribers(powerOn);
    powerOn.handle("button", ({ button }) => this.#presses.emit({ button }));
  }

  async show(lines: readonly string[]): Promise<void> {
    this.#powerOn.require();
    if (lines.length > screen.lines || lines.some((line) => [...line].length > screen.characters))
      throw new HalError(
        "hal/misuse",
        `display: at most ${screen.lines} lines of ${screen.characters} characters`,
      );
    await this.#powerOn.write("display", Command.ui, { lines: [...lines] }, nothing);
  }

  onButton(listener: Listener<{ readonly button: Button }>): Cancel {
    return this.#presses.add(listener);
  }
}

function requireLength(what: string, data: Uint8Array, expected: number): void {
  if (data.length === expected) return;
  throw new HalError("hal/fault", `remote ${what}: asked for ${expected} bytes, got ${data.length}`);
}
