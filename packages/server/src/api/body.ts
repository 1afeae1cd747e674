/**
 * The bodies that callers send: JSON (the configuration also as YAML), UTF-8, of bounded size and
 * depth. Only declared JSON is read: a form of another site cannot declare it without asking first.
 */
import type { IncomingMessage } from "node:http";
import { RingdownError } from "../errors/ringdown-error.ts";

export type ReceivedBody = {
  /** The media type without parameters, in lower case; "" when none was given. */
  readonly contentType: string;
  readonly contentEncoding: string;
  readonly bytes: Uint8Array;
};

/** Resolves once the body is there as a whole. @throws body_too_large */
export type BodyRead = () => Promise<ReceivedBody>;

export const JSON_TYPES: ReadonlySet<string> = new Set(["application/json"]);

/** Deeper documents only exist to exhaust the stack of whoever walks them. */
const DEPTH_LIMIT = 64;

export function mediaType(httpRequest: IncomingMessage): string {
  return (httpRequest.headers["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
}

export type ReceivedText = { readonly contentType: string; readonly text: string };

/** Undefined when there is no body. @throws unsupported_media_type, invalid_request */
export async function readBodyText(
  read: BodyRead,
  types: ReadonlySet<string>,
): Promise<ReceivedText | undefined> {
  const { contentType, contentEncoding, bytes } = await read();
  if (bytes.length === 0) return undefined;
  if (!types.has(contentType)) {
    const accepted = [...types].join(" or ");
    throw new RingdownError("unsupported_media_type", `The body must be ${accepted}.`);
  }
  if (contentEncoding !== "" && contentEncoding !== "identity") {
    throw new RingdownError("unsupported_media_type", "The body must not be compressed.");
  }
  try {
    return { contentType, text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch {
    throw new RingdownError("invalid_request", "The body is not valid UTF-8.");
  }
}

/** @throws invalid_request */
export function parseJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : "";
    throw new RingdownError("invalid_request", `The body is not valid JSON: ${reason}`);
  }
  checkShape(value);
  return value;
}

/**
 * Level by level, without recursion: the value may be deeper than the stack. A key `__proto__` is
 * refused here, because schemas skip it, and nothing that was sent may be skipped (I12).
 */
function checkShape(value: unknown): void {
  let level = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEPTH_LIMIT) {
      throw new RingdownError(
        "invalid_request",
        `The body is nested deeper than ${String(DEPTH_LIMIT)} levels.`,
      );
    }
    const objects = level.filter((item) => typeof item === "object" && item !== null);
    if (objects.some((item) => Object.hasOwn(item, "__proto__"))) {
      throw new RingdownError("invalid_request", 'Unknown key: "__proto__"');
    }
    level = objects.flatMap((item) => Object.values(item) as unknown[]);
  }
}
