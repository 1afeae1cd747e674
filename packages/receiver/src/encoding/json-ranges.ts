/**
 * Where the values at a path are in a JSON text, as ranges of its bytes.
 *
 * For taking a batch apart without writing anything again: each item stays the bytes that the sender
 * wrote, with its own spaces, escapes and long numbers (I4). Only for texts that `JSON.parse` took,
 * so nothing is checked here; of repeated names the last counts, as it does there.
 *
 * Cost: one pass over the text for each array on the path.
 */

export type Range = { readonly start: number; readonly end: number };

/** In a path, stands for every element of an array. */
export const EVERY = "*";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const BRACES: readonly number[] = [0x7b, 0x5b];
const [OPEN_OBJECT, OPEN_ARRAY] = BRACES;
const CLOSE_OBJECT = 0x7d;
const CLOSE_ARRAY = 0x5d;

const decoder = new TextDecoder();

/** In the order of the text; empty if there is nothing at the path. */
export function findRanges(json: Uint8Array, path: readonly string[]): readonly Range[] {
  const isMarked = json[0] === 0xef && json[1] === 0xbb && json[2] === 0xbf;
  let starts = [skipSpace(json, isMarked ? 3 : 0)];
  for (const step of path) {
    starts = starts.flatMap((start) =>
      step === EVERY ? elementsOf(json, start) : memberOf(json, start, step),
    );
  }
  return starts.map((start) => ({ start, end: skipValue(json, start) }));
}

function elementsOf(json: Uint8Array, start: number): number[] {
  if (json[start] !== OPEN_ARRAY) return [];
  const elements: number[] = [];
  let at = skipSpace(json, start + 1);
  while (at < json.length && json[at] !== CLOSE_ARRAY) {
    elements.push(at);
    at = skipSpace(json, skipValue(json, at));
    if (json[at] === COMMA) at = skipSpace(json, at + 1);
  }
  return elements;
}

function memberOf(json: Uint8Array, start: number, name: string): number[] {
  if (json[start] !== OPEN_OBJECT) return [];
  let found: number[] = [];
  let at = skipSpace(json, start + 1);
  while (at < json.length && json[at] !== CLOSE_OBJECT) {
    const keyEnd = skipValue(json, at);
    const key: unknown = JSON.parse(decoder.decode(json.subarray(at, keyEnd)));
    at = skipSpace(json, keyEnd);
    if (json[at] === COLON) at = skipSpace(json, at + 1);
    if (key === name) found = [at];
    at = skipSpace(json, skipValue(json, at));
    if (json[at] === COMMA) at = skipSpace(json, at + 1);
  }
  return found;
}

function skipValue(json: Uint8Array, start: number): number {
  const first = json[start] ?? 0;
  if (first === QUOTE) return skipString(json, start);
  return BRACES.includes(first) ? skipNested(json, start) : skipScalar(json, start);
}

function skipString(json: Uint8Array, start: number): number {
  let at = start + 1;
  while (at < json.length && json[at] !== QUOTE) at += json[at] === BACKSLASH ? 2 : 1;
  return at + 1;
}

function skipNested(json: Uint8Array, start: number): number {
  let depth = 0;
  let at = start;
  while (at < json.length) {
    const byte = json[at];
    if (byte === QUOTE) {
      at = skipString(json, at);
      continue;
    }
    if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) depth += 1;
    if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) depth -= 1;
    at += 1;
    if (depth === 0) break;
  }
  return at;
}

function skipScalar(json: Uint8Array, start: number): number {
  let at = start;
  while (at < json.length && !isEnd(json[at] ?? 0)) at += 1;
  return at;
}

function isEnd(byte: number): boolean {
  return byte <= 0x20 || byte === COMMA || byte === CLOSE_OBJECT || byte === CLOSE_ARRAY;
}

function skipSpace(json: Uint8Array, start: number): number {
  let at = start;
  while (at < json.length && (json[at] ?? 0) <= 0x20) at += 1;
  return at;
}
