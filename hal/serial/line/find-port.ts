/** From the name that a person wrote to the one port it means. */
import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { LineError } from "./errors.ts";
import { describePort, listPorts, type PortInfo, type PortRoots, systemRoots } from "./ports.ts";

/**
 * The device path for `name`, which may be
 * - a path (`/dev/ttyUSB0`, a pty, a link) or `COM3`,
 * - a name from /dev/serial/by-id,
 * - a USB serial number (`A50285BI`), vendor and product (`0403:6001`) or all three (`0403:6001:A50285BI`),
 * - a hub position (`1-2.3`),
 * the last two with `#1` for one interface of several. Hexadecimal in either case.
 *
 * Rejects with `line/not-found` and what was there instead, `line/ambiguous`, or `line/open` for what is no
 * terminal.
 */
export async function findPort(name: string, roots: PortRoots = systemRoots): Promise<string> {
  if (/^COM\d+$/i.test(name)) return name;
  const ports = await listPorts(roots);
  if (name.includes("/")) return findPath(name, ports, roots);
  const found = matches(name, ports);
  if (found.length === 1) return found[0]!.path;
  if (found.length > 1) throw ambiguous(name, found);
  throw notFound(name, ports, roots);
}

/**
 * The name to find this port by after it re-enumerated: its serial number where no other port has it, else its
 * position; `name` itself for what is no USB port.
 */
export async function stableName(name: string, roots: PortRoots = systemRoots): Promise<string> {
  const ports = await listPorts(roots);
  const usb = ports.find(({ path }) => path === name || basename(path) === name)?.usb;
  if (usb === undefined) return name;
  const candidates = [usb.serial, usb.position].flatMap((id) =>
    id === undefined ? [] : [id, `${id}#${usb.interface}`],
  );
  const isUnique = (id: string) => {
    const found = matches(id, ports);
    return found.length === 1 && basename(found[0]!.path) === basename(name);
  };
  return candidates.find(isUnique) ?? name;
}

async function findPath(path: string, ports: readonly PortInfo[], roots: PortRoots): Promise<string> {
  const stats = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") throw notFound(path, ports, roots);
    throw new LineError("line/open", `${path} cannot be looked at (${error.code})`, { name: path }, error);
  });
  if (stats.isCharacterDevice()) return path;
  const kind = stats.isDirectory() ? "a folder" : stats.isFile() ? "a regular file" : "no character device";
  throw new LineError("line/open", `${path} is ${kind}, not a serial port`, { name: path });
}

/** Exact matches win over those that differ in case. */
function matches(name: string, ports: readonly PortInfo[]): readonly PortInfo[] {
  const [id = "", number] = name.split(/#(?=\d+$)/);
  const ofInterface = ports.filter((port) => number === undefined || port.usb?.interface === Number(number));
  const exact = ofInterface.filter((port) => idsOf(port).includes(id));
  if (exact.length > 0) return exact;
  return ofInterface.filter((port) => idsOf(port).some((other) => other.toLowerCase() === id.toLowerCase()));
}

function idsOf({ path, byId, usb }: PortInfo): readonly string[] {
  const own = [basename(path), ...byId];
  if (usb === undefined) return own;
  const ids = `${usb.vendorId}:${usb.productId}`;
  const serial = usb.serial === undefined ? [] : [usb.serial, `${ids}:${usb.serial}`];
  return [...own, ids, ...serial, usb.position];
}

function ambiguous(name: string, found: readonly PortInfo[]): LineError {
  const ids = found.map((port) => port.usb?.position);
  const advice =
    new Set(ids).size === 1
      ? `Name the interface, as ${name}#0.`
      : "Name the position, as 1-2.3, or the path.";
  const what = `"${name}" fits ${found.length} ports: ${found.map(describePort).join("; ")}`;
  return new LineError("line/ambiguous", what, { name, found, advice });
}

function notFound(name: string, ports: readonly PortInfo[], roots: PortRoots): LineError {
  const near = nearMisses(basename(name), ports);
  const there =
    ports.length === 0
      ? `there are none under ${join(roots.sys, "class/tty")}`
      : `what is there: ${ports.map(describePort).join("; ")}`;
  const noUdev = name.includes("by-id") && ports.every((port) => port.byId.length === 0);
  const advice = noUdev
    ? `There is no ${join(roots.dev, "serial/by-id")} here, for no udev runs: use a serial number or a position.`
    : near.length > 0
      ? `Did you mean ${near.slice(0, 3).join(" or ")}?`
      : ports.length === 0
        ? "Is the board plugged in, and passed to this container?"
        : "Name one of those by its path, USB serial or position.";
  return new LineError("line/not-found", `no serial port "${name}"; ${there}`, { name, near, ports, advice });
}

/** Names that contain the one asked for, are contained in it, or are at most two edits away. */
function nearMisses(name: string, ports: readonly PortInfo[]): string[] {
  const wanted = name.toLowerCase().slice(0, 128);
  const scored = ports.flatMap(idsOf).map((id) => ({ id, distance: distance(wanted, id.toLowerCase()) }));
  const near = scored.filter((entry) => entry.distance <= 2).sort((a, b) => a.distance - b.distance);
  return [...new Set(near.map((entry) => entry.id))];
}

/** Levenshtein's distance; 1 where one contains the other (of three characters and more). */
function distance(a: string, b: string): number {
  if (Math.min(a.length, b.length) >= 3 && (a.includes(b) || b.includes(a))) return 1;
  if (Math.abs(a.length - b.length) > 2) return 3;
  let row = Array.from({ length: b.length + 1 }, (_value, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
    row = next;
  }
  return row[b.length]!;
}
