/** Reads a date in the one form that HTTP still allows to be sent (RFC 9110 section 5.6.7). Pure. */

const IMF_FIXDATE =
  /^([A-Z][a-z]{2}), (\d{2}) ([A-Z][a-z]{2}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT$/;

/** Milliseconds since the epoch, or `undefined` for anything that is not exactly such a date. */
export function parseHttpDate(text: string): number | undefined {
  if (!IMF_FIXDATE.test(text)) return undefined;
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) return undefined;
  // Date.parse forgives a wrong weekday and a 31st of June; printing them again does not.
  return date.toUTCString() === text ? date.getTime() : undefined;
}
