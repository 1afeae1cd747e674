/** What a verifier refuses to be compiled from: every way to configure something that cannot work. */
import { describe, expect, test } from "vitest";
import { type ConfigErrorCode, WebhookConfigError } from "../errors.ts";
import { getProvider } from "../providers/registry.ts";
import { github } from "../providers/github.ts";
import { slack } from "../providers/slack.ts";
import { standardWebhooks } from "../providers/standard-webhooks.ts";
import { stripe } from "../providers/stripe.ts";
import { compileVerifier } from "./compile.ts";
import type { VerifierOptions } from "./compiled-scheme.ts";
import type { HmacRecipe, Recipe } from "./recipe.ts";
import { basicRecipe, bearerRecipe, genericRecipe, noneRecipe } from "./recipes.ts";

const GOOD = "It's a Secret to Everybody";

function errorOf(recipe: Recipe, secrets: readonly string[], options?: VerifierOptions): unknown {
  try {
    return compileVerifier(recipe, secrets, options);
  } catch (error) {
    return error;
  }
}

function expectCode(error: unknown, code: ConfigErrorCode): void {
  expect(error).toBeInstanceOf(WebhookConfigError);
  expect(error).toMatchObject({ code, hint: expect.stringMatching(/\.$/) as string });
}

describe("[I4] secrets", () => {
  const cases: readonly (readonly [string, Recipe, readonly string[], ConfigErrorCode])[] = [
    ["none at all", github.recipe, [], "secret_missing"],
    ["an empty one", github.recipe, [""], "secret_empty"],
    ["an empty one beside a good one", github.recipe, [GOOD, ""], "secret_empty"],
    ["white space", github.recipe, ["        "], "secret_empty"],
    ["an unset environment variable", github.recipe, [undefined as never], "secret_empty"],
    ["a line break at the end", github.recipe, [`${GOOD}\n`], "secret_padded"],
    [
      "a space at the start",
      standardWebhooks.recipe,
      [` whsec_${"A".repeat(32)}`],
      "secret_padded",
    ],
    ["seven characters", github.recipe, ["seven77"], "secret_too_short"],
    ["only the prefix", standardWebhooks.recipe, ["whsec_"], "secret_empty"],
    [
      "what is not base64",
      standardWebhooks.recipe,
      [`whsec_${"-".repeat(32)}`],
      "secret_undecodable",
    ],
    [
      "base64 with a typing error",
      standardWebhooks.recipe,
      [`whsec_${"A".repeat(31)}!`],
      "secret_undecodable",
    ],
    [
      "23 bytes of base64",
      standardWebhooks.recipe,
      [`whsec_${"A".repeat(31)}`],
      "secret_too_short",
    ],
    [
      "what is not hex",
      genericRecipe({ header: "x", key: "hex" }),
      ["0".repeat(31)],
      "secret_undecodable",
    ],
    [
      "what is not base64url",
      genericRecipe({ header: "x", key: "base64url" }),
      ["+".repeat(32)],
      "secret_undecodable",
    ],
    [
      "seventeen of them",
      github.recipe,
      Array.from({ length: 17 }, () => GOOD),
      "secrets_too_many",
    ],
    ["a token of one character", bearerRecipe, ["x"], "secret_too_short"],
    ["an empty token", bearerRecipe, [""], "secret_empty"],
    ["no token", bearerRecipe, [], "secret_missing"],
    ["a user without a password", basicRecipe, ["username"], "secret_undecodable"],
    ["one although nothing is checked", noneRecipe, [GOOD], "secret_unused"],
    [
      "two although only addresses are checked",
      { scheme: "address", ranges: ["::/0"] },
      [GOOD, GOOD],
      "secret_unused",
    ],
  ];

  test.each(cases)("%s is refused", (...[, recipe, secrets, code]) => {
    expectCode(errorOf(recipe, secrets), code);
  });

  test("sixteen are accepted, and 24 bytes of base64 with or without prefix", () => {
    expect(() =>
      compileVerifier(
        github.recipe,
        Array.from({ length: 16 }, () => GOOD),
      ),
    ).not.toThrow();
    expect(() => compileVerifier(standardWebhooks.recipe, ["A".repeat(32)])).not.toThrow();
  });

  test("[I8] no error repeats a secret", () => {
    const secret = "SENSITIVE";
    const texts = [
      errorOf(standardWebhooks.recipe, [`whsec_${secret}`]),
      errorOf(standardWebhooks.recipe, [`whsec_${secret}!`]),
      errorOf(github.recipe, [` ${secret}`]),
      errorOf(basicRecipe, [secret]),
      errorOf(noneRecipe, [secret]),
    ].map((error) => JSON.stringify(error, Object.getOwnPropertyNames(error)));
    expect(texts.join()).not.toContain(secret);
  });
});

