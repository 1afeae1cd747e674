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

import type { ValueLocation } from "../events/value.ts";
import type { AdyenRecipe, BraintreeRecipe, JwtRecipe, TwilioRecipe } from "./recipe-special.ts";
import type { EbayRecipe, PayPalRecipe, SnsRecipe } from "./recipe-special.ts";

export type DigestAlgorithm = "sha1" | "sha256" | "sha512";
export type SignatureEncoding = "hex" | "base64" | "base64url";

export type Recipe =
  | HmacRecipe
  | EitherRecipe
  | TokenRecipe
  | BasicRecipe
  | AddressRecipe
  | NoneRecipe
  | SpecialRecipe;

/** What few senders do, or a single one. */
export type SpecialRecipe =
  | PublicKeyRecipe
  | JwtRecipe
  | BodyTokenRecipe
  | TwilioRecipe
  | AdyenRecipe
  | BraintreeRecipe
  | SnsRecipe
  | PayPalRecipe
  | EbayRecipe;

/** What every signature over a template has, whichever key makes it. */
export type SignedRecipe = {
  readonly encoding: SignatureEncoding;
  readonly signature: SignatureRule;
  /** Absent: the sender signs no time, and an old request cannot be told from a fresh one. */
  readonly timestamp?: TimestampRule;
  /** Header that `{id}` stands for. */
  readonly id?: { readonly header: string };
  /**
   * The signed bytes as a template; everything but these stands for itself:
   *
   * - `{body}`, or `{form}`: the fields of a form, sorted, names and values joined;
   * - `{timestamp}` and `{header:x-name}` as sent, `{id}`;
   * - `{method}`, `{url}` (the public one), `{query:name}`, `{lower-query:name}`;
   * - `{json:a.b}`: a text or whole number in the body;
   * - `{listed-headers:x-name}`: the headers that `x-name` lists, as `name:value`, after the path
   *   of the URL, which `{path}` stands for.
   *
   * A recipe that leaves out both `{body}` and `{form}` can at most be `authenticated`.
   */
  readonly signed: string;
  /**
   * The first character every body of this sender has. For senders that let anybody have a text
   * signed with the same key (a challenge): what such a text cannot begin with.
   */
  readonly bodyBegins?: string;
  /** In an either-recipe: this form only if the header has this value. */
  readonly when?: { readonly header: string; readonly equals: string };
};

/** A keyed hash over the body and a few values beside it. */
export type HmacRecipe = SignedRecipe & {
  readonly scheme: "hmac";
  readonly algorithm: DigestAlgorithm;
  readonly key: KeyRule;
  /** `prefix`: no HMAC but the plain hash of key and text, as some older senders do it. */
  readonly keyed?: "hmac" | "prefix";
};

/** A signature that everybody can verify and only the sender can make; secrets are public keys. */
export type PublicKeyRecipe = SignedRecipe & {
  readonly scheme: "public-key";
  readonly algorithm: "ed25519" | "ecdsa-sha256" | "rsa-sha256";
  /** How the public key is written: the 32 bytes of Ed25519, or a PEM block or the base64 in one. */
  readonly key: "raw-hex" | "raw-base64" | "pem";
};

/** How the text of a secret becomes the key. */
export type KeyRule = {
  readonly from: "utf8" | "base64" | "base64url" | "hex";
  /** Removed from the secret's text where present. */
  readonly prefix?: string;
  /** A shorter key is refused: one captured request would allow guessing it offline. */
  readonly minBytes: number;
  /** The key is this digest of the secret. */
  readonly digest?: "sha1";
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
      /** Between whole lists, one for each secret in use; all must bear the same timestamp. */
      readonly groupSeparator?: string;
    }
  | {
      /** Values without keys: `1700000000,1f2e…,5a6b…`. Any match counts. */
      readonly format: "values";
      readonly header: string;
      readonly separator: string;
      /** What the first value is; a signature by default. */
      readonly first?: "timestamp";
    }
  | {
      /** One signature in each of several headers, all optional but one. Any match counts. */
      readonly format: "headers";
      readonly headers: readonly string[];
    }
  | {
      /** One signature in each of `<header>1`, `<header>2` and so on, without a gap. */
      readonly format: "numbered";
      readonly header: string;
    }
  | {
      /** One signature in the body or the query. */
      readonly format: "value";
      readonly at: ValueLocation;
    };

export type TimestampUnit = "s" | "ms" | "rfc3339";

export type TimestampRule = {
  /** A header of its own, a field of the list that the signature is in, or a path in the body. */
  readonly from:
    | { readonly header: string }
    | { readonly field: string }
    | { readonly body: readonly string[] };
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

/** A secret in every item of the body. Proves who sends, not what. */
export type BodyTokenRecipe = {
  readonly scheme: "body-token";
  /** Path to the list of items. */
  readonly items: readonly string[];
  /** Path to the secret inside an item. */
  readonly at: readonly string[];
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
