/**
 * One run at a time on one board. A lock is a file that names its owner and says until when it holds; the owner
 * renews it. It frees itself when its process is gone or has not renewed it in time.
 *
 * Each owner has a file of its own, for users of one machine may not touch each other's: whoever wants a board
 * writes his, then looks at the others' of that board, and takes his back when one of them holds. Of two that do so
 * at once each sees the other at least once; so never have both the board.
 */
import { createHash, randomInt, randomUUID } from "node:crypto";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir, userInfo } from "node:os";
import { join, resolve } from "node:path";
import { CodedError } from "../../hal/base/coded-error.ts";
import type { Cancel } from "../../hal/board.ts";
import { lineAddress } from "../../hal/serial/line/open-line.ts";
import { realTimers, type Timers } from "../../hal/serial/timers.ts";
import { plainLine } from "../text.ts";

/** Who holds a board. */
export interface LockOwner {
  readonly pid: number;
  readonly host: string;
  /** The user's name on that machine. */
  readonly user: string;
  /** When the process started, in the kernel's ticks; tells a process from a later one with its number. */
  readonly processStart: string | undefined;
  /** ISO 8601. */
  readonly since: string;
  /** What it runs, such as `meterbench flash`. */
  readonly what: string;
  readonly board: string;
  readonly token: string;
  /** UTC milliseconds. */
  readonly expiresMs: number;
  /** False while it looks whether another has the board. */
  readonly held: boolean;
}

export interface LockOptions {
  /** Told to whoever finds the board taken. */
  readonly what?: string;
  /** Default: a folder in the system's temporary one, so that all runs on this machine see it. */
  readonly folder?: string;
  /** How long it holds unless it is renewed; default 60 s. It is renewed at a third of that. */
  readonly leaseMs?: number;
  readonly timers?: Timers;
  /** UTC milliseconds; for tests. */
  readonly utcMs?: () => number;
}

const defaultLeaseMs = 60_000;
/** Rounds in which others may ask for the board at the same moment. */
const maxAttempts = 50;
const lockFolder = (): string => process.env.METERBENCH_LOCKS ?? join(tmpdir(), "meterbench-locks");

/** Given back when this process exits, however that comes about; only a kill leaves them, and they free themselves. */
const heldHere = new Set<BoardLock>();
process.on("exit", () => {
  for (const lock of heldHere) lock.release();
});

export class BoardLock {
  /** The owner's file. */
  readonly path: string;
  readonly #prefix: string;
  readonly #leaseMs: number;
  readonly #timers: Timers;
  readonly #utcMs: () => number;
  readonly #lost = new Set<(by: string) => void>();
  #owner: LockOwner;
  #cancel: Cancel = () => {};
  #held = true;

  /**
   * Takes the lock of `board` on `port`. Throws `rig/locked` (who, since when, what to do), and `rig/lock-folder`
   * where this user may not use the folder.
   */
  static take(board: string, port: string, options: LockOptions = {}): BoardLock {
    const { folder = lockFolder() } = options;
    return inFolder(folder, () => {
      makeFolder(folder);
      const lock = new BoardLock(board, lockPrefix(port, folder), options);
      lock.#take();
      return lock;
    });
  }

