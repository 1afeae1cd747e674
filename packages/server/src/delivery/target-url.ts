/**
 * Joins what came after the source's own URL to the destination's: its path and query, still encoded
 * as they were received (I3).
 *
 * A sender chooses this text. So dot segments are refused instead of resolved (they would climb out
 * of the destination's path), and what has a meaning to URL parsers but not in a request's path is
 * encoded. The host and port cannot be changed: only the path and the query of the URL are set.
 *
 * Pure. Cost: nothing unless the destination appends paths and there is one; then about 2 us.
 */
import type { ActiveDestination } from "../model/active.ts";

/** "." or ".." as a whole segment, in any spelling that URL parsers take for one. */
const DOT_SEGMENT = /(?:^|[/\\])(?:\.|%2e){1,2}(?:[/\\]|$)/i;

/** The URL to send to, or `undefined` when the path must not be appended. */
export function joinTargetUrl(
  destination: Pick<ActiveDestination, "url" | "appendPath">,
  received: { readonly path: string; readonly query: string },
): URL | undefined {
  return destination.appendPath ? appendToUrl(destination.url, received) : destination.url;
}

/** The same, whatever the destination does with what was received. */
export function appendToUrl(
  url: URL,
  received: { readonly path: string; readonly query: string },
): URL | undefined {
  if (received.path === "" && received.query === "") return url;
  if (DOT_SEGMENT.test(received.path)) return undefined;

  const joined = new URL(url);
  if (received.path !== "") {
    const suffix = received.path.replaceAll("\\", "%5C").replaceAll("#", "%23");
    joined.pathname = url.pathname.replace(/\/$/, "") + suffix;
  }
  if (received.query !== "") {
    joined.search = url.search === "" ? received.query : `${url.search}&${received.query}`;
  }
  return joined;
}
