/**
 * Recipes of the schemes that no template can express: tokens (RFC 7519), and the senders that have
 * a form of their own. Each has a compiler beside this file.
 *
 * Where the keys of a scheme have to be fetched, the verifier never fetches them; see `needed-key.ts`.
 */

export type JwtAlgorithm = "HS256" | "HS512" | "RS256" | "ES256" | "EdDSA";

/** A JSON Web Token in compact form (RFC 7515 section 7.1). */
export type JwtRecipe = {
  readonly scheme: "jwt";
  /** A header, with what stands before the token; or the body, which is nothing but the token. */
  readonly from: { readonly header: string; readonly prefix?: string } | "body";
  /** Those accepted; `none` can never be one of them. */
  readonly algorithms: readonly JwtAlgorithm[];
  readonly key: JwtKeyRule;
  /**
   * The claim that binds the body. Without one, and unless the token is the body, a request is
   * `authenticated` at most.
   */
  readonly bodyDigest?: {
    readonly claim: string;
    readonly encoding: "hex" | "base64" | "base64url";
    /** Signed only where there is a body; otherwise the claim must be there. */
    readonly required: boolean;
  };
  /** Claims that must have exactly this text. */
  readonly claims?: Readonly<Record<string, string>>;
  /** Oldest accepted `iat`. An `exp` or `nbf` that is there is always checked. */
  readonly issuedWithinMs?: number;
};

export type JwtKeyRule =
  /** The secret's text is the key of an HMAC. */
  | { readonly from: "secret" }
  /** The secret is a public key in PEM. */
  | { readonly from: "public-key" }
  /** The secret is `client_id:secret`, which the sender wants to see before it gives the key away. */
  | { readonly from: "jwk-by-id"; readonly url: string; readonly credentials: "plaid" }
  /** The secret is the issuer, an https URL; its key set is at this path below it. */
  | { readonly from: "issuer-key-set"; readonly path: string; readonly hostSuffix: string };

/** HMAC-SHA1 over the public URL and the sorted form; of other bodies a digest is in the URL. */
export type TwilioRecipe = {
  readonly scheme: "twilio";
  readonly header: string;
};

/** A signature inside each item of the body; every one of them must match. */
export type AdyenRecipe = { readonly scheme: "adyen" };

/** Pairs of public key and signature in a form; the secret is `public_key:private_key`. */
export type BraintreeRecipe = { readonly scheme: "braintree" };

/** Signed fields of the body, certificate at AWS; secrets are the topics that may send. */
export type SnsRecipe = { readonly scheme: "sns" };

/** RSA over a checksum of the body, certificate at PayPal; the secret is the webhook's id. */
export type PayPalRecipe = { readonly scheme: "paypal" };

/** ECDSA over the body, key at eBay; the secret is the verification token of the handshake. */
export type EbayRecipe = { readonly scheme: "ebay" };