  private constructor(board: string, prefix: string, options: LockOptions) {
    const { what = "meterbench", leaseMs = defaultLeaseMs, timers = realTimers, utcMs = Date.now } = options;
    this.#leaseMs = leaseMs;
    this.#timers = timers;
    this.#utcMs = utcMs;
    this.#prefix = prefix;
    this.#owner = {
      pid: process.pid,
      host: hostname(),
      user: userName(),
      processStart: statOf(process.pid)?.start,
      since: new Date(utcMs()).toISOString(),
      what,
      board,
      token: randomUUID(),
      expiresMs: 0,
      held: false,
    };
    this.path = `${prefix}.${this.#owner.token}.lock`;
  }

  get owner(): LockOwner {
    return this.#owner;
  }

  /** Hears that another has the board now, because this owner did not renew in time: let go of the port. */
  onLost(listener: (by: string) => void): Cancel {
    this.#lost.add(listener);
    return () => void this.#lost.delete(listener);
  }

  /** Gives the board back. Calling it twice is harmless. */
  release(): void {
    if (!this.#held) return;
    this.#end();
  }

  #take(): void {
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      this.#write(false);
      const [other] = this.#others();
      if (other === undefined) {
        this.#write(true);
        heldHere.add(this);
        this.#renewLater();
        return;
      }
      rmSync(this.path, { force: true });
      if (other.held) throw locked(this.#owner.board, other);
      standAside();
    }
    throw new CodedError("rig/locked", `board ${this.#owner.board}: others ask for it again and again`, {
      advice: "Wait for the other runs to end.",
    });
  }

  /** Who else has the board or asks for it, first who has it. Dead ones' files go, where this user may. */
  #others(): LockOwner[] {
    const others: LockOwner[] = [];
    for (const { file, owner } of readLocks(this.#prefix)) {
      if (file === this.path) continue;
      if (owner !== undefined && isAlive(owner, this.#utcMs())) others.push(owner);
      else rmQuietly(file);
    }
    return others.sort((a, b) => Number(b.held) - Number(a.held));
  }

  /** Whole or not at all. */
  #write(held: boolean): void {
    const owner = { ...this.#owner, held, expiresMs: this.#utcMs() + this.#leaseMs };
    const aside = `${this.#prefix}.${owner.token}.new`;
    writeFileSync(aside, JSON.stringify(owner));
    chmodSync(aside, 0o644);
    renameSync(aside, this.path);
    this.#owner = owner;
  }

  #renewLater(): void {
    this.#cancel = this.#timers.after(this.#leaseMs / 3, () => {
      try {
        this.#renew();
      } catch {
        this.#renewLater(); // A full disk, say: not renewed, and late the next time.
      }
    });
  }

  /** One that was late looks again whether another has taken the board: it writes first, as at the beginning. */
  #renew(): void {
    const isLate = this.#utcMs() >= this.#owner.expiresMs;
    const isGone = readLock(this.path) === undefined;
    if (!isGone) this.#write(true);
    const [other] = isLate || isGone ? this.#others() : [];
    if (other === undefined && !isGone) {
      this.#renewLater();
      return;
    }
    this.#end();
    const by = other === undefined ? "somebody who removed the lock" : nameOf(other);
    for (const listener of this.#lost) listener(by);
  }

  #end(): void {
    this.#held = false;
    heldHere.delete(this);
    this.#cancel();
    rmQuietly(this.path);
  }
}

/** Who holds the board on `port` now; undefined when it is free. */
export function lockHolder(port: string, folder = lockFolder(), utcMs = Date.now()): LockOwner | undefined {
  const owners = inFolder(folder, () => readLocks(lockPrefix(port, folder))).map(({ owner }) => owner);
  return owners.find((owner) => owner?.held && isAlive(owner, utcMs));
}

/** All users of the machine may write there, each touching his own files only. */
function makeFolder(folder: string): void {
  const isNew = mkdirSync(folder, { recursive: true }) !== undefined;
  const { mode, uid } = lstatSync(folder);
  // Said once more for a folder that is there: an umask, or an earlier version, may have shut others out.
  const isOurs = isNew || (folder === lockFolder() && uid === process.getuid?.());
  // Not the target of a link that somebody else has put there.
  if (isOurs && lstatSync(folder).isDirectory() && (mode & 0o7777) !== 0o1777) chmodSync(folder, 0o1777);
}

function inFolder<T>(folder: string, use: () => T): T {
  try {
    return use();
  } catch (error) {
    if (error instanceof CodedError) throw error;
    throw folderError(folder, error as NodeJS.ErrnoException);
  }
}

