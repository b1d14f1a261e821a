/** Sub-GHz channels (Zigbee, GB bands): radio pages 28 to 31 of up to 27 channels, and bit strings that name them. */
import type { SubGhzChannel } from "../../../hal/board.ts";

/** Radio pages, and how many channels each has. */
export const pages = { 28: 27, 29: 8, 30: 27, 31: 27 } as const;
export type Page = keyof typeof pages;
const numberBits = 27;

/** Five bits of page, then a bit for each channel, the lowest last. */
export function maskOf(page: number, numbers: readonly number[]): string {
  const bits = Array.from({ length: numberBits }, (_, i) => (numbers.includes(i) ? "1" : "0"));
  return page.toString(2).padStart(5, "0") + bits.reverse().join("");
}

export const channelBits = ({ page, number }: SubGhzChannel): string => maskOf(page, [number]);

/** The channels that a mask names, lowest first; undefined when it is none of `page`'s. */
export function channelsIn(mask: string, page: Page): SubGhzChannel[] | undefined {
  if (mask.length !== 32 || Number.parseInt(mask.slice(0, 5), 2) !== page) return undefined;
  const numbers = [...mask.slice(5)].reverse().flatMap((bit, number) => (bit === "1" ? [number] : []));
  return numbers.every((number) => number < pages[page])
    ? numbers.map((number) => ({ page, number }))
    : undefined;
}

/** The one channel that `bits` name. */
export function channelOf(bits: string): SubGhzChannel | undefined {
  const page = Number.parseInt(bits.slice(0, 5), 2);
  const channels = page in pages ? channelsIn(bits, page as Page) : undefined;
  return channels?.length === 1 ? channels[0] : undefined;
}

/** Four octets of a channel's bits. */
export const channelOctets = (bits: string): Uint8Array =>
  Uint8Array.from({ length: 4 }, (_, i) => Number.parseInt(bits.slice(8 * i, 8 * i + 8), 2));

export const sameChannel = (a: SubGhzChannel, b: SubGhzChannel): boolean =>
  a.page === b.page && a.number === b.number;
