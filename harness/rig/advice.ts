/** What `doctor` says about boards: tools, ports, permissions, bootloaders, buffer sizes. */
import { accessSync, constants, statSync } from "node:fs";
import { missingTools, tools } from "../../hal/emulated/index.ts";
import { os } from "../../hal/serial/smp/index.ts";
import type { BoardHealth } from "./health.ts";
import { type PortRow, starterRig } from "./port-list.ts";
import { type Rig, rigFileName } from "./rig-file.ts";

export interface BoardFinding {
  readonly name: string;
  readonly status: "ok" | "missing" | "wrong";
  readonly required: boolean;
  readonly found: string;
  readonly advice?: string;
}

/** The Debian packages that an emulated board needs. */
export function emulatedBoardTools(): BoardFinding {
  const missing = missingTools();
  const base = { name: "emulated board", required: false };
  if (missing.length === 0)
    return { ...base, status: "ok", found: tools.map(({ program }) => program).join(", ") };
  return {
    ...base,
    status: "missing",
    found: missing.map(({ program, purpose }) => `${program} (${purpose})`).join(", "),
    advice: `apt-get install --no-install-recommends ${missing.map((t) => t.debianPackage).join(" ")}`,
  };
}

/** Each serial port there is, and whether this user may open it. */
export function serialPorts(ports: readonly PortRow[]): BoardFinding[] {
  if (ports.length === 0)
    return [{ name: "serial ports", required: false, status: "ok", found: "none on this machine" }];
  return ports.map(serialPort);
}

function serialPort({ path, name, serial, position, product }: PortRow): BoardFinding {
  const base = { name: "serial port", required: false };
  const usb =
    position === "" ? [] : [product, serial ? `serial ${serial}` : "no serial number", `at ${position}`];
  const words = [...usb, name === path ? "" : `name it ${name}`].filter((word) => word !== "");
  const found = words.length > 0 ? `${path} (${words.join(", ")})` : path;
  if (mayOpen(path)) return { ...base, status: "ok", found };
  return {
    ...base,
    status: "wrong",
    found: `no permission: ${found}`,
    advice: `It belongs to group ${groupOf(path)}: usermod -aG dialout $USER (or that group), then log in again.`,
  };
}

/** The rig file, or one to begin with where there are ports. */
export function rigFile(rig: Rig, ports: readonly PortRow[]): BoardFinding {
  const base = { name: "rig file", required: false, status: "ok" } as const;
  if (rig.file !== undefined)
    return { ...base, found: `${rig.file}: ${rig.boards.map(({ id }) => id).join(", ")}` };
  if (ports.length === 0) return { ...base, found: `no ${rigFileName} here; none is needed for the mock` };
  return {
    ...base,
    found: `no ${rigFileName} here`,
    advice: `One to begin with; leave out the ports that have no board:\n${starterRig(ports)}`,
  };
}

/** A board's answers, and whether its buffer makes it slow. */
export function boardFinding({ id, ok, health, ...told }: BoardHealth): BoardFinding {
  const base = { name: `board ${id}`, required: false };
  const { buffer } = told;
  if (!ok)
    return {
      ...base,
      status: "wrong",
      found: health,
      advice:
        told.advice ?? "Check its power, its cable and its port; `meterbench monitor` shows what it prints.",
    };
  if (buffer === undefined)
    return {
      ...base,
      status: "ok",
      found: health,
      ...(told.advice !== undefined && { advice: told.advice }),
    };
  const words = [health, ...aboutOf(told), `${buffer.count} buffers of ${buffer.bytes} bytes`];
  // Recovery's buffers are MCUboot's own, and its uploads are rare.
  const advice = [told.advice, told.recovery ? undefined : bufferAdvice(buffer)].filter(
    (each) => each !== undefined,
  );
  return {
    ...base,
    status: "ok",
    found: words.join(", "),
    ...(advice.length > 0 && { advice: advice.join("\n") }),
  };
}

/** What it runs, and how its bootloader is; in recovery nothing runs. */
function aboutOf({
  recovery,
  version,
  bootloader,
}: Pick<BoardHealth, "recovery" | "version" | "bootloader">) {
  if (recovery)
    return [version === undefined ? "which accepts no image that it has" : `which holds ${version}`];
  return [
    version === undefined ? "tells no version" : `runs ${version}`,
    bootloader === undefined ? "does not tell its bootloader" : bootloaderWords(bootloader),
  ];
}

function bootloaderWords({ mode, noDowngrade }: NonNullable<BoardHealth["bootloader"]>): string {
  if (picking.includes(mode))
    return `bootloader: ${mode}, picks the higher version at a reset (--by-version)`;
  return `bootloader: ${mode}, ${noDowngrade ? "takes no downgrade" : "takes a downgrade"}`;
}

/** Modes that take no marks: direct-xip without revert, RAM load. */
const picking: readonly string[] = [4, 6].map((mode) => os.bootloaderModes[mode] as string);

/** Where uploads lose their time, and the setting that changes it. */
function bufferAdvice({ bytes, count, told }: NonNullable<BoardHealth["buffer"]>): string | undefined {
  if (!told)
    return "It does not tell its buffer (os parameters): build with CONFIG_MCUMGR_GRP_OS_MCUMGR_PARAMS=y for fast uploads.";
  if (bytes < 1024)
    return `Uploads are slow with ${bytes} bytes: CONFIG_MCUMGR_TRANSPORT_NETBUF_SIZE=2048 (and CONFIG_UART_MCUMGR_RX_BUF_COUNT).`;
  if (count < 2)
    return "One buffer allows one request at a time: CONFIG_MCUMGR_TRANSPORT_NETBUF_COUNT=4 hides the line's latency.";
  return undefined;
}

function mayOpen(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function groupOf(path: string): string {
  try {
    return String(statSync(path).gid);
  } catch {
    return "?";
  }
}