function folderError(folder: string, cause: NodeJS.ErrnoException): CodedError {
  const stat = lstatSync(folder, { throwIfNoEntry: false });
  const whose = stat ? ` (it belongs to user ${stat.uid}, mode ${(stat.mode & 0o7777).toString(8)})` : "";
  const what = `the locks of boards in ${folder} cannot be used${whose}: ${cause.message}`;
  const advice =
    `Let its owner run \`chmod 1777 ${folder}\`, ` +
    "or set METERBENCH_LOCKS to a folder that every user of this bench can write.";
  return new CodedError("rig/lock-folder", what, { folder, owner: stat?.uid, advice }, cause);
}

function lockPrefix(port: string, folder: string): string {
  const real = portIdentity(port);
  const digest = createHash("sha256").update(real).digest("hex").slice(0, 16);
  return join(folder, `${real.replace(/[^A-Za-z0-9]+/g, "-").slice(-40)}-${digest}`);
}

/** What the port is, not what it is called: the same for two names of one device, or of one address. */
export function portIdentity(port: string): string {
  if (port.includes("://")) return addressName(port);
  try {
    return realpathSync(port);
  } catch {
    return port.includes("/") ? resolve(port) : port; // A board that is not plugged in: its name must do.
  }
}

/** The same whether bytes or RFC 2217 go over the connection: one end has one board. */
function addressName(address: string): string {
  try {
    const { host, port } = lineAddress(address.toLowerCase()) ?? { host: address, port: 0 };
    const isHere = host === "localhost" || host === "::1" || host.startsWith("127.");
    return `${isHere ? "localhost" : host.replace(/\.$/, "")}:${port}`;
  } catch {
    return address;
  }
}

/** All locks of one board, dead ones too; an owner is undefined where the file is torn or none of ours. */
function readLocks(prefix: string): { file: string; owner: LockOwner | undefined }[] {
  const folder = resolve(prefix, "..");
  const isOne = (name: string) => join(folder, name).startsWith(`${prefix}.`) && name.endsWith(".lock");
  return namesIn(folder)
    .filter(isOne)
    .map((name) => ({ file: join(folder, name), owner: readLock(join(folder, name)) }));
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

function readLock(file: string): LockOwner | undefined {
  try {
    const owner = JSON.parse(readFileSync(file, "utf8")) as LockOwner;
    return typeof owner.pid === "number" && typeof owner.expiresMs === "number" ? owner : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EACCES") throw error;
    return undefined;
  }
}

/** Another user's stays: it is dead, and in nobody's way. */
function rmQuietly(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // Its owner, or the system's clean-up of temporary files, removes it.
  }
}

function isAlive({ host, pid, processStart, expiresMs }: LockOwner, utcMs: number): boolean {
  if (utcMs >= expiresMs) return false;
  if (host !== hostname()) return true;
  const stat = statOf(pid);
  if (stat === undefined) return isRunning(pid);
  const isEnded = stat.state === "Z" || stat.state === "X";
  return !isEnded && (processStart === undefined || processStart === stat.start);
}

/** For where there is no /proc, or it shows a user's own processes only. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Fields 3 and 22 of /proc/PID/stat: Z and X are ended, and only not yet fetched by their parent. */
function statOf(pid: number): { state: string; start: string } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return { state: fields[0] as string, start: fields[19] as string };
  } catch {
    return undefined;
  }
}

/** A moment, different for each who asks at once; blocks, for nothing else can go on without the board. */
function standAside(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, randomInt(1, 10));
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? "?"); // A container's user may have no name.
  }
}

/** For people: what it runs, where, whose, since when; the owner wrote it, so it stays one line and no more. */
export const nameOf = ({ what, pid, host, user, since }: LockOwner): string =>
  plainLine(`${what} (process ${pid} on ${host}, user ${user}, since ${since})`);

function locked(board: string, owner: LockOwner): CodedError {
  return new CodedError("rig/locked", `board ${board} is in use by ${nameOf(owner)}`, {
    board,
    owner,
    advice: "Wait until it ends, or end it; its lock then frees itself.",
  });
}
