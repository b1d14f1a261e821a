/** A recorded session as the requests that the host made and the answers it got. */
import { fromHex, toLowerHex } from "../../../hal/base/hex.ts";
import type { Recording } from "../../../hal/serial/line/index.ts";
import { boardGroupId, Command } from "../../../hal/serial/parts/board-group.ts";
import {
  decodePackets,
  firstByte,
  frameReceiver,
  isResponse,
  type Payload,
  payloadOf,
  requestOp,
  type SmpFraming,
  type SmpPacket,
} from "../../../hal/serial/smp/index.ts";

/** A whole packet, and where it ended in the recording. */
export interface RecordedPacket {
  readonly packet: SmpPacket;
  readonly bytes: Uint8Array;
  /** Of the recording's event list. */
  readonly event: number;
  readonly tMs: number;
}

export interface Exchange extends RecordedPacket {
  /** What makes a request the same one: all but its sequence number. */
  readonly key: string;
  /** How many {@link isOrdered ordered} requests stood before this one. */
  readonly after: number;
  answer?: RecordedPacket;
}

/** Where the line went away on its own, after so many ordered requests. */
export interface LineEnd {
  readonly after: number;
  readonly tMs: number;
  readonly reason: string;
}

export interface Exchanges {
  /** Those that act, or that bring what the run depends on: they come again in this order, or the run diverges. */
  readonly ordered: readonly Exchange[];
  /** Those that a host makes when it thinks fit: looks for events, at the clock, at the state of a part. */
  readonly looks: readonly Exchange[];
  readonly ends: readonly LineEnd[];
}

const lookCommands: ReadonlySet<number> = new Set([
  Command.describe,
  Command.clock,
  Command.mains,
  Command.tamper,
  Command.metrology,
  Command.modem,
  Command.events,
]);

export const isOrdered = ({ op, group, command }: SmpPacket): boolean =>
  op !== requestOp("read") || group !== boardGroupId || !lookCommands.has(command);

export const keyOf = (packet: SmpPacket): string =>
  `${firstByte(packet)}/${packet.group}/${packet.command}/${toLowerHex(packet.payload)}`;

/** The map in a packet; an empty one where there is none: what a board sent may be anything. */
export function mapOf(packet: SmpPacket): Payload {
  try {
    return payloadOf(packet);
  } catch {
    return {};
  }
}

/** What host and board put around the packets, and packets that arrived damaged, are left out. */
export function readExchanges({ events }: Pick<Recording, "events">, framing: SmpFraming): Exchanges {
  const ordered: Exchange[] = [];
  const looks: Exchange[] = [];
  const ends: LineEnd[] = [];
  const waiting = new Map<number, Exchange>();
  let at = { event: 0, tMs: 0 };
  const asked = (found: RecordedPacket): void => {
    const exchange = { ...found, key: keyOf(found.packet), after: ordered.length };
    (isOrdered(found.packet) ? ordered : looks).push(exchange);
    waiting.set(found.packet.sequence, exchange);
  };
  const answered = (found: RecordedPacket): void => {
    const exchange = waiting.get(found.packet.sequence);
    if (exchange === undefined || !answers(found.packet, exchange.packet)) return;
    waiting.delete(found.packet.sequence);
    exchange.answer = found;
  };
  const packets = (take: (found: RecordedPacket) => void, responses: boolean) =>
    frameReceiver(framing, {
      onPacket(bytes) {
        for (const packet of decodePackets(bytes))
          if (isResponse(packet) === responses) take({ packet, bytes, ...at });
      },
    });
  const [out, back] = [packets(asked, false), packets(answered, true)];
  events.forEach((row, event) => {
    at = { event, tMs: row.tMs };
    if (row.kind === "out") out.push(fromHex(row.hex));
    if (row.kind === "in") back.push(fromHex(row.hex));
    if (row.kind !== "close") return;
    for (const receiver of [out, back]) receiver.reset();
    waiting.clear();
    // What the host closed itself it closes again.
    if (event < events.length - 1 && row.reason !== "closed here")
      ends.push({ after: ordered.length, tMs: row.tMs, reason: row.reason });
  });
  return { ordered, looks, ends };
}

const answers = (answer: SmpPacket, request: SmpPacket): boolean =>
  answer.op === (request.op | 1) && answer.group === request.group && answer.command === request.command;
