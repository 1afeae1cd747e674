/**
 * Parses a body at most once, and only when somebody asks.
 *
 * Never on the way of a signature, which is over the bytes (I4); only to find types, ids and
 * challenges. Bytes that are not UTF-8 are not JSON (RFC 8259 section 8.1), rather than JSON with
 * replacement characters in it.
 */
import type { Content } from "./value.ts";

const decoder = new TextDecoder("utf-8", { fatal: true });

/** @param contentType the header as received, or `undefined`; or how to find it when it is needed */
export function lazyContent(
  body: Uint8Array,
  contentType: string | undefined | (() => string | undefined),
): Content {
  let isParsed = false;
  let parsed: unknown;
  return {
    json: () => {
      if (!isParsed) {
        parsed = parse(body, typeof contentType === "function" ? contentType() : contentType);
        isParsed = true;
      }
      return parsed;
    },
  };
}

function parse(body: Uint8Array, contentType: string | undefined): unknown {
  try {
    const text = decoder.decode(body);
    return isForm(contentType) ? formFields(text) : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}

function isForm(contentType: string | undefined): boolean {
  return /^application\/x-www-form-urlencoded\b/i.test(contentType ?? "");
}

/** The first value of each field. Without a prototype, because senders choose the names. */
function formFields(text: string): Readonly<Record<string, string>> {
  const fields = Object.create(null) as Record<string, string>;
  for (const [name, value] of new URLSearchParams(text)) fields[name] ??= value;
  return fields;
}
