/**
 * The less usual values that senders sign beside the body: fields of a form, a list of headers, the
 * path. Each is written as the sender's own code writes it, byte for byte.
 *
 * All of them come out as byte strings; `undefined` where the request holds no such value.
 */
import { isByteString, utf8AsByteString } from "../encoding/binary-string.ts";
import type { HeaderLookup } from "../headers.ts";

const decoder = new TextDecoder("utf-8", { fatal: true });

/** More than any sender lists; each costs a scan of the headers. */
const MAX_LISTED_HEADERS = 50;

/**
 * Fields sorted by name, names and values joined without anything between them. Of a repeated name
 * the values are sorted and each counts once, as Twilio does it.
 */
export function sortedForm(body: Uint8Array): string | undefined {
  let text: string;
  try {
    text = decoder.decode(body);
  } catch {
    return undefined;
  }
  const fields = new Map<string, Set<string>>();
  for (const [name, value] of new URLSearchParams(text)) {
    const values = fields.get(name);
    if (values === undefined) fields.set(name, new Set([value]));
    else values.add(value);
  }
  let joined = "";
  for (const name of [...fields.keys()].sort(byCodeUnit)) {
    for (const value of [...(fields.get(name) ?? [])].sort(byCodeUnit)) joined += name + value;
  }
  return utf8AsByteString(joined);
}

/** `name:value` joined by semicolons, sorted; every listed header must be there once. */
export function listedHeaders(headers: HeaderLookup, list: string): string | undefined {
  const names = list.split(",").map((name) => name.trim().toLowerCase());
  if (names.length > MAX_LISTED_HEADERS) return undefined;
  const lines: string[] = [];
  for (const name of [...names].sort(byCodeUnit)) {
    const [value, ...others] = headers.all(name);
    if (value === undefined || others.length > 0 || !isByteString(value)) return undefined;
    lines.push(`${name}:${value.trim()}`);
  }
  return lines.join(";");
}

/** Path and query of a URL as Contentful's library normalises them before it signs. */
export function signedPath(url: string): string | undefined {
  const [, path = "/", query = ""] =
    /^(?:https?:\/\/[^/?#]*)?(\/[^?#]*)?(?:\?([^?#]*))?/.exec(url) ?? [];
  try {
    return encodeURI(query === "" ? path : `${path}?${encodeURIComponent(query)}`);
  } catch {
    // A lone surrogate, which no URL that was received holds.
    return undefined;
  }
}

function byCodeUnit(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
