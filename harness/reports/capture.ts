/** `capture.pcapng`: what was on the air and on the WAN in every home of a run, with the keys that open it. */
import type { CapturedPacket, CaptureKey, Captures } from "../run-context.ts";
import { LinkType, PcapngWriter } from "./pcapng.ts";

const linkTypes: Record<CapturedPacket["link"], number> = {
  han: LinkType.ieee802154NoFcs,
  wan: LinkType.user0,
};
/** Virtual time between one home's last packet and the next home's first. */
const gapMs = 60_000;

/** The file's bytes, or undefined when nothing was captured. Homes follow one another in time. */
export function captureFile(captures: readonly Captures[]): Uint8Array | undefined {
  const homes = captures.filter((home) => home.packets.length > 0);
  if (homes.length === 0) return undefined;
  const writer = new PcapngWriter("Zigbee keys: see zigbee_pc_keys beside this file");
  for (const { key, panId } of uniqueKeys(homes, "network")) writer.zigbeeNetworkKey(key, panId ?? 0);
  let offsetMs = 0;
  homes.forEach((home, i) => {
    addHome(writer, home, i + 1, offsetMs);
    offsetMs += (home.packets.at(-1)?.timeMs ?? 0) + gapMs;
  });
  return writer.toBytes();
}

/** Wireshark's own table of Zigbee keys (a file `zigbee_pc_keys` in its configuration folder), all homes' keys. */
export function wiresharkKeys(captures: readonly Captures[]): string {
  const keys = [...uniqueKeys(captures, "network"), ...uniqueKeys(captures, "link")];
  return keys
    .map(({ key, label }) => `"${hexPairs(key)}","Normal","${label.replace(/[^\w .-]/g, "_")}"\n`)
    .join("");
}

function addHome(writer: PcapngWriter, home: Captures, number: number, offsetMs: number): void {
  const interfaces = new Map<CapturedPacket["link"], number>();
  for (const link of ["han", "wan"] as const)
    if (home.packets.some((packet) => packet.link === link))
      interfaces.set(link, writer.addInterface(`home ${number} ${link.toUpperCase()}`, linkTypes[link]));
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
  return [...bytes].map((b) => b.toString(16).padStart(2, "0").toUpperCase()).join(":");
}
