/**
 * How a board takes an image, learnt before a byte of it is sent: what the board is known to refuse is refused here,
 * and what cannot be proven on it is told.
 */
import { FLAG_RAM_LOAD, FLAG_ROM_FIXED } from "../../../firmware/bootloader/image.ts";
import { refuse } from "../../../firmware/bootloader/refusals.ts";
import {
  compareVersions,
  type ImageVersion,
  parseVersion,
  versionText,
} from "../../../firmware/bootloader/version.ts";
import { sameBytes } from "../../../hal/base/bytes.ts";
import { CodedError } from "../../../hal/base/coded-error.ts";
import { type image, os } from "../../../hal/serial/smp/index.ts";
import { isRecovery, recoveryName, takesMarks } from "../recovery.ts";
import type { ImageFile } from "./pre-flight.ts";
import type { BoardTalk } from "./talk.ts";

/**
 * - `marked`: into the free slot, then the board is told which image to boot, for a test first
 * - `by-version`: into the free slot; the bootloader picks the higher version by itself, and nothing goes back
 * - `recovery`: over the only image, by MCUboot's serial recovery
 */
export type Way = "marked" | "by-version" | "recovery";

export interface WayOptions {
  readonly mode: "test" | "confirm";
  /** Refuse a version below the one that runs, also where the board's bootloader would take it. */
  readonly noDowngrade?: boolean | undefined;
  /** Take boards whose bootloader picks the higher version, and images for them (RAM load, ROM-fixed). */
  readonly byVersion?: boolean | undefined;
  /** Hears what cannot be proven, before a byte is sent. */
  readonly onNote?: ((text: string) => void) | undefined;
}

type State = image.ImageState;

/** Bootloader modes that keep no old image: single slot, overwrite, direct-xip, RAM load. */
const neverGoesBack: readonly number[] = [0, 2, 4, 6];
/** Modes that boot what is marked: swaps, overwrite, direct-xip with revert. */
const marks: readonly number[] = [1, 2, 3, 5];
/** Modes that move an image to where it runs: one for RAM, or for a fixed address, is none for them. */
const swaps: readonly number[] = [1, 2, 3];
const picks = "this bootloader picks the higher version at reset";

/** Throws `image/version`, `image/flags`, `rig/no-revert`, `rig/by-version`, `rig/unproven`. */
export async function learnWay(
  talk: BoardTalk,
  file: ImageFile,
  options: WayOptions,
  state: readonly State[],
): Promise<Way> {
  if (await talk.request(() => isRecovery(talk.client, state))) return recovery(file, options, state);
  const active = state.find((entry) => entry.active);
  const mode = await talk.optional(() => os.bootloaderMode(talk.client));
  requireNoDowngrade(file, active?.version, options.noDowngrade, mode?.noDowngrade);
  if (!(await bootsMarked(talk, mode?.mode))) return byVersion(file, options, state);
  if (mode !== undefined && options.mode === "test" && neverGoesBack.includes(mode.mode))
    throw noRevert(
      `the board's bootloader (${os.bootloaderModes[mode.mode]}) does not go back to an old image`,
    );
  const { flags } = file.image;
  if (mode !== undefined && swaps.includes(mode.mode) && flags & (FLAG_RAM_LOAD | FLAG_ROM_FIXED))
    refuse(
      "flags",
      `flags 0x${flags.toString(16)} (RAM load, ROM-fixed) are not for this board, which swaps`,
    );
  if (active !== undefined && active.hash === undefined) tellHashless(file, active, options);
  return "marked";
}

/** Known by the bootloader's mode, or asked. */
export async function bootsMarked(talk: BoardTalk, mode: number | undefined): Promise<boolean> {
  return (mode !== undefined && marks.includes(mode)) || talk.request(() => takesMarks(talk.client));
}

function requireNoDowngrade(
  file: ImageFile,
  running: string | undefined,
  wanted = false,
  byBoard = false,
): void {
  const than = wanted || byBoard ? parseVersion(running ?? "") : undefined;
  const { version } = file.image;
  if (than === undefined || compareVersions(version, than) >= 0) return;
  refuse(
    "version",
    `${versionText(version)} is older than ${versionText(than)}, which runs, and ${byBoard ? "the board's bootloader takes no downgrade" : "no downgrade is wanted"}`,
  );
}

function recovery(file: ImageFile, options: WayOptions, state: readonly State[]): Way {
  if (options.mode === "test")
    throw noRevert(
      `the board is in ${recoveryName}: an upload goes over its only image, and nothing could be gone back to`,
    );
  requireNoDowngrade(file, state[0]?.version, options.noDowngrade);
  options.onNote?.(`${recoveryName}: the upload goes over the application, and it is proven once that runs`);
  if (state.some(({ hash }) => hash === undefined))
    options.onNote?.(
      "it lists images without their hash: that this one is in the slot cannot be proven there",
    );
  return "recovery";
}

function byVersion(file: ImageFile, options: WayOptions, state: readonly State[]): Way {
  if (options.mode === "test")
    throw noRevert(
      `${picks}, it takes no mark for a test and does not go back`,
      "Flash with --by-version instead.",
    );
  if (!options.byVersion)
    throw new CodedError("rig/by-version", `the board takes no mark for a test: ${picks}`, {
      advice:
        "Give --by-version (byVersion: true in the rig file): upload, reset, and prove that the image runs. Nothing is gone back to.",
    });
  const { version } = file.image;
  const number = state.find(({ active }) => active)?.image;
  for (const entry of state) {
    const other = parseVersion(entry.version);
    const isOther = entry.image === number && !sameHash(entry, file);
    if (isOther && other && compareVersions(version, other) <= 0)
      refuse(
        "version",
        `${versionText(version)} is not above ${versionText(other)}, which the board has; ${picks}`,
      );
  }
  options.onNote?.(picks);
  return "by-version";
}

const sameHash = ({ hash }: State, file: ImageFile): boolean =>
  hash !== undefined && sameBytes(hash, file.hash);

/** A list without hashes tells images apart by their versions alone, and only where those differ. */
function tellHashless(file: ImageFile, active: State, { onNote }: WayOptions): void {
  const version = versionText(file.image.version);
  if (saysVersion(active, file.image.version))
    throw new CodedError(
      "rig/unproven",
      `the board lists images without their hash, and runs ${version} already: whether it is this file nobody could tell`,
      {
        advice:
          "Give the image a version of its own, or firmware that lists hashes (Zephyr's image group does).",
      },
    );
  onNote?.("the board lists images without their hash: that this one runs is told by its version alone");
}

/** Servers print a build number that is 0, or leave it out. */
export function saysVersion(entry: State, version: ImageVersion): boolean {
  const said = parseVersion(entry.version);
  return said !== undefined && compareVersions(said, version, true) === 0;
}

function noRevert(
  message: string,
  advice = "Flash with --confirm: it keeps the new image if that passes its self-test.",
): CodedError {
  return new CodedError("rig/no-revert", message, { advice });
}
