/**
 * SMP group 64 as `../board-group.cddl` defines it: numbers, and the shape of every payload. Both ends read
 * what comes in through these schemas, which drop keys they do not know.
 */
import { z } from "zod";
import { buttons, tamperInputs } from "../../board.ts";

export const boardGroupId = 64;

export const Command = {
  describe: 0,
  clock: 1,
  flashRead: 2,
  flashProgram: 3,
  flashErase: 4,
  mains: 5,
  switch: 6,
  tamper: 7,
  metrology: 8,
  ui: 9,
  entropy: 10,
  radioConfigure: 11,
  radioTransmit: 12,
  modem: 13,
  events: 15,
  message: 16,
  stimulus: 17,
  signed: 18,
  auxiliary: 19,
} as const;

/** board-error: the `rc` of an error of this group. */
export const BoardError = {
  unknown: 1,
  absent: 2,
  misuse: 3,
  fault: 4,
  busy: 5,
  tooLong: 6,
  unsignedRefused: 7,
  signature: 8,
  counter: 9,
} as const;

/** Protocol version spoken here. */
export const protocolVersion = 1;
/** Longest message in pieces, bytes: what a modem carries. */
export const maxMessageBytes = 65_535;
/** Most random bytes in one answer. */
export const maxEntropyBytes = 256;
export const maxThresholds = 64;

export type PartName =
  | "clock"
  | "flash"
  | "entropy"
  | "mains"
  | "metrology"
  | "switch"
  | "auxiliary"
  | "tamper"
  | "ui"
  | "radio"
  | "modem"
  | "message"
  | "stimulus";

const integer = z.int();
const uint = z.int().min(0);
const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array, "expected bytes");
/** Phases: one, or three; a few more do no harm. */
const perPhase = <T extends z.ZodType>(item: T) => z.array(item).min(1).max(8);

export const describeResponse = z.object({
  proto: uint,
  kind: z.string().max(64),
  id: z.string().max(64),
  parts: z.array(z.string().max(32)).max(64),
  flash: z
    .object({
      sector: z.int().min(1),
      count: z.int().min(1),
      unit: z.int().min(1),
    })
    .optional(),
  phases: z.int().min(1).max(8).optional(),
  elements: z.union([z.literal(1), z.literal(2)]).optional(),
  eui: bytes.refine((eui) => eui.length === 8, "an EUI-64 has 8 bytes").optional(),
  signed: z.boolean(),
  chunk: z.int().min(16).max(maxMessageBytes),
});
export type Description = z.infer<typeof describeResponse>;

export const clockResponse = z.object({ up: uint, rtc: uint.optional() });
export const clockWrite = z.object({ rtc: uint });

export const flashRead = z.object({ off: uint, len: uint });
export const flashProgram = z.object({ off: uint, data: bytes });
export const flashErase = z.object({ sector: uint });
export const dataResponse = z.object({ data: bytes });

export const mainsResponse = z.object({ present: perPhase(z.boolean()), holdup: z.boolean(), mJ: uint });
export type MainsReport = z.infer<typeof mainsResponse>;

export const switchState = z.object({ closed: z.boolean() });

/** Percent each way, of output `n`. */
const percent = z.int().min(0).max(100);
export const auxiliaryRead = z.object({ n: uint });
export const auxiliaryLevels = z.object({ out: percent, in: percent });
export const auxiliaryWrite = auxiliaryLevels.extend({ n: uint });

export const tamperResponse = z.object({
  "meter-cover": z.boolean(),
  "terminal-cover": z.boolean(),
  "battery-cover": z.boolean(),
  magnet: z.boolean(),
  /** Boards without them leave them out. */
  "second-terminal-cover": z.boolean().default(false),
  other: z.boolean().default(false),
});

