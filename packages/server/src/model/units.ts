/**
 * Durations, rates and sizes as people write them in a configuration, with their unit in the value:
 * `15s`, `20/s`, `5MB`. A number without a unit is refused: it would be read as seconds by one
 * person and as milliseconds by the next.
 *
 * Pure. Parsers return `undefined` for text that is none; what to write instead stands beside each.
 */

export const DURATION_PATTERN: RegExp = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;
export const RATE_PATTERN: RegExp = /^(\d+(?:\.\d+)?)\/(s|m|h)$/;
export const SIZE_PATTERN: RegExp = /^(\d+(?:\.\d+)?)(B|KB|MB|GB|KiB|MiB|GiB)$/;

export const DURATION_FORM = "a duration such as 500ms, 15s, 5m, 72h or 7d";
export const RATE_FORM = "a rate such as 20/s, 500/m or 1000/h";
export const SIZE_FORM = "a size such as 5MB, 512KB or 1KiB";

const DURATION_UNITS_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

const RATE_UNITS_S: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

const SIZE_UNITS_BYTES: Readonly<Record<string, number>> = {
  B: 1,
  KB: 1000,
  MB: 1_000_000,
  GB: 1_000_000_000,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
};

/** Milliseconds, rounded to whole ones. */
export function parseDuration(text: string): number | undefined {
  return parseQuantity(text, DURATION_PATTERN, (amount, unit) =>
    Math.round(amount * (DURATION_UNITS_MS[unit] ?? Number.NaN)),
  );
}

/** Per second. */
export function parseRate(text: string): number | undefined {
  return parseQuantity(
    text,
    RATE_PATTERN,
    (amount, unit) => amount / (RATE_UNITS_S[unit] ?? Number.NaN),
  );
}

/** Bytes, rounded to whole ones. KB is 1000 bytes, KiB 1024. */
export function parseSize(text: string): number | undefined {
  return parseQuantity(text, SIZE_PATTERN, (amount, unit) =>
    Math.round(amount * (SIZE_UNITS_BYTES[unit] ?? Number.NaN)),
  );
}

function parseQuantity(
  text: string,
  pattern: RegExp,
  combine: (amount: number, unit: string) => number,
): number | undefined {
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const quantity = combine(Number(match[1]), match[2] ?? "");
  return quantity <= Number.MAX_SAFE_INTEGER ? quantity : undefined;
}

/** In the largest unit that divides it: 300000 is `5m`. */
export function formatDuration(durationMs: number): string {
  return formatQuantity(durationMs, DURATION_UNITS_MS);
}

/** In the largest unit that divides it: 5000000 is `5MB`, 16384 is `16KiB`. */
export function formatSize(bytes: number): string {
  return formatQuantity(bytes, SIZE_UNITS_BYTES);
}

function formatQuantity(quantity: number, units: Readonly<Record<string, number>>): string {
  const fitting = Object.entries(units)
    .filter(([, factor]) => quantity % factor === 0)
    .toSorted(([, left], [, right]) => right - left);
  const smallest: readonly [string, number] = [Object.keys(units)[0] ?? "", 1];
  const [unit, factor] = (quantity === 0 ? undefined : fitting[0]) ?? smallest;
  return `${quantity / factor}${unit}`;
}
