/**
 * Every operational error of the server, declared once: code, HTTP status, whether a later retry
 * can succeed, and what to do. `docs/reference/errors.md` and the OpenAPI document are made from it.
 *
 * Codes are stable: they appear in API answers, logs, metrics and other people's scripts.
 */

type ErrorEntry = { readonly status: number; readonly retryable: boolean; readonly hint: string };

export const errorTable = {
  // storage
  storage_unavailable: {
    status: 503,
    retryable: true,
    hint: "The store does not answer; check its process, disk and network.",
  },
  storage_full: {
    status: 503,
    retryable: true,
    hint: "Free space on the data folder's disk; the gateway resumes by itself.",
  },
  storage_busy: {
    status: 503,
    retryable: true,
    hint: "More is arriving than the store can commit; slow down or retry later.",
  },
  storage_failed: {
    status: 503,
    retryable: false,
    hint: "A write to disk failed; check the disk, then start the gateway again.",
  },
  storage_corrupt: {
    status: 500,
    retryable: false,
    hint: "Stored bytes are damaged; run `ringdown fsck` and restore a backup.",
  },
  storage_locked: {
    status: 503,
    retryable: false,
    hint: "Another gateway uses this data folder; stop it or choose another folder with --data.",
  },
  schema_mismatch: {
    status: 503,
    retryable: false,
    hint: "The data was written by a newer version; run that version or newer.",
  },
  // configuration
  config_invalid: {
    status: 400,
    retryable: false,
    hint: "Correct the named field; `ringdown validate` shows every problem.",
  },
  config_unreadable: {
    status: 400,
    retryable: false,
    hint: "Check the path and the permissions of the file.",
  },
  config_conflict: {
    status: 409,
    retryable: false,
    hint: "Read the current configuration, merge, and send it again.",
  },
  secret_unresolved: {
    status: 400,
    retryable: false,
    hint: "Set the environment variable or create the file the reference names.",
  },
  secret_key_invalid: {
    status: 500,
    retryable: false,
    hint: "Restore the key file or the RINGDOWN_SECRET_KEY the data was written with.",
  },
  // API
  invalid_request: { status: 400, retryable: false, hint: "Correct the named parameter." },
  invalid_cursor: {
    status: 400,
    retryable: false,
    hint: "Use the nextCursor of the previous page unchanged, with the same filters.",
  },
  unauthorized: {
    status: 401,
    retryable: false,
    hint: "Send a valid API key: `Authorization: Bearer rd_…`.",
  },
  forbidden: {
    status: 403,
    retryable: false,
    hint: "This caller may not do that; use a key that may, or the address the server was started for.",
  },
  not_found: {
    status: 404,
    retryable: false,
    hint: "Check the id or the name; lists show what exists.",
  },
  method_not_allowed: {
    status: 405,
    retryable: false,
    hint: "See /openapi.json for the methods of this path.",
  },
  name_taken: {
    status: 409,
    retryable: false,
    hint: "Choose another name, or change the existing resource.",
  },
  resource_in_use: { status: 409, retryable: false, hint: "Remove the routes that use it first." },
  not_owner: {
    status: 409,
    retryable: false,
    hint: "This resource is managed by a file; change it there and apply the file.",
  },
  state_conflict: {
    status: 409,
    retryable: false,
    hint: "Read the current state; the action does not fit it.",
  },
  body_too_large: {
    status: 413,
    retryable: false,
    hint: "Send less, or raise the limit named in the message.",
  },
  unsupported_media_type: { status: 415, retryable: false, hint: "Send application/json." },
  rate_limited: { status: 429, retryable: true, hint: "Wait as long as Retry-After says." },
  shutting_down: {
    status: 503,
    retryable: true,
    hint: "The gateway is stopping; retry against the next one.",
  },
  internal_error: {
    status: 500,
    retryable: false,
    hint: "This is a defect; the log has the details under this requestId.",
  },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof errorTable;
