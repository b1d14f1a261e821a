/** Virtual time for what runs on a serial line. */
export { schedulerTimers, settled } from "../../bench/rig/virtual-time.ts";
