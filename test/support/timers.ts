/** Virtual time for what runs on a serial line. */
export { schedulerTimers, settled } from "../../harness/rig/flash/virtual-time.ts";
