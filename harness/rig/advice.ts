/** What `doctor` says about boards: tools, permissions, buffer sizes. */
import { accessSync, constants, statSync } from "node:fs";
import { missingTools, tools } from "../../hal/emulated/index.ts";
import { listPorts } from "../../hal/serial/line/index.ts";
import type { BoardHealth } from "./health.ts";

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

/** May this user open the serial ports there are? */
export async function serialPorts(): Promise<BoardFinding> {
  const ports = await listPorts();
  const base = { name: "serial ports", required: false };
  if (ports.length === 0) return { ...base, status: "ok", found: "none on this machine" };
  const shut = ports.filter(({ path }) => !mayOpen(path));
  if (shut.length === 0) return { ...base, status: "ok", found: ports.map(({ path }) => path).join(", ") };
  const path = shut[0]!.path;
  return {
    ...base,
    status: "wrong",
    found: `no permission: ${shut.map((port) => port.path).join(", ")}`,
    advice: `${path} belongs to group ${groupOf(path)}: usermod -aG dialout $USER (or that group), then log in again.`,
  };
}

/** A board's answers, and whether its buffer makes it slow. */
export function boardFinding({ id, ok, health, version, buffer }: BoardHealth): BoardFinding {
  const base = { name: `board ${id}`, required: false };
  if (!ok) return { ...base, status: "wrong", found: health, advice: "See `meterbench list boards`." };
  const runs = version === undefined ? "" : `, runs ${version}`;
  const sizes = buffer === undefined ? "" : `, ${buffer.count} buffers of ${buffer.bytes} bytes`;
  const advice = buffer && bufferAdvice(buffer);
  return { ...base, status: "ok", found: `${health}${runs}${sizes}`, ...(advice && { advice }) };
}

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
