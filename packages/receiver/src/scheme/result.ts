/**
 * What a verifier is asked and what it answers.
 */
import type { HeaderLookup } from "../headers.ts";
import type { KeyLookup, KeyRequest } from "./needed-key.ts";

export type VerifyInput = {
  readonly method: string;
  /**
   * The public URL: origin and path as registered at the provider, query as received. Only recipes
   * that sign it look at it; it must not be rebuilt from the `Host` header, which the sender
   * controls.
   */
  readonly url: string;
  readonly headers: HeaderLookup;
  /** The bytes as received: not parsed, not decoded, not re-serialised (I4). */
  readonly body: Uint8Array;
  readonly nowMs: number;
  /** Needed where addresses are restricted; without it, none is allowed. */
  readonly remoteAddress?: string;
  /** Keys that were fetched, for schemes whose keys the sender publishes; see `verifyWithKeys`. */
  readonly keys?: KeyLookup;
};

export type VerifyResult = VerifyPassed | VerifyFailed;

export type VerifyPassed =
  | {
      /** The sender holds the secret, and the body is what it signed. */
      readonly status: "verified";
      /** Which of the secrets, in the order given. */
      readonly secretIndex: number;
      /** Age of the signed timestamp; absent if the sender signs none. */
      readonly ageMs?: number;
    }
  | {
      /** The sender is known, but nothing ties it to this body (token, basic auth, address). */
      readonly status: "authenticated";
      /** Which of the secrets, or of the address ranges, in the order given. */
      readonly secretIndex: number;
      readonly ageMs?: number;
    }
  | {
      /** Nothing was checked, because nothing was asked for. */
      readonly status: "unverified";
    };

export type VerifyFailed = {
  readonly status: "failed";
  readonly reason: VerifyFailure;
  /** One sentence; repeats nothing that the sender could choose freely, and nothing secret. */
  readonly message: string;
  /** What to check, in one sentence. */
  readonly hint: string;
  /** The header it is about. */
  readonly header?: string;
  /** Age of the timestamp, negative if in the future; only for the two timestamp reasons. */
  readonly ageMs?: number;
  /** What has to be fetched before this request can be judged; only for `key_needed`. */
  readonly keyRequest?: KeyRequest;
};

export type VerifyFailure =
  | "missing_header"
  | "repeated_header"
  | "malformed_header"
  /** Like `missing_header`, of something in the body or the URL. */
  | "missing_value"
  | "malformed_body"
  | "malformed_signature"
  | "malformed_timestamp"
  | "unsupported_scheme"
  | "wrong_secret_or_modified_body"
  | "timestamp_too_old"
  | "timestamp_in_future"
  /** Signed by the sender, but for another recipient, issuer or body. */
  | "wrong_claim"
  /** Undecided: fetch the key and verify again. Never a reason to accept. */
  | "key_needed"
  | "key_unusable"
  | "missing_credentials"
  | "wrong_credentials"
  | "address_not_allowed";

export type Verifier = {
  /**
   * Never throws, whatever the request holds.
   *
   * @throws {body_not_bytes} if the caller passes a parsed or decoded body
   */
  readonly verify: (input: VerifyInput) => VerifyResult;
};
