/** A device of the model, served at one end of a line in memory, and the other end. */
import type { ModelledDevice } from "../../../../firmware/devices/boot.ts";
import type { Line } from "../../../../hal/serial/line/index.ts";
import { linePair } from "../../../../hal/serial/line/index.ts";
import { realTimers } from "../../../../hal/serial/timers.ts";
import { EmulatedDevice } from "../../../../harness/rig/emulate/serve-device.ts";

export interface ServedDevice {
  readonly emulated: EmulatedDevice;
  readonly near: Line;
  close(): Promise<void>;
}

export async function servedDevice(type: ModelledDevice, seed = 1): Promise<ServedDevice> {
  const emulated = await EmulatedDevice.start({ type, seed });
  const [near, far] = linePair(realTimers);
  const stop = emulated.serve(far);
  const close = async (): Promise<void> => {
    stop();
    await near.close();
    await emulated.stop();
  };
  return { emulated, near, close };
}
