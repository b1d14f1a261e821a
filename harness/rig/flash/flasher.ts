/**
 * Flashes one board, and proves it: upload, compare, test, reset, wait for the boot, self-test, confirm. What
 * fails its self-test is gone back from, and that too is proven. Every step first asks where the board stands,
 * so that a flashing that was cut short, at either end, is simply begun again.
 *
 * Errors: `image/...` where the image failed, `rig/...` where board or line did.
 */
import { equal } from "../../../firmware/bootloader/bytes.ts";
import { refuse } from "../../../firmware/bootloader/refusals.ts";
import { compareVersions, parseVersion, versionText } from "../../../firmware/bootloader/version.ts";
import { MeterbenchError } from "../../../firmware/kernel/errors.ts";
import { image, os, type SmpClient, SmpError } from "../../../hal/serial/smp/index.ts";
import { pause } from "../../../hal/serial/timers.ts";
import type { Connection } from "./connection.ts";
import { isGone, isSilence, lost } from "./failures.ts";
import { describeImage, type ImageFile } from "./pre-flight.ts";
import { type UploadOptions, type UploadProgress, uploadImage } from "./upload.ts";

export type FlashPhase =
  | "connect"
  | "upload"
  | "compare"
  | "test"
  | "reset"
  | "boot"
  | "self-test"
  | "confirm"
  | "revert";

export interface FlashOptions extends Omit<UploadOptions, "onProgress" | "resume"> {
  /** `confirm`: the image stays. `test`: it boots once, then the board goes back, and that is proven. */
  readonly mode: "test" | "confirm";
  /** Run on the new image; throws when the board must not keep it. Default: {@link echoTest}. */
  readonly selfTest?: (client: SmpClient) => Promise<void>;
  /** Refuse a version below the one that runs, also where the board's bootloader would take it. */
  readonly noDowngrade?: boolean | undefined;
  /** From the reset until the board answers again; default 60 s. */
  readonly bootTimeoutMs?: number | undefined;
  /** Cycles the power of a board that stays silent after its reset; then it is waited for once more. */
  readonly revive?: (() => Promise<void>) | undefined;
  readonly onPhase?: (phase: FlashPhase) => void;
  readonly onProgress?: (progress: UploadProgress) => void;
}

export interface FlashResult {
  /** `confirmed`: it runs for good. `reverted`: the test passed and the old image is back. `unchanged`: it ran already. */
  readonly outcome: "confirmed" | "reverted" | "unchanged";
  /** What ran before; undefined where the board did not say so in a form that we know. */
  readonly versionBefore?: string;
  readonly upload?: UploadProgress;
  /** Why the upload was made twice. */
  readonly repeated?: string;
}

type State = image.ImageState;
/** Image group codes that speak of what is in the slot: no image, TLVs, hash, magic, vector table. */
const imageFaults: readonly number[] = [3, 4, 5, 6, 7, 23, 24, 29];
/** Bootloader modes that keep no old image: single slot, overwrite, direct-xip, RAM load. */
const neverGoesBack: readonly number[] = [0, 2, 4, 6];
const noHash = new Uint8Array(0);

export async function flashBoard(
  connection: Connection,
  file: ImageFile,
  options: FlashOptions,
): Promise<FlashResult> {
  return new Flasher(connection, file, options).run();
}

class Flasher {
  readonly #connection: Connection;
  readonly #client: SmpClient;
  readonly #file: ImageFile;
  readonly #options: FlashOptions;

  constructor(connection: Connection, file: ImageFile, options: FlashOptions) {
    this.#connection = connection;
    this.#client = connection.client;
    this.#file = file;
    this.#options = options;
  }

