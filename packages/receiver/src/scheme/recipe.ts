/**
 * How a sender proves that a request is its own, as data.
 *
 * A recipe says what a provider does; `compile.ts` turns it into a verifier and `sign.ts` into a
 * signer, so that both sides of a provider can never disagree. Most providers are one `HmacRecipe`.
 * A scheme that no recipe can express becomes another member of `Recipe` with a compiler of its
 * own; nothing else has to change.
 *
 * Header names are in lower case everywhere.
 */

export type DigestAlgorithm = "sha1" | "sha256" | "sha512";
export type SignatureEncoding = "hex" | "base64" | "base64url";

export type Recipe =
  | HmacRecipe
  | EitherRecipe
  | TokenRecipe
  | BasicRecipe
  | AddressRecipe
  | NoneRecipe;

/** A keyed hash over the body and a few values beside it. */
export type HmacRecipe = {
  readonly scheme: "hmac";
  readonly algorithm: DigestAlgorithm;
  readonly encoding: SignatureEncoding;
  readonly key: KeyRule;
  readonly signature: SignatureRule;
  /** Absent: the sender signs no time, and an old request cannot be told from a fresh one. */
  readonly timestamp?: TimestampRule;
  /** Header that `{id}` stands for. */
  readonly id?: { readonly header: string };
  /**
   * The signed bytes as a template: `{body}`, `{timestamp}` (as sent), `{id}`, `{method}`, `{url}`,
   * `{header:x-name}`; everything else stands for itself. A recipe that leaves out `{body}` can
   * at most be `authenticated`.
   */
  readonly signed: string;
};

/** How the text of a secret becomes the key. */
export type KeyRule = {
  readonly from: "utf8" | "base64" | "base64url" | "hex";
  /** Removed from the secret's text where present. */
  readonly prefix?: string;
  /** A shorter key is refused: one captured request would allow guessing it offline. */
  readonly minBytes: number;
};

/** Where the signature is and what surrounds it. */
export type SignatureRule =
  | {
      /** One signature and nothing else: `sha256=1f2e…`. */
      readonly format: "plain";
      readonly header: string;
      readonly prefix?: string;
    }
  | {
      /** Items of key and value: `t=1700000000,v1=1f2e…` or `v1,Zm9v v1,YmFy`. Any match counts. */
      readonly format: "list";
      readonly header: string;
      readonly separator: string;
      readonly assign: string;
      readonly key: string;
    };

export type TimestampUnit = "s" | "ms" | "rfc3339";

export type TimestampRule = {
  /** A header of its own, or a field of the list that the signature is in. */
  readonly from: { readonly header: string } | { readonly field: string };
  readonly unit: TimestampUnit;
  readonly toleranceMs: Tolerance;
  /** Default "checked": as far in the future as in the past. */
  readonly future?: "checked" | "ignored";
};

/** Largest accepted difference to the clock, in milliseconds; "off" accepts any age. */
export type Tolerance = number | "off";

/** Several forms of the same proof; the first whose header is present decides, and it alone. */
export type EitherRecipe = {
  readonly scheme: "either";
  readonly recipes: readonly HmacRecipe[];
};

/** A secret sent as it is: bearer token or API key. Proves who sends, not what. */
export type TokenRecipe = {
  readonly scheme: "token";
  readonly header: string;
  /** Compared without regard to case, as RFC 9110 wants it for `Bearer`. */
  readonly prefix?: string;
};

/** HTTP basic authentication (RFC 7617); each secret is `user:password`. */
export type BasicRecipe = { readonly scheme: "basic" };

/** The sender's address is in one of these CIDR ranges. */
export type AddressRecipe = {
  readonly scheme: "address";
  readonly ranges: readonly string[];
};

/** Nothing is checked; every request is `unverified`. */
export type NoneRecipe = { readonly scheme: "none" };
