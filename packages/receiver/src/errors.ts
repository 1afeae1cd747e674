/**
 * Errors of this package: only for what the developer or operator got wrong (a secret, a recipe, a
 * name). A request that does not verify is an expected outcome, so it is a value (`VerifyFailed`),
 * never an exception.
 *
 * Match on `code`, which is stable; messages are for people. No message contains a secret or any
 * part of one (I8).
 */

/** What can be wrong with a configuration. */
export type ConfigErrorCode =
  /** The scheme needs at least one secret and got none. */
  | "secret_missing"
  /** The scheme uses no secret but got one: probably the wrong scheme. */
  | "secret_unused"
  /** More secrets than `MAX_SECRETS`. */
  | "secrets_too_many"
  | "secret_empty"
  /** White space around the secret, as a careless copy or a file's last line leaves it. */
  | "secret_padded"
  /** Not in the encoding the scheme prescribes. */
  | "secret_undecodable"
  | "secret_too_short"
  /** The recipe contradicts itself or names something unknown. */
  | "recipe_invalid"
  | "tolerance_invalid"
  /** Not an IP address or a CIDR range, or one with bits set beyond its prefix. */
  | "address_range_invalid"
  | "provider_unknown"
  | "sample_unknown"
  /** The body was parsed or decoded before it got here. */
  | "body_not_bytes"
  /** Only the provider itself can sign by this recipe. */
  | "signing_unsupported"
  /** Something that goes into a signature cannot be signed unambiguously. */
  | "signing_input_invalid";

/** Base class of every error this package throws. */
export class ReceiverError extends Error {
  override readonly name: string = "ReceiverError";
  readonly code: string;
  /** What to do, in one sentence. */
  readonly hint: string;

  constructor(code: string, message: string, hint: string) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}

/** Thrown while compiling or signing; while verifying only for a body that is not bytes. */
export class WebhookConfigError extends ReceiverError {
  override readonly name = "WebhookConfigError";
  override readonly code: ConfigErrorCode;

  constructor(code: ConfigErrorCode, message: string, hint: string) {
    super(code, message, hint);
    this.code = code;
  }
}
