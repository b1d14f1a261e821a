/** What each part of a board answers over SMP group 64, and what it tells unasked. */
import type { z } from "zod";
import type {
  AuxiliaryOutputs,
  Board,
  Cancel,
  Clock,
  Entropy,
  Flash,
  LoadSwitch,
  Mains,
  MainsState,
  MaybePromise,
  Metrology,
  MetrologyReading,
  Modem,
  Radio,
  Tamper,
  UserInterface,
} from "../../board.ts";
import type { Payload } from "../smp/cbor.ts";
import { refuse } from "./board-errors.ts";
import * as group from "./board-group.ts";
import type { EventQueue } from "./event-queue.ts";
import { Assembler } from "./pieces.ts";

type Answer = MaybePromise<Payload | undefined>;
type Handler = (payload: Payload) => Answer;
export interface Commands {
  readonly read?: Handler;
  readonly write?: Handler;
}

/** One part at the board's end of the line. */
export interface ServedPart {
  readonly names: readonly group.PartName[];
  readonly commands: Readonly<Record<number, Commands>>;
  /** After every power-on: listens to the part. */
  start?(events: EventQueue): readonly Cancel[];
}

/** The request in the shape it must have. Throws the group's misuse error. */
export function shaped<S extends z.ZodType>(schema: S, payload: Payload): z.infer<S> {
  const request = schema.safeParse(payload);
  if (request.success) return request.data;
  const { path = [], message = "" } = request.error.issues[0] ?? {};
  throw refuse("misuse", `${path.join(".") || "payload"}: ${message}`);
}

export const taking =
  <S extends z.ZodType>(schema: S, handle: (request: z.infer<S>) => Answer): Handler =>
  (payload) =>
    handle(shaped(schema, payload));

const { Command } = group;

const serveClock = (clock: Clock): ServedPart => ({
  names: ["clock"],
  commands: {
    [Command.clock]: {
      read: async () => ({ rtc: await clock.readRtcMs(), up: clock.uptimeMs() }),
      write: taking(group.clockWrite, async ({ rtc }) => void (await clock.setRtcMs(rtc))),
    },
  },
});

function serveFlash(flash: Flash, chunk: number): ServedPart {
  return {
    names: ["flash"],
    commands: {
      [Command.flashRead]: {
        read: taking(group.flashRead, async ({ off, len }) => {
          requireChunk(len, chunk);
          return { data: await flash.read(off, len) };
        }),
      },
      [Command.flashProgram]: {
        write: taking(group.flashProgram, async ({ off, data }) => {
          requireChunk(data.length, chunk);
          await flash.program(off, data);
        }),
      },
      [Command.flashErase]: {
        write: taking(group.flashErase, async ({ sector }) => void (await flash.erase(sector))),
      },
    },
  };
}

const serveEntropy = (entropy: Entropy, chunk: number): ServedPart => ({
  names: ["entropy"],
  commands: {
    [Command.entropy]: {
      read: taking(group.entropyRead, async ({ len }) => {
        requireChunk(len, Math.min(chunk, group.maxEntropyBytes));
        return { data: await entropy.bytes(len) };
      }),
    },
  },
});

function serveMains(mains: Mains): ServedPart {
  const report = async (state: MainsState): Promise<group.MainsReport> => ({
    present: [...state.phasesPresent],
    holdup: state.onHoldUp,
    mJ: Math.max(0, Math.round((await mains.holdUpJ()) * 1000)),
  });
  return {
    names: ["mains"],
    commands: { [Command.mains]: { read: async () => report(await mains.read()) } },
    start: (events) => [mains.onChange(async (state) => events.add("mains", await report(state)))],
  };
}

const serveSwitch = (loadSwitch: LoadSwitch): ServedPart => ({
  names: ["switch"],
  commands: {
    [Command.switch]: {
      read: async () => ({ closed: await loadSwitch.isClosed() }),
      write: taking(group.switchState, async ({ closed }) => {
        await loadSwitch.set(closed);
        return { closed: await loadSwitch.isClosed() };
      }),
    },
  },
});

