import { CodedError } from "../base/coded-error.ts";

/**
 * An error of the emulated board's host side, with a stable code.
 *
 * - `emulated/missing-tools`: a program it needs is not installed (`data.packages` names the Debian packages)
 * - `emulated/build`: the agent did not compile
 * - `emulated/in-use`: another process runs a board from the same folder
 * - `emulated/no-power`: the board is off
 * - `emulated/died`: QEMU or socat ended by itself
 * - `emulated/refused`: QMP or the stimulus line answered with an error
 * - `emulated/flash-file`: the flash file is not ours, or what should go into it does not fit
 */
export class EmulatedError extends CodedError<`emulated/${string}`> {}
