/** Which SMP server is at the far end: an application's, or MCUboot's serial recovery. And whether any is there. */
import { image, isUnsupported, os, type SmpClient, SmpError } from "../../hal/serial/smp/index.ts";

/** What its users call it. */
export const recoveryName = "MCUboot's serial recovery";

/** Why `flash` and `bench` take care there. */
export const recoveryAdvice =
  "It boots the application at a reset. An upload goes over the application, not into a free slot: there is no way back.";

/**
 * Is the image list that of MCUboot's serial recovery? Nothing in it runs or carries any mark, for there is no
 * application yet; and it has no echo, or where it was built with one, no slot info and takes no marks. Throws
 * {@link SmpError} when the board falls silent.
 */
export async function isRecovery(client: SmpClient, state: readonly image.ImageState[]): Promise<boolean> {
  if (state.some(({ active, confirmed, pending, bootable }) => active || confirmed || pending || bootable))
    return false;
  if (await lacks(() => os.echo(client, ""))) return true;
  return (await lacks(() => image.slotInfo(client))) && (state.length > 0 || !(await takesMarks(client)));
}

/**
 * Whether the board lets itself be told what to boot. Asked about an image that no board has: that changes nothing.
 * Throws {@link SmpError} when the board falls silent.
 */
export const takesMarks = async (client: SmpClient): Promise<boolean> =>
  !(await lacks(() => image.test(client, new Uint8Array(32))));

/** Whether an SMP server answers, be it with a refusal. A first question that is lost is asked again. */
export async function answers(client: SmpClient): Promise<boolean> {
  try {
    await os.echo(client, "");
  } catch (error) {
    if (!(error instanceof SmpError) || error.code === "smp/closed") throw error;
    return error.code === "smp/refused" || error.code === "smp/malformed";
  }
  return true;
}

async function lacks(ask: () => Promise<unknown>): Promise<boolean> {
  try {
    await ask();
    return false;
  } catch (error) {
    if (error instanceof SmpError && error.code !== "smp/timeout" && error.code !== "smp/closed")
      return isUnsupported(error);
    throw error;
  }
}
