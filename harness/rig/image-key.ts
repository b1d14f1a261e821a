/** The key that a rig file says a board's images are signed with. */
import type { ImageKey } from "../../firmware/bootloader/keys.ts";
import { CodedError } from "../../hal/base/coded-error.ts";
import { readKeyFile } from "./flash/pre-flight.ts";
import type { RigBoard } from "./rig-file.ts";

/** Undefined where the rig file names none. Throws `rig-file/image-key` with the board and the file's line. */
export function imageKeyOf({ id, imageKey, imageKeyAt }: RigBoard): ImageKey | undefined {
  if (imageKey === undefined) return undefined;
  try {
    return readKeyFile(imageKey);
  } catch (cause) {
    const { message } = cause as CodedError;
    const what = message.replace(/^flash: (key )?/, "");
    throw new CodedError(
      "rig-file/image-key",
      `${imageKeyAt ?? "rig file"}: board ${id}: imageKey: ${what}`,
      {
        board: id,
        advice:
          "Expected the PEM file, or the raw public key, that images for this board are signed with; relative to the rig file.",
      },
    );
  }
}