  async run(): Promise<FlashResult> {
    this.#phase("connect");
    const state = await this.#state();
    const active = state.find((entry) => entry.active);
    const before = state.find((entry) => !this.#isOurs(entry));
    if (active && this.#isOurs(active)) return this.#runsAlready(active, before);
    this.#requireSettled(active, state);
    await this.#requireBootable(active);
    const stored = state.find((entry) => !entry.active && this.#isOurs(entry));
    const uploaded = stored ? {} : await this.#upload();
    await this.#boot();
    return { ...(await this.#prove(active)), ...uploaded };
  }

  /** A flashing that was cut short after the reset, or a board that is flashed already. */
  async #runsAlready(active: State, before: State | undefined): Promise<FlashResult> {
    if (!active.confirmed) return this.#prove(before);
    await this.#selfTest();
    return { outcome: "unchanged" };
  }

  /** The free slot must be free: not kept to go back to, not to be booted next with something else. */
  #requireSettled(active: State | undefined, state: readonly State[]): void {
    if (active !== undefined && !active.confirmed)
      throw new MeterbenchError("rig/in-test", `the board tests ${active.version}, which is not confirmed`, {
        advice: "Reset the board to go back to its old image, or confirm the running one; then flash again.",
      });
    const pending = state.find((entry) => entry.pending && !this.#isOurs(entry));
    if (pending !== undefined)
      throw new MeterbenchError("rig/in-test", `the board is to boot ${pending.version} at its next reset`, {
        advice: "Reset the board and see to that image first; then flash again.",
      });
  }

  /** What the board's bootloader is known to refuse, or cannot do, where it tells. */
  async #requireBootable(active: State | undefined): Promise<void> {
    const mode = await this.#optional(() => os.bootloaderMode(this.#client));
    const byBoard = mode?.noDowngrade === true;
    const running = byBoard || this.#options.noDowngrade ? parseVersion(active?.version ?? "") : undefined;
    const { version } = this.#file.image;
    if (running && compareVersions(version, running) < 0)
      refuse(
        "version",
        `${versionText(version)} is older than ${versionText(running)}, which runs, and ${byBoard ? "the board's bootloader takes no downgrade" : "no downgrade is wanted"}`,
      );
    if (mode === undefined) return;
    if (this.#options.mode === "test" && neverGoesBack.includes(mode.mode))
      throw new MeterbenchError(
        "rig/no-revert",
        `the board's bootloader (${os.bootloaderModes[mode.mode]}) does not go back to an old image`,
        { advice: "Flash with --confirm: it keeps the new image if that passes its self-test." },
      );
  }

  /** What a board need not know; undefined when it does not, or answers what nobody can read. */
  async #optional<T>(ask: () => Promise<T>): Promise<T | undefined> {
    return this.#request(ask).catch((error: MeterbenchError) => {
      const { code } = (error.cause ?? error) as { code?: string };
      if (code === "smp/refused" || code === "smp/malformed") return undefined;
      throw error;
    });
  }

  /** Sends the file; a second time, from the start, when what arrived is not what was sent. */
  async #upload(): Promise<Pick<FlashResult, "upload" | "repeated">> {
    await this.#requireFit();
    const { onProgress } = this.#options;
    let repeated: string | undefined;
    for (const resume of [true, false]) {
      this.#phase("upload");
      const upload = await uploadImage(this.#connection, this.#file.bytes, {
        ...this.#options,
        resume,
        onProgress,
      });
      this.#phase("compare");
      const wrong = await this.#compare(upload.match);
      if (wrong === undefined) return { upload, ...(repeated && { repeated }) };
      repeated = wrong;
    }
    throw new MeterbenchError(
      "rig/compare",
      `the image in the slot is not the one that was sent: ${repeated}`,
      {
        advice:
          "Try another cable or a lower baud rate; if it comes back, the board's flash or its SMP server is bad.",
      },
    );
  }

  /** The slot's size, where the board tells it. */
  async #requireFit(): Promise<void> {
    const infos = (await this.#optional(() => image.slotInfo(this.#client))) ?? [];
    const number = this.#options.imageNumber ?? 0;
    const sizes = infos
      .filter((info) => info.image === number)
      .map((info) => info.maxImageBytes ?? info.sizeBytes);
    const room = Math.min(...sizes.map((size) => size ?? Number.POSITIVE_INFINITY));
    const bytes = this.#file.bytes.length;
    if (bytes > room) refuse("too-large", `${bytes} bytes do not fit the board's slot of ${room}`);
  }

  /** Undefined when the slot holds our image: by the file's hash, and by the image's own. */
  async #compare(match: boolean | undefined): Promise<string | undefined> {
    if (match === false) return "its hash over the whole file differs";
    if ((await this.#state()).some((entry) => !entry.active && this.#isOurs(entry))) return undefined;
    if (match) throw this.#notTaken("it has the whole file, and lists no image with its hash");
    return "no slot has an image with our hash";
  }

  /** The file arrived whole; it is its kind that this board's bootloader cannot do with. */
  #notTaken(what: string, cause?: SmpError): MeterbenchError {
    return new MeterbenchError(
      "image/not-taken",
      `the board does not take the image: ${what}${cause ? ` (${cause.text})` : ""}. The image is ${describeImage(this.#file)}`,
      {
        advice:
          "Sign the image for this board's bootloader: its hash, signature and encryption must be those it was built for.",
      },
      cause,
    );
  }

  /** Marks the image for a test, resets, and waits until it runs. */
  async #boot(): Promise<void> {
    this.#phase("test");
    const state = await this.#request(() => image.test(this.#client, this.#file.hash)).catch((error) => {
      const { cause } = error as { cause?: unknown };
      // The bootloader's own checks; a board that does not know the hash is asked about it before.
      if (
        cause instanceof SmpError &&
        cause.group === image.IMAGE_GROUP &&
        imageFaults.includes(cause.rc ?? 0)
      )
        throw this.#notTaken("it will not boot it", cause);
      throw error;
    });
    if (!state.some((entry) => entry.pending && this.#isOurs(entry)))
      throw new MeterbenchError(
        "rig/refused",
        "the board took the request for a test, and does not show it",
        {
          advice: "Look at the board's log: its trailer may not be writable.",
        },
      );
    await this.#reset();
    this.#phase("boot");
    const active = await this.#waitForBoot((_active, after) => !after.some((entry) => entry.pending));
    if (!this.#isOurs(active))
      throw new MeterbenchError("image/not-booted", `the image did not come up; ${active.version} runs`, {
        advice:
          "The bootloader refused it (is it signed with the board's key, its counter and version high enough?), " +
          "or it crashed in its test. Look at the board's console.",
      });
  }

  async #reset(): Promise<void> {
    this.#phase("reset");
    try {
      await os.reset(this.#client);
    } catch (error) {
      if (error instanceof SmpError && error.rc === 10)
        await this.#request(() => os.reset(this.#client, { force: true }));
      else if (!isSilence(error)) throw lost(error); // the answer may be lost: the board resets all the same
    }
  }

  /**
   * The image that runs once the board has started anew, by `isOver`; at the time's end the one that runs then.
   * Until it resets a board may still answer as before, and while it boots not at all.
   */
  async #waitForBoot(isOver: (active: State, state: readonly State[]) => boolean): Promise<State> {
    let { active, cause } = await this.#watchBoot(isOver);
    let how = "its reset";
    if (active === undefined && this.#options.revive !== undefined) {
      how = "its power was cycled";
      await this.#options.revive().catch((error: Error) => {
        how = `its reset, and its power could not be cycled (${error.message})`;
      });
      ({ active, cause } = await this.#watchBoot(isOver));
    }
    if (active !== undefined) return active;
    throw new MeterbenchError(
      "rig/board-lost",
      `the board does not answer ${this.#bootTimeoutMs / 1000} s after ${how}`,
      {
        advice:
          "Power it off and on: an image that was not confirmed is gone back from. Look at its console.",
      },
      cause,
    );
  }

  /** What runs, as soon as `isOver` or at the time's end; `cause`: why nothing is known of it. */
  async #watchBoot(
    isOver: (active: State, state: readonly State[]) => boolean,
  ): Promise<{ active: State | undefined; cause?: unknown }> {
    const { timers } = this.#connection;
    const untilMs = timers.nowMs() + this.#bootTimeoutMs;
    let active: State | undefined;
    let cause: unknown;
    while (timers.nowMs() < untilMs) {
      await pause(timers, 100);
      await this.#lineBack();
      try {
        const state = await image.readState(this.#client, { timeoutMs: 1000, retries: 0 });
        active = state.find((entry) => entry.active);
        if (active && isOver(active, state)) break;
      } catch (error) {
        if (!isSilence(error)) throw lost(error);
        [active, cause] = [undefined, error];
      }
    }
    return { active, cause };
  }

  get #bootTimeoutMs(): number {
    return this.#options.bootTimeoutMs ?? 60_000;
  }

  /** Self-test, then confirm or go back. */
  async #prove(old: State | undefined): Promise<FlashResult> {
    const version = parseVersion(old?.version ?? "");
    const before = version && { versionBefore: versionText(version) };
    try {
      await this.#selfTest();
    } catch (cause) {
      await this.#revert(old?.hash);
      const { advice, data } = cause as { advice?: string; data?: { advice?: string } };
      throw new MeterbenchError(
        "image/self-test",
        `the self-test failed (${(cause as Error).message}); the board is back on its old image`,
        { advice: advice ?? data?.advice ?? "See what the self-test says; the board runs as before." },
        cause,
      );
    }
    if (this.#options.mode === "test") {
      await this.#revert(old?.hash);
      return { outcome: "reverted", ...before };
    }
    return { ...(await this.#confirm()), ...before };
  }

  async #selfTest(): Promise<void> {
    this.#phase("self-test");
    await (this.#options.selfTest ?? echoTest)(this.#client);
  }

  async #confirm(): Promise<FlashResult> {
    this.#phase("confirm");
    await this.#request(() => image.confirm(this.#client));
    const active = (await this.#state()).find((entry) => entry.active);
    if (active?.confirmed && this.#isOurs(active)) return { outcome: "confirmed" };
    throw new MeterbenchError("rig/refused", "the board took the confirmation, and does not show it", {
      advice: "Look at the board's log: its trailer may not be writable.",
    });
  }

  /** Without a confirmation a reset brings the old image back; proven by its hash. */
  async #revert(oldHash: Uint8Array | undefined): Promise<void> {
    this.#phase("revert");
    await this.#reset();
    const active = await this.#waitForBoot((running) => !this.#isOurs(running));
    const back = !this.#isOurs(active) && (oldHash === undefined || equal(active.hash ?? noHash, oldHash));
    if (back && active.confirmed) return;
    throw new MeterbenchError(
      "rig/not-reverted",
      `the board did not go back to its old image; ${active.version} runs`,
      {
        advice: "The bootloader may overwrite instead of swapping: `meterbench doctor` says which it is.",
      },
    );
  }

  #isOurs({ hash }: State): boolean {
    return hash !== undefined && equal(hash, this.#file.hash);
  }

  #state(): Promise<readonly State[]> {
    return this.#request(() => image.readState(this.#client));
  }

  /** Asks again, a few times, when the line went away meanwhile. Only for what may be done twice; repeats itself. */
  async #request<T>(ask: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await ask();
      } catch (error) {
        if (attempt === 3 || !isGone(error)) throw lost(error);
        await this.#lineBack();
      }
    }
  }

  /** Waits for a line that comes and goes; throws `rig/board-lost` when it stays away. */
  async #lineBack(): Promise<void> {
    await this.#connection.ready().catch((cause) => {
      throw lost(cause);
    });
  }

  #phase(phase: FlashPhase): void {
    this.#options.onPhase?.(phase);
  }
}

/** The board answers, and gives back what it got. */
export async function echoTest(client: SmpClient): Promise<void> {
  const text = "meterbench";
  const answer = await os.echo(client, text);
  if (answer !== text)
    throw new Error(`the board echoes ${JSON.stringify(answer)} for ${JSON.stringify(text)}`);
}
