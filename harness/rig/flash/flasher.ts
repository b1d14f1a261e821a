/**
 * Flashes one board, and proves it: upload, compare, test, reset, wait for the boot, self-test, confirm. What
 * fails its self-test is gone back from, and that too is proven. Every step first asks where the board stands,
 * so that a flashing that was cut short, at either end, is simply begun again.
 *
 * Errors: `image/...` where the image failed, `rig/...` where board or line did.
 */
import { refuse } from "../../../firmware/bootloader/refusals.ts";
import { parseVersion, versionText } from "../../../firmware/bootloader/version.ts";
import { sameBytes } from "../../../hal/base/bytes.ts";
import { CodedError } from "../../../hal/base/coded-error.ts";
import {
  image,
  isUnsupported,
  missingAdvice,
  os,
  type SmpClient,
  SmpError,
} from "../../../hal/serial/smp/index.ts";
import { BootWatch, type BootWatchOptions } from "./boot-watch.ts";
import type { Connection } from "./connection.ts";
import { describeImage, type ImageFile } from "./pre-flight.ts";
import { BoardTalk } from "./talk.ts";
import { type UploadOptions, type UploadProgress, type UploadResult, uploadImage } from "./upload.ts";
import { bootsMarked, learnWay, saysVersion, type Way, type WayOptions } from "./way.ts";

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

/**
 * `mode` `confirm`: the image stays. `test`: it boots once, then the board goes back, and that is proven; refused where
 * a board keeps no old image.
 */
