/** What serial ports this machine has, from sysfs and /dev/serial: no udev, so it works in a container too. */
import { readdir, readFile, readlink, realpath } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

export interface PortInfo {
  /** The device, such as `/dev/ttyUSB0`. */
  readonly path: string;
  /** Names under /dev/serial/by-id that lead to it; empty where udev made none. */
  readonly byId: readonly string[];
  readonly driver: string | undefined;
  readonly usb: UsbPort | undefined;
}

export interface UsbPort {
  /** Four hexadecimal digits, lower case. */
  readonly vendorId: string;
  readonly productId: string;
  readonly serial: string | undefined;
  readonly manufacturer: string | undefined;
  readonly product: string | undefined;
  /** Where it is plugged in: bus, then the port of each hub, as `1-2.3`. Stays when the board re-enumerates. */
  readonly position: string;
  /** Interface number; adapters with several ports differ in it alone. */
  readonly interface: number;
}

export interface PortRoots {
  /** Default `/sys`. */
  readonly sys: string;
  /** Default `/dev`. */
  readonly dev: string;
}

export const systemRoots: PortRoots = { sys: "/sys", dev: "/dev" };

/** All serial ports with hardware behind them, by path. Empty where there is no sysfs. */
export async function listPorts(roots: PortRoots = systemRoots): Promise<PortInfo[]> {
  const tty = join(roots.sys, "class/tty");
  const byId = await byIdNames(roots);
  const ports = await Promise.all(
    (await entries(tty))
      .sort(naturally)
      .map((name) => portInfo(join(tty, name), join(roots.dev, name), byId)),
  );
  return ports.filter((port) => port !== undefined);
}

const naturally = (a: string, b: string): number => a.localeCompare(b, "en", { numeric: true });

async function portInfo(
  sysPath: string,
  path: string,
  byId: ReadonlyMap<string, string[]>,
): Promise<PortInfo | undefined> {
  const device = await realpath(join(sysPath, "device")).catch(() => undefined);
  // No device: a console or a pseudo-terminal. Type 0: a UART that the driver allows for, but did not find.
  if (device === undefined || (await text(sysPath, "type")) === "0") return undefined;
  const driver = await readlink(join(device, "driver")).catch(() => undefined);
  return {
    path,
    byId: byId.get(basename(path)) ?? [],
    driver: driver === undefined ? undefined : basename(driver),
    usb: await usbPort(device),
  };
}

/** Looks upwards for the USB interface and the USB device that the port belongs to. */
async function usbPort(device: string): Promise<UsbPort | undefined> {
  let interfaceNumber = 0;
  for (let path = device; dirname(path) !== path; path = dirname(path)) {
    const number = await text(path, "bInterfaceNumber");
    if (number !== undefined) interfaceNumber = Number.parseInt(number, 16) || 0;
    const vendorId = await text(path, "idVendor");
    if (vendorId === undefined) continue;
    return {
      vendorId: vendorId.toLowerCase(),
      productId: ((await text(path, "idProduct")) ?? "").toLowerCase(),
      serial: await text(path, "serial"),
      manufacturer: await text(path, "manufacturer"),
      product: await text(path, "product"),
      position: basename(path),
      interface: interfaceNumber,
    };
  }
  return undefined;
}

/** Device name to its names under /dev/serial/by-id. */
async function byIdNames(roots: PortRoots): Promise<Map<string, string[]>> {
  const folder = join(roots.dev, "serial/by-id");
  const names = new Map<string, string[]>();
  for (const name of (await entries(folder)).sort()) {
    const target = await readlink(join(folder, name)).catch(() => undefined);
    if (target !== undefined) names.set(basename(target), [...(names.get(basename(target)) ?? []), name]);
  }
  return names;
}

const entries = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);

const text = async (folder: string, name: string): Promise<string | undefined> => {
  const content = await readFile(join(folder, name), "utf8").catch(() => "");
  return content.trim() || undefined;
};

/** One line about a port, for people. */
export function describePort({ path, byId, usb }: PortInfo): string {
  if (usb === undefined) return path;
  const ids = `${usb.vendorId}:${usb.productId}`;
  const serial = usb.serial === undefined ? "no serial number" : `serial ${usb.serial}`;
  const words = [usb.product, ids, serial, `at ${usb.position}`, `interface ${usb.interface}`, ...byId];
  return `${path} (${words.filter((word) => word !== undefined).join(", ")})`;
}
