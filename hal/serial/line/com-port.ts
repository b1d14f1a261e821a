/** The COM-PORT option of RFC 2217: its codes and values. */
import type { Flow, LineFormat, ModemInputs } from "./line.ts";

/** Client to server; the server answers with the code plus 100. */
export const comPort = {
  signature: 0,
  setBaudRate: 1,
  setDataSize: 2,
  setParity: 3,
  setStopSize: 4,
  setControl: 5,
  flowControlSuspend: 8,
  flowControlResume: 9,
  setLineStateMask: 10,
  setModemStateMask: 11,
  purgeData: 12,
} as const;
export const serverCode = 100;
export const notifyModemState = 107;

export const control = {
  breakOn: 5,
  breakOff: 6,
  dtrOn: 8,
  dtrOff: 9,
  rtsOn: 11,
  rtsOff: 12,
} as const;

export const flowControl: Readonly<Record<Flow, number>> = { none: 1, xonxoff: 2, rtscts: 3 };
export const parityCode: Readonly<Record<LineFormat["parity"], number>> = {
  none: 1,
  odd: 2,
  even: 3,
  mark: 4,
  space: 5,
};
export const stopCode = (stopBits: LineFormat["stopBits"]): number => (stopBits === 1.5 ? 3 : stopBits);
export const purgeCode = { in: 1, out: 2, both: 3 } as const;

/** A baud rate in four bytes, most significant first. */
export const baudBytes = (baudRate: number): Uint8Array => {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, baudRate);
  return bytes;
};

/** The number that a payload of one to four bytes stands for; undefined for any other length. */
export const numberOf = (payload: Uint8Array): number | undefined =>
  payload.length >= 1 && payload.length <= 4
    ? payload.reduce((value, byte) => value * 256 + byte, 0)
    : undefined;

/** The inputs in a NOTIFY-MODEMSTATE byte; its low half tells what changed. */
export const modemInputs = (state: number): ModemInputs => ({
  cts: (state & 0x10) !== 0,
  dsr: (state & 0x20) !== 0,
  ri: (state & 0x40) !== 0,
  dcd: (state & 0x80) !== 0,
});
