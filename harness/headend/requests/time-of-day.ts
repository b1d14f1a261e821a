/** xs:time, and the time of day of the model. */
import type { CalendarTime } from "../../../firmware/model/index.ts";

/** "07:30:00" or "07:30:00.00Z". */
export function timeOf(text: string): CalendarTime {
  const [hour, minute, second, hundredth = 0] = text.replace("Z", "").split(/[:.]/).map(Number);
  return { hour, minute, second, hundredth } as CalendarTime;
}

/** "07:30:00.00", with whatever else a moment of the day would hold. */
export function clock(value: unknown): string {
  const { hour, minute, second, hundredth } = (
    typeof value === "object" && value !== null ? value : {}
  ) as CalendarTime;
  const two = (part: number | undefined) => String(part).padStart(2, "0");
  return `${two(hour)}:${two(minute)}:${two(second)}.${two(hundredth)}`;
}

/** A time of day in the one form that {@link clock} gives. */
export const filledTime = (text: string): string => {
  const [seconds, part = ""] = text.replace("Z", "").split(".");
  return `${seconds}.${part.padEnd(2, "0")}`;
};
