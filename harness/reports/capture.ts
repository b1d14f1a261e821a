/** `capture.pcapng`: what was on the air and on the WAN in every home of a run, with the keys that open it. */

import { join } from "node:path";
import { toHex } from "../../hal/base/hex.ts";
import type { CapturedPacket, CaptureKey, Captures } from "../premises/captures.ts";
import { shellWord } from "../text.ts";
import { LinkType, PcapngWriter } from "./pcapng.ts";
import type { CaptureSpan } from "./run-report.ts";

const linkTypes: Record<CapturedPacket["link"], number> = {
  han: LinkType.ieee802154NoFcs,
  wan: LinkType.user0,
};
/** Virtual time between one home's last packet and the next home's first. */
const gapMs = 60_000;

/** A home's capture, and the scenario it belongs to. */
export interface CapturedHome {
  readonly scenario: string;
  readonly captures: Captures;
}

export interface CaptureFile {
  readonly bytes: Uint8Array;
  /** Where each home's frames stand, in the order the homes were given; undefined for one without any. */
  readonly spans: readonly (CaptureSpan | undefined)[];
}

/** The file, or undefined when nothing was captured. Homes follow one another in time. */
export function captureFile(homes: readonly CapturedHome[]): CaptureFile | undefined {
  const all = homes.map(({ captures }) => captures);
  if (!all.some(({ packets }) => packets.length > 0)) return undefined;
  const writer = new PcapngWriter("Zigbee keys: see zigbee_pc_keys beside this file");
  for (const { key, panId } of uniqueKeys(all, "network")) writer.zigbeeNetworkKey(key, panId ?? 0);
  let offsetMs = 0;
  let frames = 0;
  let number = 0;
  const spans = homes.map((home): CaptureSpan | undefined => {
    const { packets } = home.captures;
    if (packets.length === 0) return undefined;
    addHome(writer, home, ++number, offsetMs);
    offsetMs += (packets.at(-1)?.timeMs ?? 0) + gapMs;
    const firstFrame = frames + 1;
    frames += packets.length;
    return { home: number, firstFrame, lastFrame: frames };
  });
  return { bytes: writer.toBytes(), spans };
}

/** What shows these frames, decrypted: the keys lie beside the capture, where `WIRESHARK_CONFIG_DIR` looks for them. */
export function tsharkLine(out: string, spans: readonly CaptureSpan[]): string {
  const frames = joined(spans).map(
    ({ firstFrame, lastFrame }) => `(frame.number >= ${firstFrame} && frame.number <= ${lastFrame})`,
  );
  const filter = frames.length === 0 ? "" : ` -Y ${shellWord(frames.join(" || "))}`;
  return `WIRESHARK_CONFIG_DIR=${shellWord(out)} tshark -r ${shellWord(join(out, "capture.pcapng"))}${filter}`;
}

/** Homes that follow one another are one stretch of frames. */
function joined(spans: readonly CaptureSpan[]): CaptureSpan[] {
  const stretches: CaptureSpan[] = [];
  for (const span of spans) {
    const last = stretches.at(-1);
    if (last !== undefined && last.lastFrame + 1 === span.firstFrame)
      stretches[stretches.length - 1] = { ...last, lastFrame: span.lastFrame };
    else stretches.push(span);
  }
  return stretches;
}

/** Wireshark's own table of Zigbee keys (a file `zigbee_pc_keys` in its configuration folder), all homes' keys. */
export function wiresharkKeys(captures: readonly Captures[]): string {
  const keys = [...uniqueKeys(captures, "network"), ...uniqueKeys(captures, "link")];
  return keys
    .map(({ key, label }) => `"${hexPairs(key)}","Normal","${label.replace(/[^\w .-]/g, "_")}"\n`)
    .join("");
}

function addHome(
  writer: PcapngWriter,
  { scenario, captures: home }: CapturedHome,
  number: number,
  offsetMs: number,
) {
  const interfaces = new Map<CapturedPacket["link"], number>();
  for (const link of ["han", "wan"] as const)
    if (home.packets.some((packet) => packet.link === link))
      interfaces.set(
        link,
        writer.addInterface(`home ${number} ${link.toUpperCase()}: ${scenario}`, linkTypes[link]),
      );
  const inOrder = [...home.packets].sort((a, b) => a.timeMs - b.timeMs);
  for (const packet of inOrder)
    writer.packet(interfaces.get(packet.link) as number, packet.bytes, {
      timeUs: Math.round((home.startUtcMs + offsetMs + packet.timeMs) * 1000),
      comment: commentOf(packet),
    });
}

function commentOf(packet: CapturedPacket): string {
  const direction = packet.direction === undefined ? "" : `, ${packet.direction}link`;
  return `from ${packet.from}${direction}${packet.fcsOk === false ? ", damaged on the air" : ""}`;
}

function uniqueKeys(captures: readonly Captures[], kind: CaptureKey["kind"]): CaptureKey[] {
  const all = captures.flatMap((home) => home.keys).filter((key) => key.kind === kind);
  return [...new Map(all.map((key) => [hexPairs(key.key), key])).values()];
}

function hexPairs(bytes: Uint8Array): string {
  return toHex(bytes).replace(/..(?=.)/g, "$&:");
}
