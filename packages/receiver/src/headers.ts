/**
 * Reads headers by name without building an object from them.
 *
 * A verifier looks at two or three of twenty headers, so a scan of node's flat `rawHeaders` list is
 * cheaper than lower-casing and merging all of them, and it keeps repetitions visible: a signature
 * header that came twice is refused, not joined (see `scheme/read-header.ts`).
 */

export type HeaderLookup = {
  /** The value of a header; several values joined by ", ". The name must be in lower case. */
  readonly get: (lowerCaseName: string) => string | undefined;
  /** Every value, in the order received. The name must be in lower case. */
  readonly all: (lowerCaseName: string) => readonly string[];
};

/** What a framework may hand over: `request.headers` of node, or an object made from fetch `Headers`. */
export type HeaderRecord = Readonly<Record<string, string | readonly string[] | undefined>>;

const NONE: readonly string[] = [];

/**
 * Looks into node's `request.rawHeaders`: name, value, name, value, …
 *
 * @example
 * const headers = headersFromRaw(["Content-Type", "application/json"]);
 * headers.get("content-type"); // "application/json"
 */
export function headersFromRaw(rawHeaders: readonly string[]): HeaderLookup {
  const all = (name: string): readonly string[] => {
    let found: string[] | undefined;
    for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
      if (!isNamed(rawHeaders[index] as string, name)) continue;
      const value = rawHeaders[index + 1] as string;
      if (found === undefined) found = [value];
      else found.push(value);
    }
    return found ?? NONE;
  };
  const get = (name: string): string | undefined => {
    const values = all(name);
    return values.length > 1 ? values.join(", ") : values[0];
  };
  return { get, all };
}

/** Looks into an object of headers; names may have any case. */
export function headersFromRecord(record: HeaderRecord): HeaderLookup {
  const raw: string[] = [];
  for (const [name, value] of Object.entries(record)) {
    if (typeof value === "string") raw.push(name, value);
    else for (const one of value ?? NONE) raw.push(name, one);
  }
  return headersFromRaw(raw);
}

function isNamed(received: string, lowerCaseName: string): boolean {
  return (
    received.length === lowerCaseName.length &&
    (received === lowerCaseName || received.toLowerCase() === lowerCaseName)
  );
}
