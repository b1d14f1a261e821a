/** The times of a schedule, in UTC. Months that are too short for its day have it on their last: from memory, unverified. */

export type Frequency = "Daily" | "Weekly" | "Monthly" | "Quarterly" | "Half-Yearly" | "Yearly";

export const dayS = 86_400;
const days: Partial<Record<Frequency, number>> = { Daily: 1, Weekly: 7 };
const months: Partial<Record<Frequency, number>> = { Monthly: 1, Quarterly: 3, "Half-Yearly": 6, Yearly: 12 };

/** UTC seconds of a day, "2026-11-29" with or without a zone, at its midnight. */
export const midnightS = (date: string): number => Date.parse(`${date.slice(0, 10)}T00:00:00Z`) / 1000;

/** Seconds of a day, of "07:30:00". */
export function timeS(time: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = time.replace("Z", "").split(":").map(Number);
  return hours * 3600 + minutes * 60 + Math.floor(seconds);
}

/** The first time not before `fromS` of what begins at `startS`. */
export function nextS(frequency: Frequency, startS: number, fromS: number): number {
  const step = days[frequency];
  if (step !== undefined)
    return startS + Math.max(0, Math.ceil((fromS - startS) / (step * dayS))) * step * dayS;
  const by = months[frequency] as number;
  const start = new Date(startS * 1000);
  const from = new Date(Math.max(startS, fromS) * 1000);
  const apart =
    (from.getUTCFullYear() - start.getUTCFullYear()) * 12 + from.getUTCMonth() - start.getUTCMonth();
  const count = Math.floor(apart / by) * by;
  const found = monthsAfter(start, count);
  return found >= fromS ? found : monthsAfter(start, count + by);
}

function monthsAfter(start: Date, count: number): number {
  const first = Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + count, 1);
  const last = new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + count + 1, 0)).getUTCDate();
  const day = Math.min(start.getUTCDate(), last);
  return first / 1000 + (day - 1) * dayS + ((start.getTime() / 1000) % dayS);
}
