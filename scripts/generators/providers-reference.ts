/** docs/reference/providers.md: every provider of the receiver in one table, which leads to their pages. */
import { listProviders, type Provider, type Recipe } from "../../packages/receiver/src/index.ts";
import type { Output } from "../generate.ts";

const INTRODUCTION = `# Providers

Made from \`packages/receiver/src/providers/\` by \`npm run generate\`; change it there.

**Known** says how sure we are: _confirmed_ means that the vendor's code or page was read, _corroborated_ that two
independent secondary sources agree, _experimental_ that there is one: try it before relying on it. **Batch**: one
request carries several events, and can be taken apart. **Asks first**: handshakes that are answered.

`;

const FIXED: Readonly<Partial<Record<Recipe["scheme"], string>>> = {
  twilio: "HMAC sha1 over URL and form",
  adyen: "HMAC sha256 in each item",
  braintree: "HMAC sha1 in the form",
  sns: "RSA, certificate at AWS",
  paypal: "RSA, certificate at PayPal",
  ebay: "ECDSA, key at eBay",
  "body-token": "token in the body",
  basic: "user and password",
};

function howSigned(recipe: Recipe): string {
  switch (recipe.scheme) {
    case "hmac":
      return `${recipe.keyed === "prefix" ? "hash" : "HMAC"} ${recipe.algorithm}, ${recipe.encoding}`;
    case "either":
      return recipe.recipes[0] === undefined ? "" : howSigned(recipe.recipes[0]);
    case "public-key":
      return recipe.algorithm;
    case "jwt":
      return `token, ${recipe.algorithms.join(" or ")}`;
    case "token":
      return `token in \`${recipe.header}\``;
    default:
      return FIXED[recipe.scheme] ?? "nothing";
  }
}

function row(provider: Provider): string {
  const { name, title, recipe, handshakes, split, confidence } = provider;
  const asks = handshakes.map((handshake) => handshake.name).join(", ");
  const cells = [
    `\`${name}\``,
    `[${title}](../providers/${name}.md)`,
    howSigned(recipe),
    asks,
    split === undefined ? "" : "yes",
    confidence,
  ];
  return `| ${cells.join(" | ")} |`;
}

export function outputs(): Promise<Output[]> {
  const providers = listProviders();
  const head =
    "| name | provider | signature | asks first | batch | known |\n| --- | --- | --- | --- | --- | --- |";
  const text = `${INTRODUCTION}${head}\n${providers.map(row).join("\n")}\n`;
  return Promise.resolve([{ path: "docs/reference/providers.md", text }]);
}
