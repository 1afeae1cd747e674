/**
 * The kinds of values that server options have: how each is read from a text (flag, environment) or
 * from the file, what it must look like, and how it is shown. Pure.
 */
import { isIP } from "node:net";
import {
  DURATION_FORM,
  formatDuration,
  formatSize,
  parseDuration,
  parseSize,
  SIZE_FORM,
} from "../model/units.ts";
import { createSecret, type Secret } from "./secret.ts";

export type OptionKind<T> = {
  /** Completes "expected …". */
  readonly form: string;
  /** A text, or what the file holds; `undefined` if it is not of this kind. */
  readonly parse: (input: unknown) => T | undefined;
  readonly show: (value: T) => string;
  /** JSON Schema of the value in the file. */
  readonly schema: Readonly<Record<string, unknown>>;
};

type Bounds = { readonly min: number; readonly max: number };

/** The parser is asked for texts; everything else in a file is refused, except where noted. */
function ofText<T>(parse: (text: string) => T | undefined): (input: unknown) => T | undefined {
  return (input) => (typeof input === "string" ? parse(input) : undefined);
}

function within(value: number | undefined, { min, max }: Bounds): number | undefined {
  return value !== undefined && value >= min && value <= max ? value : undefined;
}

/** A whole number; in the file without quotes. */
export function count(bounds: Bounds): OptionKind<number> {
  return {
    form: `a whole number from ${bounds.min} to ${bounds.max}`,
    parse: (input) => {
      if (typeof input === "number") {
        return Number.isInteger(input) ? within(input, bounds) : undefined;
      }
      return typeof input === "string" && /^\d{1,15}$/.test(input)
        ? within(Number(input), bounds)
        : undefined;
    },
    show: String,
    schema: { type: "integer", minimum: bounds.min, maximum: bounds.max },
  };
}

export const port: OptionKind<number> = count({ min: 0, max: 65_535 });

/** Bounds in milliseconds. */
export function duration(bounds: Bounds): OptionKind<number> {
  return {
    form: `${DURATION_FORM}, ${formatDuration(bounds.min)} to ${formatDuration(bounds.max)}`,
    parse: ofText((text) => within(parseDuration(text), bounds)),
    show: formatDuration,
    schema: { type: "string" },
  };
}

/** Bounds in bytes. */
export function size(bounds: Bounds): OptionKind<number> {
  return {
    form: `${SIZE_FORM}, ${formatSize(bounds.min)} to ${formatSize(bounds.max)}`,
    parse: ofText((text) => within(parseSize(text), bounds)),
    show: formatSize,
    schema: { type: "string" },
  };
}

export function text(form: string, isValid: (value: string) => boolean): OptionKind<string> {
  return {
    form,
    parse: ofText((value) => (isValid(value) ? value : undefined)),
    show: (value) => value,
    schema: { type: "string" },
  };
}

/** The embedded store, none at all, or the URL of a PostgreSQL database, which may hold a password (I8). */
export type StoreChoice = "sqlite" | "memory" | Secret;

export const store: OptionKind<StoreChoice> = {
  form: "sqlite, memory or postgres://host/database",
  parse: (input) => {
    if (input === "sqlite" || input === "memory") return input;
    return typeof input === "string" && isPostgresUrl(input) ? createSecret(input) : undefined;
  },
  show: (value) => (typeof value === "string" ? value : "postgres"),
  schema: { type: "string" },
};

/** The host may be missing: then PGHOST or the local socket counts, as for every PostgreSQL client. */
function isPostgresUrl(value: string): boolean {
  return /^postgres(ql)?:\/\//.test(value) && URL.canParse(value);
}

export function choice<const V extends string>(values: readonly V[]): OptionKind<V> {
  return {
    form: `one of ${values.join(", ")}`,
    parse: (input) => values.find((value) => value === input),
    show: (value) => value,
    schema: { type: "string", enum: [...values] },
  };
}

/** On or off: `--flag`, `true`, `1` and `on`, or their opposites. */
export const toggle: OptionKind<boolean> = {
  form: "true or false",
  parse: (input) => {
    if (typeof input === "boolean") return input;
    if (input === "true" || input === "1" || input === "on") return true;
    return input === "false" || input === "0" || input === "off" ? false : undefined;
  },
  show: String,
  schema: { type: "boolean" },
};

/** Several texts: separated by commas, in the file a list. */
export function list(
  form: string,
  isValid: (item: string) => boolean,
): OptionKind<readonly string[]> {
  return {
    form,
    parse: (input) => {
      const items: unknown = typeof input === "string" ? splitList(input) : input;
      if (!Array.isArray(items) || items.length > 1000) return undefined;
      const texts = items.filter((item) => typeof item === "string" && isValid(item)) as string[];
      return texts.length === items.length ? Object.freeze(texts) : undefined;
    },
    show: (value) => (value.length === 0 ? "none" : value.join(",")),
    schema: { type: "array", items: { type: "string" } },
  };
}

function splitList(value: string): string[] {
  return value
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
}

export function isHost(value: string): boolean {
  return isIP(value) !== 0 || /^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/.test(value);
}

/** An address, alone or with the length of its prefix. */
export function isAddressRange(value: string): boolean {
  const [address = "", prefix, ...rest] = value.split("/");
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  if (prefix === undefined) return true;
  return /^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 6 ? 128 : 32);
}

/** http or https, a host, perhaps a path; nothing that would end up in every link. */
export function isBaseUrl(value: string): boolean {
  if (!/^https?:\/\/[^/]/i.test(value) || !URL.canParse(value)) return false;
  const url = new URL(value);
  return url.search === "" && url.hash === "" && url.username === "" && url.password === "";
}

export function isLoopbackHost(value: string): boolean {
  return value === "localhost" || value === "::1" || /^127\.\d+\.\d+\.\d+$/.test(value);
}
