/**
 * Refuses bodies that are not bytes (I4).
 *
 * A framework that parsed the body leaves an object or a string; turning that back into bytes would
 * be a guess, and a wrong one sooner or later. This is a mistake in the calling program, not in the
 * request, hence an error and not a result.
 */
import { WebhookConfigError } from "../errors.ts";

/** @throws {body_not_bytes} */
export function assertBytes(body: Uint8Array): void {
  // Not instanceof: bytes made in another realm, as test runners do, are bytes too.
  if (ArrayBuffer.isView(body) && body.BYTES_PER_ELEMENT === 1) return;
  throw new WebhookConfigError(
    "body_not_bytes",
    "The body is not a Uint8Array or Buffer.",
    "Pass the raw bytes as received; switch off the framework's body parser for this path.",
  );
}
