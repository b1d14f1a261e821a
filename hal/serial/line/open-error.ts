/** What a driver means when it refuses to open a port. */
import { readdir, readFile, readlink, realpath } from "node:fs/promises";
import { basename } from "node:path";
import { messageOf } from "../../base/coded-error.ts";
import { LineError } from "./errors.ts";

/** Turns the driver's words into a `LineError` that says what to do, and who may have the port. */
export async function openError(name: string, path: string, cause: unknown): Promise<LineError> {
  if (cause instanceof LineError) return cause;
  const words = messageOf(cause)
    .replace(/^Error:? /, "")
    .replace(/,? cannot open .*$/i, "");
  const what = name === path ? path : `${name} (${path})`;
  const make = (code: LineError["code"], message: string, data = {}) =>
    new LineError(code, `${what} ${message}`, { line: name, path, ...data }, cause);
  if (/lock port|is locked|temporarily unavailable|busy|Access denied/i.test(words)) {
    const holders = await holdersOf(path);
    return make("line/busy", `is in use by ${holders.join(", ") || unknownHolder}`, { holders });
  }
  if (/permission denied/i.test(words))
    return make("line/open", "may not be opened by this user", {
      advice:
        "Join the port's group, as `usermod -aG dialout $USER`, and log in again: see `meterbench doctor`.",
    });
  if (/inappropriate ioctl|not a tty/i.test(words))
    return make("line/open", "is no terminal", {
      advice: "Name a serial port: `meterbench list ports` shows what is there.",
    });
  if (/no such file|no such device/i.test(words)) return make("line/not-found", `is gone (${words})`);
  return make("line/open", `does not open: ${words}`);
}

const unknownHolder = "a process that is not visible from here (another user's, or outside this container)";

/** At most this many processes and files are looked at: enough for a bench, bounded for a big server. */
const processLimit = 4000;

/** Processes that have `path` open, as `picocom (pid 812)`; without /proc, none. */
export async function holdersOf(path: string): Promise<string[]> {
  const device = await realpath(path).catch(() => path);
  const pids = (await readdir("/proc").catch(() => [])).filter((name) => /^\d+$/.test(name));
  const holders: string[] = [];
  for (const pid of pids.slice(-processLimit))
    if (await hasOpen(pid, device)) {
      const command = await readFile(`/proc/${pid}/comm`, "utf8").catch(() => basename(device));
      holders.push(Number(pid) === process.pid ? "this very process" : `${command.trim()} (pid ${pid})`);
    }
  return holders;
}

async function hasOpen(pid: string, device: string): Promise<boolean> {
  const folder = `/proc/${pid}/fd`;
  const files = await readdir(folder).catch(() => []);
  const targets = await Promise.all(
    files.slice(0, 1024).map((fd) => readlink(`${folder}/${fd}`).catch(() => "")),
  );
  return targets.includes(device);
}
