import type { BindingInterface } from "@serialport/bindings-cpp";
import { realTimers, type Timers } from "../timers.ts";
import { hardwareBinding } from "./binding.ts";
import { LineError } from "./errors.ts";
import { findPort } from "./find-port.ts";
import type { Flow, Line, LineFormat, ModemOutputs } from "./line.ts";
import { openError } from "./open-error.ts";
import type { PortRoots } from "./ports.ts";
import { openRfc2217Line } from "./rfc2217-line.ts";
import { openSerialLine } from "./serial-line.ts";
import { openSocketLine } from "./socket-line.ts";

export interface OpenLineOptions {
  /** Bits a second; default 115200. */
  readonly baudRate?: number;
  /** Default 8N1. */
  readonly format?: LineFormat;
  /** Default none. */
  readonly flow?: Flow;
  /** DTR and RTS to drive when a port of this machine opens; opening alone raises both. */
  readonly modemLines?: Partial<ModemOutputs>;
  /** Default 5000. */
  readonly openTimeoutMs?: number;
  /** How long one write may make no end; default 10,000. */
  readonly writeTimeoutMs?: number;
  readonly timers?: Timers;
  /** Where sysfs and devices stand; default /sys and /dev. */
  readonly roots?: PortRoots;
  /** Instead of the hardware: `MockBinding` in tests. */
  readonly binding?: BindingInterface;
}

/** `tcp://host:port` or `rfc2217://host:port`; undefined for a port of this machine. Throws `line/syntax`. */
export function lineAddress(name: string): { scheme: string; host: string; port: number } | undefined {
  const url = /^(tcp|rfc2217):\/\/(?:\[([0-9a-fA-F:]+)\]|([^:/[\]]+)):(\d{1,5})\/?$/.exec(name);
  const port = Number(url?.[4]);
  if (url !== null && port >= 1 && port <= 65_535)
    return { scheme: url[1] as string, host: (url[2] ?? url[3]) as string, port };
  if (!name.includes("://")) return undefined;
  const expected = "expected tcp://host:port or rfc2217://host:port";
  throw new LineError("line/syntax", `"${name}" is no address of a line; ${expected}`, { name });
}

/** Opens a line by name. */
export async function openLine(name: string, options: OpenLineOptions = {}): Promise<Line> {
  const common = {
    name,
    timers: options.timers ?? realTimers,
    openTimeoutMs: options.openTimeoutMs ?? 5000,
    writeTimeoutMs: options.writeTimeoutMs ?? 10_000,
  };
  const address = lineAddress(name);
  const port = {
    baudRate: options.baudRate ?? 115_200,
    format: options.format ?? { dataBits: 8, parity: "none", stopBits: 1 },
    flow: options.flow ?? "none",
  } as const;
  if (address !== undefined) {
    const socket = { ...common, host: address.host, port: address.port };
    return address.scheme === "tcp" ? openSocketLine(socket) : openRfc2217Line({ ...socket, ...port });
  }
  // A binding of the caller's has names of its own.
  const path = options.binding === undefined ? await findPort(name, options.roots) : name;
  const serial = {
    ...common,
    path,
    ...port,
    modemLines: options.modemLines,
    binding: options.binding ?? (await hardwareBinding()),
  };
  return openSerialLine(serial).catch(async (error) => {
    throw await openError(name, path, error);
  });
}
