/** Times as text: RFC 3339 in UTC with milliseconds outside, milliseconds since the epoch inside. */

export function formatTime(timeMs: number): string {
  return new Date(timeMs).toISOString();
}

export function formatTimeOrNull(timeMs: number | undefined): string | null {
  return timeMs === undefined ? null : formatTime(timeMs);
}

/** Not a number when the text is no time. */
export function parseTime(text: string): number {
  return Date.parse(text);
}