function serveAuxiliary(auxiliary: AuxiliaryOutputs): ServedPart {
  const levels = async (n: number) => {
    const { output, input } = await auxiliary.read(n);
    return { out: output, in: input };
  };
  return {
    names: ["auxiliary"],
    commands: {
      [Command.auxiliary]: {
        read: taking(group.auxiliaryRead, ({ n }) => levels(n)),
        write: taking(group.auxiliaryWrite, async ({ n, out, in: input }) => {
          await auxiliary.set(n, { output: out, input });
          return levels(n);
        }),
      },
    },
  };
}

const serveTamper = (tamper: Tamper): ServedPart => ({
  names: ["tamper"],
  commands: { [Command.tamper]: { read: async () => ({ ...(await tamper.read()) }) } },
  start: (events) => [tamper.onChange((change) => events.add("tamper", change))],
});

const serveUserInterface = (ui: UserInterface): ServedPart => ({
  names: ["ui"],
  commands: {
    [Command.ui]: { write: taking(group.uiWrite, async ({ lines }) => void (await ui.show(lines))) },
  },
  start: (events) => [ui.onButton((press) => events.add("button", press))],
});

function serveMetrology(metrology: Metrology): ServedPart {
  let unwatch: Cancel = () => {};
  let queue: EventQueue | undefined;
  const report = (reading: MetrologyReading) => metrologyReport(reading, metrology.elementCount === 2);
  const watch = (items: readonly group.WatchItem[]): void => {
    unwatch();
    unwatch = () => {};
    if (items.length === 0) return;
    const thresholds = items.map(({ q, phase, level }) =>
      q === "mW"
        ? ({ quantity: "activePowerW", level: level / 1000 } as const)
        : ({ quantity: "rmsVoltageV", phase: phase ?? 0, level: level / 1000 } as const),
    );
    unwatch = metrology.watch(thresholds, (reading) => queue?.add("metrology", report(reading)));
  };
  return {
    names: ["metrology"],
    commands: {
      [Command.metrology]: {
        read: async () => report(await metrology.read()),
        write: taking(group.metrologyWrite, (request) => {
          watch(request.watch);
          return undefined;
        }),
      },
    },
    start: (events) => {
      queue = events;
      return [() => unwatch()];
    },
  };
}

const milli = (value: number): number => Math.round(value * 1000);
const metrologyReport = (reading: MetrologyReading, isTwin: boolean): group.MetrologyReport => ({
  mWh: [
    milli(reading.activeImportWh),
    milli(reading.activeExportWh),
    milli(reading.reactiveImportVarh),
    milli(reading.reactiveExportVarh),
  ],
  mW: milli(reading.activePowerW),
  mV: reading.rmsVoltageV.map(milli),
  mVs: reading.rmsVoltageVs.map(milli),
  ...(isTwin && { second: [milli(reading.secondaryImportWh), milli(reading.secondaryPowerW)] }),
});

function serveRadio(radio: Radio): ServedPart {
  let queue: EventQueue | undefined;
  let lastId: number | undefined;
  return {
    names: ["radio"],
    commands: {
      [Command.describe]: { read: () => forget() },
      [Command.radioConfigure]: {
        write: taking(group.radioConfigure, async ({ channel, pan, short, idle }) => {
          await radio.configure({ channel, panId: pan, shortAddress: short, rxOnWhenIdle: idle });
        }),
      },
      [Command.radioTransmit]: {
        write: taking(group.radioTransmit, async ({ id, mpdu }) => {
          if (id === lastId) return;
          await radio.transmit(mpdu, (outcome) => queue?.add("radio-sent", { id, outcome }));
          lastId = id;
        }),
      },
    },
    start: (events) => {
      queue = events;
      forget();
      const heard = ({ mpdu, rssiDbm, lqi }: { mpdu: Uint8Array; rssiDbm: number; lqi: number }): void =>
        events.add("radio-frame", { mpdu, rssi: Math.round(rssiDbm), lqi: Math.round(lqi) });
      return [radio.onFrame(heard)];
    },
  };
  function forget(): undefined {
    lastId = undefined;
  }
}

