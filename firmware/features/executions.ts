/** Moments that recur, as COSEM's single action schedule has them (class 22): a time of day on each date that matches. */
import type { ValueOf, valueTypes } from "../model/index.ts";
import { type DatePattern, daySeconds, latestMatch, nextMatch, readDatePattern } from "./calendar-time.ts";

export type ExecutionValue = ValueOf<(typeof valueTypes)["execution"]>;

export interface Execution {
  /** Second of the day, UTC. */
  readonly atS: number;
  readonly date: DatePattern;
}

/** Every midnight. */
export const midnights: readonly Execution[] = [
  { atS: 0, date: { year: undefined, month: undefined, day: undefined, weekday: undefined } },
];

/** Undefined when one of them never comes, or leaves its time open. */
export function readExecutions(values: readonly ExecutionValue[]): readonly Execution[] | undefined {
  const executions = values.flatMap(({ time, date }): Execution[] => {
    const { hour, minute, second, hundredth = 0 } = time;
    const pattern = readDatePattern(date);
    if (hour === undefined || minute === undefined || second === undefined) return [];
    return pattern === undefined || hundredth > 0
      ? []
      : [{ atS: hour * 3600 + minute * 60 + second, date: pattern }];
  });
  return executions.length === values.length ? executions : undefined;
}

/** The last of the moments up to `utcS`, that one included. */
export function latestExecution(executions: readonly Execution[], utcS: number): number | undefined {
  return executions.reduce<number | undefined>((latest, { atS, date }) => {
    const days = latestMatch(date, Math.floor((utcS - atS) / daySeconds));
    const moment = days === undefined ? -1 : days * daySeconds + atS;
    return moment < 0 ? latest : Math.max(latest ?? 0, moment);
  }, undefined);
}

/** The first of the moments after `utcS`. */
export function nextExecution(executions: readonly Execution[], utcS: number): number | undefined {
  return executions.reduce<number | undefined>((next, { atS, date }) => {
    const days = nextMatch(date, Math.floor((utcS - atS) / daySeconds) + 1);
    return days === undefined ? next : Math.min(next ?? Number.POSITIVE_INFINITY, days * daySeconds + atS);
  }, undefined);
}
