/** From options to the query of a call: what was not given is left out. */
import { parseTime } from "../values.ts";

type Given<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

export function given<T extends object>(values: T): Given<T> {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Given<T>;
}

/** `--since` and `--until` as the API wants them. */
export function timesOf(
  { since, until }: { readonly since?: string; readonly until?: string },
  nowMs: number,
): { readonly from?: string; readonly to?: string } {
  return {
    ...(since === undefined ? {} : { from: parseTime(since, nowMs) }),
    ...(until === undefined ? {} : { to: parseTime(until, nowMs) }),
  };
}
