/**
 * The port between a framework and the core: a request whose body has not been read yet.
 *
 * The body is behind a function, so that a request that needs no reading (a wrong method, a forbidden
 * address, a body that is too long by its own account) is answered without, and so that the limits
 * are the core's while the way of reading is the framework's.
 */
import type { ReceiverError } from "../errors.ts";
import type { HeaderLookup } from "../headers.ts";

export type IncomingWebhook = {
  readonly method: string;
  /** Path and query as received, or the whole URL where the platform has nothing else. */
  readonly url: string;
  readonly headers: HeaderLookup;
  /** Who is at the other end of the connection, as the framework knows it. */
  readonly address?: string | undefined;
  /** Called once at most. Never throws. */
  readonly readBody: (limits: BodyLimits) => Promise<BodyRead>;
};

export type BodyLimits = {
  readonly maxBytes: number;
  /** From the first read to the last byte. */
  readonly timeoutMs: number;
};

export type BodyRead =
  | { readonly kind: "read"; readonly bytes: Uint8Array }
  | { readonly kind: "too_large" }
  | { readonly kind: "timed_out" }
  /** The sender hung up, or the connection broke. */
  | { readonly kind: "aborted" }
  /** Somebody read it before: a mistake in the application, which the error says how to mend. */
  | { readonly kind: "consumed"; readonly error: ReceiverError };