function serveModem(modem: Modem): ServedPart {
  let queue: EventQueue | undefined;
  const incoming = new Incoming((message, id) =>
    modem.send(message, (outcome) => queue?.add("modem-sent", { id, ok: outcome === "delivered" })),
  );
  return {
    names: ["modem"],
    commands: {
      [Command.describe]: { read: () => incoming.forget() },
      [Command.modem]: {
        read: async () => ({ attached: modem.attached, time: await modem.networkTimeMs() }),
        write: taking(group.modemWrite, async (request) => {
          if ("attach" in request) await modem.attach();
          else await incoming.add(request.id, request);
        }),
      },
    },
    start: (events) => {
      queue = events;
      incoming.forget();
      return [
        modem.onMessage((message) => events.addMessage("modem-piece", message)),
        modem.onAttachChange((attached) => events.add("modem-attached", { attached })),
      ];
    },
  };
}

/** What stands behind the part "message": a device's own firmware, to which whole messages go and from which they come. */
export interface MessageEnd {
  deliver(message: Uint8Array): MaybePromise<void>;
  onMessage(listener: (message: Uint8Array) => void): Cancel;
}

export function serveMessages(device: MessageEnd): ServedPart {
  const incoming = new Incoming((message) => device.deliver(message));
  return {
    names: ["message"],
    commands: {
      [Command.describe]: { read: () => incoming.forget() },
      [Command.message]: {
        write: taking(group.messageWrite, (request) => incoming.add(request.id, request)),
      },
    },
    start: (events) => {
      incoming.forget();
      return [device.onMessage((message) => events.addMessage("message-piece", message))];
    },
  };
}

export const serveStimulus = (apply: (stimulus: group.Stimulus) => MaybePromise<void>): ServedPart => ({
  names: ["stimulus"],
  commands: {
    [Command.stimulus]: {
      write: taking(group.stimulusWrite, async (request) => void (await apply(request))),
    },
  },
});

/** Messages that come in pieces, one after the other; a piece of the one just completed may be repeated. */
class Incoming {
  readonly #deliver: (message: Uint8Array, id: number) => MaybePromise<void>;
  readonly #assembler = new Assembler();
  #doneId: number | undefined;

  constructor(deliver: (message: Uint8Array, id: number) => MaybePromise<void>) {
    this.#deliver = deliver;
  }

  forget(): undefined {
    this.#assembler.clear();
    this.#doneId = undefined;
  }

  async add(id: number | undefined, piece: group.Piece): Promise<undefined> {
    if (id !== undefined && id === this.#doneId) return;
    const message = this.#assembler.add(piece);
    if (message === "wrong") throw refuse("misuse", `piece at ${piece.off}: fits nothing; begin again at 0`);
    if (message === "more") return;
    this.#doneId = id;
    await this.#deliver(message, id ?? 0);
  }
}

function requireChunk(length: number, chunk: number): void {
  if (length > chunk) throw refuse("tooLong", `${length} bytes; at most ${chunk} in one request`);
}

/** The parts of a board, but for message and stimulus, which no board has by itself. */
export function partsOf(board: Board, flash: Flash, chunk: number): ServedPart[] {
  const { clock, entropy, mains, metrology, loadSwitch, auxiliary, tamper, userInterface, radio, modem } =
    board;
  return [
    serveClock(clock),
    serveFlash(flash, chunk),
    serveEntropy(entropy, chunk),
    ...(mains ? [serveMains(mains)] : []),
    ...(metrology ? [serveMetrology(metrology)] : []),
    ...(loadSwitch ? [serveSwitch(loadSwitch)] : []),
    ...(auxiliary ? [serveAuxiliary(auxiliary)] : []),
    ...(tamper ? [serveTamper(tamper)] : []),
    ...(userInterface ? [serveUserInterface(userInterface)] : []),
    ...(radio ? [serveRadio(radio)] : []),
    ...(modem ? [serveModem(modem)] : []),
  ];
}