export interface FlashOptions
  extends Omit<UploadOptions, "onProgress" | "resume">,
    WayOptions,
    BootWatchOptions {
  /** Run on the new image; throws when the board must not keep it. Default: {@link echoTest}. */
  readonly selfTest?: (client: SmpClient) => Promise<void>;
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
  readonly #talk: BoardTalk;
  readonly #watch: BootWatch;
  readonly #file: ImageFile;
  readonly #options: FlashOptions;
  #way: Way = "marked";

  constructor(connection: Connection, file: ImageFile, options: FlashOptions) {
    this.#connection = connection;
    this.#talk = new BoardTalk(connection);
    this.#watch = new BootWatch(this.#talk, options);
    this.#file = file;
    this.#options = options;
  }

  async run(): Promise<FlashResult> {
    this.#phase("connect");
    const state = await this.#talk.state();
    const active = state.find((entry) => entry.active);
    const before = state.find((entry) => !this.#isOurs(entry));
    if (active && this.#isOurs(active)) return this.#runsAlready(active, before);
    this.#way = await learnWay(this.#talk, this.#file, this.#options, state);
    if (this.#way === "marked") this.#requireSettled(active, state);
    const stored = state.some((entry) => !entry.active && this.#isOurs(entry));
    const uploaded = stored ? {} : await this.#upload();
    if (this.#way === "marked") await this.#mark();
    await this.#boot();
    const old = active ?? before;
    const proven = this.#way === "marked" ? await this.#prove(old) : await this.#proveForGood(old);
    return { ...proven, ...uploaded };
  }

  /** A flashing that was cut short after the reset, or a board that is flashed already. */
  async #runsAlready(active: State, before: State | undefined): Promise<FlashResult> {
    if (!active.confirmed) {
      const mode = await this.#talk.optional(() => os.bootloaderMode(this.#talk.client));
      if (await bootsMarked(this.#talk, mode?.mode)) return this.#prove(before);
    }
    await this.#selfTest();
    return { outcome: "unchanged" };
  }

  /** The free slot must be free: not kept to go back to, not to be booted next with something else. */
  #requireSettled(active: State | undefined, state: readonly State[]): void {
    if (active !== undefined && !active.confirmed)
      throw new CodedError("rig/in-test", `the board tests ${active.version}, which is not confirmed`, {
        advice: "Reset the board to go back to its old image, or confirm the running one; then flash again.",
      });
    const pending = state.find((entry) => entry.pending && !this.#isOurs(entry));
    if (pending !== undefined)
      throw new CodedError("rig/in-test", `the board is to boot ${pending.version} at its next reset`, {
        advice: "Reset the board and see to that image first; then flash again.",
      });
  }

  /** Sends the file; a second time, from the start, only where something says that what arrived is not what was sent. */
  async #upload(): Promise<Pick<FlashResult, "upload" | "repeated">> {
    await this.#requireFit();
    await this.#tellSlow();
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
      const wrong = await this.#compare(upload, resume);
      if (wrong === undefined) return { upload, ...(repeated && { repeated }) };
      repeated = wrong;
    }
    throw new CodedError("rig/compare", `the image in the slot is not the one that was sent: ${repeated}`, {
      advice:
        "Every packet has its checksum, so it is not the cable: the board's flash or its SMP server is bad.",
    });
  }

  /** Recovery's buffers are MCUboot's own; of an application's a board that does not tell them gets a guess. */
  async #tellSlow(): Promise<void> {
    const { client } = this.#talk;
    const { source } = await this.#talk.request(() => client.params());
    if (source !== "fallback" || this.#way === "recovery") return;
    const advice = missingAdvice(os.OS_GROUP, os.OsCommand.parameters);
    this.#options.onNote?.(`the board does not tell its buffers, so the upload is slow. ${advice}`);
  }

  /** The slot's size, where the board tells it. */
  async #requireFit(): Promise<void> {
    const infos = (await this.#talk.optional(() => image.slotInfo(this.#talk.client))) ?? [];
    const number = this.#options.imageNumber ?? 0;
    const sizes = infos
      .filter((info) => info.image === number)
      .map((info) => info.maxImageBytes ?? info.sizeBytes);
    const room = Math.min(...sizes.map((size) => size ?? Number.POSITIVE_INFINITY));
    const bytes = this.#file.bytes.length;
    if (bytes > room) refuse("too-large", `${bytes} bytes do not fit the board's slot of ${room}`);
  }

  /**
   * Undefined when the slot holds our image, by the board's own list; a reason to send it once more when the board says
   * that it differs, or may have gone on with an upload that it had erased meanwhile. A board that has every byte and
   * does not list the image does not accept it.
   */
  async #compare({ match }: UploadResult, mayHaveGoneOn: boolean): Promise<string | undefined> {
    if (match === false) return "its hash over the whole file differs";
    const state = await this.#talk.state();
    const inSlot = (entry: State) => this.#way === "recovery" || !entry.active;
    if (state.some((entry) => inSlot(entry) && this.#seemsOurs(entry))) return undefined;
    // Recovery knows no earlier uploads; a list of other hashes would not show ours either.
    const showsOurs = state.every(({ hash }) => hash?.length === this.#file.hash.length);
    if (match === undefined && mayHaveGoneOn && this.#way === "marked" && showsOurs)
      return "no slot has an image with our hash";
    const listed = state.map(({ version, slot }) => `${version} in slot ${slot}`).join(", ") || "nothing";
    throw this.#notTaken(`it has the whole file, and lists no image with its hash (it lists ${listed})`);
  }

  /** The file arrived whole; it is its kind that this board's bootloader cannot do with. */
  #notTaken(what: string, cause?: SmpError): CodedError {
    return new CodedError(
      "image/not-taken",
      `the board does not take the image: ${what}${cause ? ` (${cause.text})` : ""}. The image is ${describeImage(this.#file)}`,
      {
        advice:
          "Sign the image for this board's bootloader: its hash, signature and encryption must be those it was built for." +
          (this.#way === "recovery" ? " The board has no application until then." : ""),
      },
      cause,
    );
  }

  /** Marks the image for a test. */
  async #mark(): Promise<void> {
    this.#phase("test");
    const { client } = this.#talk;
    const state = await this.#talk
      .request(() => image.test(client, this.#file.hash))
      .catch((error) => {
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
    if (!state.some((entry) => entry.pending && this.#seemsOurs(entry)))
      throw new CodedError("rig/refused", "the board took the request for a test, and does not show it", {
        advice: "Look at the board's log: its trailer may not be writable.",
      });
  }

  /** Resets, and waits until our image runs. */
  async #boot(): Promise<void> {
    const marked = this.#way === "marked";
    const active = await this.#restart("reset", "boot", (running, after) =>
      marked ? !after.some((entry) => entry.pending) : this.#seemsOurs(running),
    );
    if (this.#seemsOurs(active)) return;
    throw new CodedError("image/not-booted", `the image did not come up; ${active.version} runs`, {
      advice:
        "The bootloader refused it (is it signed with the board's key, its counter and version high enough?), " +
        "or it crashed in its test. Look at the board's console.",
    });
  }

  async #restart(
    reset: FlashPhase,
    wait: FlashPhase,
    isOver: (active: State, state: readonly State[]) => boolean,
  ): Promise<State> {
    this.#phase(reset);
    await this.#watch.reset();
    if (wait !== reset) this.#phase(wait);
    return this.#watch.untilBooted(isOver);
  }

  /** Where nothing is gone back to: self-test, then a confirmation if the board wants one. */
  async #proveForGood(old: State | undefined): Promise<FlashResult> {
    try {
      await this.#selfTest();
    } catch (cause) {
      throw this.#selfTestFailed(cause, "the board keeps the image: it has none to go back to");
    }
    const active = (await this.#talk.state()).find((entry) => entry.active);
    const settled = this.#way === "by-version" || active?.confirmed;
    return { ...(settled ? { outcome: "confirmed" } : await this.#confirm()), ...versionOf(old) };
  }

  /** Self-test, then confirm or go back. */
  async #prove(old: State | undefined): Promise<FlashResult> {
    const before = versionOf(old);
    try {
      await this.#selfTest();
    } catch (cause) {
      await this.#revert(old?.hash);
      throw this.#selfTestFailed(cause, "the board is back on its old image");
    }
    if (this.#options.mode === "test") {
      await this.#revert(old?.hash);
      return { outcome: "reverted", ...before };
    }
    return { ...(await this.#confirm()), ...before };
  }

  async #selfTest(): Promise<void> {
    this.#phase("self-test");
    await (this.#options.selfTest ?? echoTest)(this.#talk.client);
  }

  #selfTestFailed(cause: unknown, now: string): CodedError {
    const { message, advice, data } = cause as Error & { advice?: string; data?: { advice?: string } };
    return new CodedError(
      "image/self-test",
      `the self-test failed (${message}); ${now}`,
      { advice: advice ?? data?.advice ?? "See what the self-test says." },
      cause,
    );
  }

  async #confirm(): Promise<FlashResult> {
    this.#phase("confirm");
    await this.#talk.request(() => image.confirm(this.#talk.client));
    const active = (await this.#talk.state()).find((entry) => entry.active);
    if (active?.confirmed && this.#seemsOurs(active)) return { outcome: "confirmed" };
    throw new CodedError("rig/refused", "the board took the confirmation, and does not show it", {
      advice: "Look at the board's log: its trailer may not be writable.",
    });
  }

  /** Without a confirmation a reset brings the old image back; proven by its hash. */
  async #revert(oldHash: Uint8Array | undefined): Promise<void> {
    const active = await this.#restart("revert", "revert", (running) => !this.#seemsOurs(running));
    const back =
      !this.#seemsOurs(active) && (oldHash === undefined || sameBytes(active.hash ?? noHash, oldHash));
    if (back && active.confirmed) return;
    throw new CodedError(
      "rig/not-reverted",
      `the board did not go back to its old image; ${active.version} runs`,
      {
        advice: "The bootloader may overwrite instead of swapping: `meterbench doctor` says which it is.",
      },
    );
  }

  #isOurs({ hash }: State): boolean {
    return hash !== undefined && sameBytes(hash, this.#file.hash);
  }

  /** By its version where the board lists no hash; {@link learnWay} has told what that proves. */
  #seemsOurs(entry: State): boolean {
    return entry.hash ? this.#isOurs(entry) : saysVersion(entry, this.#file.image.version);
  }

  #phase(phase: FlashPhase): void {
    this.#options.onPhase?.(phase);
  }
}

/** What ran before, where that is known in a form that we know. */
function versionOf(old: State | undefined): Pick<FlashResult, "versionBefore"> {
  const version = parseVersion(old?.version ?? "");
  return version ? { versionBefore: versionText(version) } : {};
}

/** The board answers, and gives back what it got; one that has no echo has answered by saying so. */
export async function echoTest(client: SmpClient): Promise<void> {
  const text = "meterbench";
  const answer = await os.echo(client, text).catch((error: unknown) => {
    if (isUnsupported(error)) return text;
    throw error;
  });
  if (answer !== text)
    throw new Error(`the board echoes ${JSON.stringify(answer)} for ${JSON.stringify(text)}`);
}