describe("recipes", () => {
  const base = genericRecipe({ header: "x-signature" });
  const timed = slack.recipe;
  const list = stripe.recipe.signature as Extract<HmacRecipe["signature"], { format: "list" }>;
  const cases: readonly (readonly [string, Recipe, string])[] = [
    ["an unknown scheme", { scheme: "magic" } as never, "scheme is unknown"],
    ["an unknown algorithm", { ...base, algorithm: "md5" as never }, "algorithm"],
    ["an unknown encoding", { ...base, encoding: "ascii" as never }, "encoding"],
    ["an unknown key", { ...base, key: { from: "rot13" as never, minBytes: 8 } }, "key.from"],
    [
      "an unknown format",
      { ...base, signature: { format: "jws" as never, header: "x" } },
      "signature.format",
    ],
    [
      "a header in upper case",
      { ...base, signature: { format: "plain", header: "X-Y" } },
      "lower case",
    ],
    ["an empty header", genericRecipe({ header: "" }), "header name"],
    ["a header with a line break", genericRecipe({ header: "x\r\ny" }), "header name"],
    ["a list without separators", { ...base, signature: { ...list, separator: "" } }, "separator"],
    ["a list with equal separators", { ...base, signature: { ...list, assign: "," } }, "separator"],
    ["a list without a key", { ...base, signature: { ...list, key: "" } }, "key"],
    ["an unknown placeholder", { ...base, signed: "{nonce}{body}" }, "{nonce}"],
    ["an open placeholder", { ...base, signed: "{body}{timestamp" }, 'without a "}"'],
    ["the body twice", { ...base, signed: "{body}{body}" }, "more than once"],
    ["a signed header that is none", { ...base, signed: "{header:X Y}{body}" }, "header name"],
    ["a time that is not signed", { ...timed, signed: "{body}" }, "proves nothing"],
    [
      "a signed time that is nowhere",
      { ...base, signed: "{timestamp}{body}" },
      "does not say where",
    ],
    ["an id that is not signed", { ...base, id: { header: "x-id" } }, "proves nothing"],
    ["a signed id that is nowhere", { ...base, signed: "{id}{body}" }, "does not say where"],
    [
      "a timestamp field in a plain header",
      { ...stripe.recipe, signature: base.signature },
      "format list",
    ],
    [
      "a timestamp field that is the signature's",
      { ...stripe.recipe, signature: { ...list, key: "t" } },
      "both",
    ],
    [
      "a timestamp field without a name",
      { ...stripe.recipe, timestamp: { ...stripe.recipe.timestamp!, from: { field: "" } } },
      "empty",
    ],
    [
      "a timestamp that is nowhere",
      genericRecipe({ header: "x", timestamp: {}, signed: "{timestamp}{body}" }),
      "header name",
    ],
    [
      "an unknown unit",
      { ...timed, timestamp: { ...timed.timestamp!, unit: "days" as never } },
      "unit",
    ],
    [
      "an id header that is none",
      { ...standardWebhooks.recipe, id: { header: "Id" } },
      "header name",
    ],
    ["no form to choose from", { scheme: "either", recipes: [] }, "no form"],
    ["a token header that is none", { scheme: "token", header: "X" }, "header name"],
  ];

  test.each(cases)("%s is refused", (_, recipe, text) => {
    const error = errorOf(recipe, ["A".repeat(32)]);
    expectCode(error, "recipe_invalid");
    expect((error as Error).message).toContain(text);
  });

  test("an unknown provider is named together with those there are", () => {
    expect(() => getProvider("strype")).toThrow(
      expect.objectContaining({
        code: "provider_unknown",
        hint: expect.stringContaining("stripe") as string,
      }),
    );
  });
});

describe("tolerance", () => {
  test.each([0, -1, Number.NaN])(
    "%s is refused, because libraries disagree on what it means",
    (toleranceMs) => {
      expectCode(errorOf(slack.recipe, [GOOD], { toleranceMs }), "tolerance_invalid");
    },
  );
});

describe("allowed addresses", () => {
  test.each([["10.0.0.0/99"], ["office"]])("%j is refused", (range) => {
    expectCode(
      errorOf(github.recipe, [GOOD], { allowAddresses: [range] }),
      "address_range_invalid",
    );
  });

  test("an empty list is refused", () => {
    expectCode(errorOf(github.recipe, [GOOD], { allowAddresses: [] }), "address_range_invalid");
  });
});
