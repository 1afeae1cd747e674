/**
 * A value as JSON text, for what leaves: the bodies of transformations and `json(…)`.
 *
 * Invariants: what comes out parses as JSON again and means the value (I12: strings are always
 * encoded, lone surrogates escaped). A number that is no longer what was received is refused, not
 * rounded: an id of twenty digits would become another one. Length and steps are bounded (I10).
 *
 * Recursive, which is safe: bodies nest at most 200 deep, templates and expressions 32 each.
 */
import { charge, chargeText, type Evaluation, FAILED, fail, type Failed } from "./evaluation.ts";
import { fieldOf, isList, isMap, type Value, type ValueMap } from "./values.ts";

type Output = { text: string; readonly limitCharacters: number };

/** Fails beyond the limit, and for numbers that JSON cannot hold exactly. */
export function jsonText(run: Evaluation, value: Value, limitCharacters: number): string | Failed {
  const output: Output = { text: "", limitCharacters };
  return write(run, output, value) ? output.text : FAILED;
}

/** `false` after a failure. */
function write(run: Evaluation, output: Output, value: Value): boolean {
  if (!charge(run, 1)) return false;
  if (typeof value === "string") return writeString(run, output, value);
  if (isList(value)) return writeList(run, output, value);
  if (isMap(value)) return writeMap(run, output, value);
  if (isInexact(value)) {
    fail(run, () => `the number ${String(value)} cannot be written exactly`);
    return false;
  }
  return add(run, output, String(value));
}

function isInexact(value: null | boolean | number | bigint): boolean {
  if (typeof value === "bigint") return !Number.isSafeInteger(Number(value));
  if (typeof value !== "number") return false;
  return !Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value));
}

function writeString(run: Evaluation, output: Output, text: string): boolean {
  // Before it is encoded: what is too long is not copied.
  if (output.text.length + text.length > output.limitCharacters) return tooLong(run, output);
  return chargeText(run, text.length) && add(run, output, JSON.stringify(text));
}

function writeList(run: Evaluation, output: Output, list: readonly Value[]): boolean {
  if (!add(run, output, "[")) return false;
  for (const [index, element] of list.entries()) {
    if (index > 0 && !add(run, output, ",")) return false;
    if (!write(run, output, element)) return false;
  }
  return add(run, output, "]");
}

function writeMap(run: Evaluation, output: Output, map: ValueMap): boolean {
  if (!add(run, output, "{")) return false;
  for (const [index, key] of Object.keys(map).entries()) {
    if (index > 0 && !add(run, output, ",")) return false;
    if (!writeString(run, output, key) || !add(run, output, ":")) return false;
    if (!write(run, output, fieldOf(map, key) ?? null)) return false;
  }
  return add(run, output, "}");
}

function add(run: Evaluation, output: Output, piece: string): boolean {
  output.text += piece;
  return output.text.length <= output.limitCharacters || tooLong(run, output);
}

function tooLong(run: Evaluation, { limitCharacters }: Output): boolean {
  fail(run, () => `longer than ${limitCharacters} characters of JSON`);
  return false;
}
