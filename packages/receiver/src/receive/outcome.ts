/** Everything that can become of a request, as one closed list. */
import type { ReceiverError } from "../errors.ts";
import type { HandshakeAnswer } from "../events/handshake.ts";
import type { VerifyFailed } from "../scheme/result.ts";
import type { WebhookEvent } from "./event.ts";

export type ReceiveOutcome =
  /** `onEvent` has done its work, or, where it is acknowledged before, has been given it. */
  | { readonly kind: "accepted"; readonly event: WebhookEvent }
  /** An event that was accepted before; `onEvent` was not called. */
  | { readonly kind: "duplicate"; readonly event: WebhookEvent }
  /** The same event is being worked on at this moment; the provider is asked to come back. */
  | { readonly kind: "in_progress"; readonly event: WebhookEvent }
  | { readonly kind: "handshake"; readonly answer: HandshakeAnswer }
  /** Not verified: signature, address or basic authentication. */
  | { readonly kind: "rejected"; readonly failure: VerifyFailed; readonly check: RejectingCheck }
  /** `onEvent` threw; the event may be tried again. */
  | { readonly kind: "failed"; readonly event: WebhookEvent; readonly error: unknown }
  /**
   * The store threw or took too long. During "claim" the event was not handed to `onEvent`; during
   * "complete" or "release" it was, and only the note about it is missing.
   */
  | {
      readonly kind: "store_failed";
      readonly event: WebhookEvent;
      readonly during: "claim" | "complete" | "release";
      readonly error: unknown;
    }
  | { readonly kind: "body_too_large" }
  | { readonly kind: "body_timed_out" }
  | { readonly kind: "body_aborted" }
  /** Something read the body before the receiver could. */
  | { readonly kind: "body_consumed"; readonly error: ReceiverError }
  | {
      readonly kind: "method_not_allowed";
      readonly method: string;
      readonly allow: readonly string[];
    }
  /** `maxConcurrent` requests are being worked on. */
  | { readonly kind: "overloaded" }
  /** A function of your options threw (`publicUrl`, `clientAddress`), or this package has a mistake. */
  | { readonly kind: "internal_error"; readonly error: unknown };

export type RejectingCheck = "signature" | "address" | "basic_auth";
