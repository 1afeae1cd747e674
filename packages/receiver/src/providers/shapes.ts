/**
 * The few shapes that most recipes have, so that a provider's entry shows only what is its own.
 *
 * The annotations let a bundler leave out the providers that a program does not name.
 */
import type { HmacRecipe, TokenRecipe } from "../scheme/recipe.ts";
import type { JwtKeyRule, JwtRecipe } from "../scheme/recipe-special.ts";
import type { Provider } from "./provider.ts";

type Variation = Partial<Omit<HmacRecipe, "scheme" | "signature">> & { readonly prefix?: string };

const KEY = { from: "utf8", minBytes: 8 } as const;

/** Hex HMAC-SHA256 over the body with the secret as it is; where the signature is, is missing. */
export const PLAIN: Omit<HmacRecipe, "signature"> = {
  scheme: "hmac",
  algorithm: "sha256",
  encoding: "hex",
  key: KEY,
  signed: "{body}",
};

/** A signature alone in a header: hex HMAC-SHA256 over the body, unless told otherwise. */
/* @__NO_SIDE_EFFECTS__ */
export function inHeader(header: string, { prefix, ...variation }: Variation = {}): HmacRecipe {
  return {
    ...PLAIN,
    signature: { format: "plain", header, ...(prefix !== undefined && { prefix }) },
    ...variation,
  };
}

/** Time and signatures in one header: `t=1700000000,v1=1f2e…`, hex HMAC-SHA256 over `{t}.{body}`. */
/* @__NO_SIDE_EFFECTS__ */
export function inList(
  header: string,
  rule: {
    readonly time: string;
    readonly key: string;
    readonly separator?: string;
    readonly groupSeparator?: string;
    readonly unit?: "s" | "ms";
    readonly toleranceMs?: number | "off";
    readonly recipe?: Variation;
  },
): HmacRecipe {
  const { time, key, separator = ",", groupSeparator, unit = "s", toleranceMs = 300_000 } = rule;
  return {
    ...PLAIN,
    signature: {
      format: "list",
      header,
      separator,
      assign: "=",
      key,
      ...(groupSeparator !== undefined && { groupSeparator }),
    },
    timestamp: { from: { field: time }, unit, toleranceMs },
    signed: "{timestamp}.{body}",
    ...rule.recipe,
  };
}

/** A time in a header of its own. */
/* @__NO_SIDE_EFFECTS__ */
export function timeIn(
  header: string,
  toleranceMs: number | "off" = 300_000,
  unit: "s" | "ms" | "rfc3339" = "s",
): NonNullable<HmacRecipe["timestamp"]> {
  return { from: { header }, unit, toleranceMs };
}

/** The secret itself in a header. */
/* @__NO_SIDE_EFFECTS__ */
export function tokenIn(header: string, prefix?: string): TokenRecipe {
  return { scheme: "token", header, ...(prefix !== undefined && { prefix }) };
}

/** A token signed with the shared secret, whose claim binds the body. */
/* @__NO_SIDE_EFFECTS__ */
export function tokenOverBody(
  from: JwtRecipe["from"],
  bodyDigest: NonNullable<JwtRecipe["bodyDigest"]>,
  key: JwtKeyRule = { from: "secret" },
): JwtRecipe {
  return { scheme: "jwt", from, algorithms: ["HS256"], key, bodyDigest };
}

/** What is said of a provider of which nothing more is known. */
export const UNDOCUMENTED: Pick<Provider, "handshakes" | "delivery" | "checkedOn"> = {
  handshakes: [],
  delivery: { retries: "Not documented." },
  checkedOn: "2026-11-23",
};