export const metrologyResponse = z.object({
  mWh: z.tuple([uint, uint, uint, uint]),
  mW: integer,
  mV: perPhase(uint),
  mVs: perPhase(uint),
  second: z.tuple([uint, integer]).optional(),
});
export type MetrologyReport = z.infer<typeof metrologyResponse>;
const watchItem = z.object({ q: z.enum(["mW", "mV"]), phase: uint.optional(), level: integer });
export const metrologyWrite = z.object({ watch: z.array(watchItem).max(maxThresholds) });
export type WatchItem = z.infer<typeof watchItem>;

export const uiWrite = z.object({ lines: z.array(z.string().max(256)).max(16) });

export const entropyRead = z.object({ len: uint });

export const radioConfigure = z.object({ channel: uint, pan: uint, short: uint, idle: z.boolean() });
export const radioTransmit = z.object({ id: uint, mpdu: bytes });

export const modemResponse = z.object({ attached: z.boolean(), time: uint.optional() });
const piece = z.object({ off: uint, len: uint.optional(), data: bytes });
export type Piece = z.infer<typeof piece>;
export const modemWrite = z.union([z.object({ attach: z.literal(true) }), piece.extend({ id: uint })]);

/** With an `id` a repeated piece of a message that is complete already does no harm. */
export const messageWrite = piece.extend({ id: uint.optional() });

export const stimulusWrite = z.object({
  mains: perPhase(z.boolean()).optional(),
  mJ: uint.optional(),
  tamper: z.partialRecord(z.enum(tamperInputs), z.boolean()).optional(),
  button: z.enum(buttons).optional(),
  stuck: z.boolean().optional(),
});
export type Stimulus = z.infer<typeof stimulusWrite>;

export const signedWrite = z.object({ cose: bytes });

export const eventsRead = z.object({ ack: uint.optional() });
const anyEvent = z.looseObject({ n: uint, up: uint, kind: z.string().max(32) });
export type AnyEvent = z.infer<typeof anyEvent>;
export const eventsResponse = z.object({ events: z.array(anyEvent).max(1024), lost: uint.optional() });

/** What each kind of event carries besides `n`, `up` and `kind`. */
export const eventFields = {
  boot: z.object({ reason: z.string().max(32) }),
  mains: mainsResponse,
  metrology: metrologyResponse,
  tamper: z.object({
    input: z.enum(tamperInputs),
    active: z.boolean(),
  }),
  button: z.object({ button: z.enum(buttons) }),
  "radio-sent": z.object({ id: uint, outcome: z.enum(["sent", "no-ack", "channel-busy"]) }),
  "radio-frame": z.object({ mpdu: bytes, rssi: integer, lqi: uint }),
  "modem-sent": z.object({ id: uint, ok: z.boolean() }),
  "modem-attached": z.object({ attached: z.boolean() }),
  "modem-piece": piece,
  "message-piece": piece,
  fault: z.object({ text: z.string().max(512) }),
};
export type EventKind = keyof typeof eventFields;
export type EventFields = { [K in EventKind]: z.infer<(typeof eventFields)[K]> };
/** One event of a kind known here. */
export type BoardEvent = {
  [K in EventKind]: { readonly n: number; readonly up: number; readonly kind: K } & EventFields[K];
}[EventKind];

/** The event in its own terms; undefined when its kind is unknown or its fields are wrong. */
export function readEvent(event: AnyEvent): BoardEvent | undefined {
  if (!Object.hasOwn(eventFields, event.kind)) return undefined;
  const kind = event.kind as EventKind;
  const fields = eventFields[kind].safeParse(event);
  return fields.success
    ? ({ ...fields.data, n: event.n, up: event.up, kind } as unknown as BoardEvent)
    : undefined;
}

/** Acting commands, where a board wants them signed: group 64 here, groups 0 and 1 beside it. Writes only. */
export function isActing(group: number, command: number): boolean {
  return acting[group]?.has(command) ?? false;
}
const acting: Readonly<Record<number, ReadonlySet<number>>> = {
  0: new Set([5]),
  1: new Set([0, 1, 5]),
  [boardGroupId]: new Set<number>([
    Command.clock,
    Command.flashProgram,
    Command.flashErase,
    Command.switch,
    Command.auxiliary,
  ]),
};
