/** docs/providers/: a page for each provider, from the registry that verifies. */
import { listProviders } from "../../packages/receiver/src/index.ts";
import type { Provider } from "../../packages/receiver/src/providers/provider.ts";
import { UNDOCUMENTED } from "../../packages/receiver/src/providers/shapes.ts";
import type { Output } from "../generate.ts";
import { placesOf } from "../provider-pages/describe-place.ts";
import { describeRecipe } from "../provider-pages/describe-recipe.ts";

const MADE = "Made from `packages/receiver/src/providers/` by `npm run generate`; change it there.";

const CONFIDENCE = {
  confirmed: "the vendor's own code or page was read",
  corroborated: "two independent secondary sources agree",
  experimental: "one secondary source: try it before you rely on it",
} as const;

function pageOf(provider: Provider): string {
  const { title, delivery, confidence, checkedOn, docsUrl } = provider;
  const parts = [
    `# ${title}\n\n${MADE} [All providers](../reference/providers.md).`,
    `## Set up\n\n${setUp(provider)}`,
    `## What is verified\n\n${paragraphs(describeRecipe(provider.recipe))}`,
    `## Events\n\n${events(provider)}`,
    ...(provider.handshakes.length === 0 ? [] : [`## Handshakes\n\n${handshakes(provider)}`]),
    `## How ${title} delivers\n\n${deliveryOf(delivery)}`,
    `## Sources\n\n<${docsUrl}>, compared on ${checkedOn}; ${CONFIDENCE[confidence]}.`,
  ];
  return `${parts.join("\n\n")}\n`;
}

function setUp({ name, secretHint, recipe }: Provider): string {
  const variable = `${name.toUpperCase().replaceAll("-", "_")}_SECRET`;
  const verify =
    recipe.scheme === "none" ? "" : `\n    verify: { secrets: ["\${env:${variable}}"] }`;
  return `1. The secret: ${secretHint}
2. In \`ringdown.yaml\`:

   \`\`\`yaml
   sources:
     ${name}:
       provider: ${name}${verify.replaceAll("\n    ", "\n       ")}
   \`\`\`

3. At the provider, register the URL that \`npx ringdown sources get ${name}\` shows: \`https://<your host>/in/${name}\`.`;
}

/** Sentences as one paragraph; lines that begin with a hyphen as a list. */
function paragraphs(sentences: readonly string[]): string {
  const items = sentences.filter((text) => text.startsWith("- "));
  const prose = sentences.filter((text) => !text.startsWith("- ")).join(" ");
  return items.length === 0 ? prose : `${prose}\n\n${items.join("\n")}`;
}

function events({ eventType, idempotencyKey, split }: Provider): string {
  const lines = [
    eventType.length === 0 ? "The type is not told." : `The type is ${placesOf(eventType)}.`,
    idempotencyKey.length === 0
      ? "Nothing tells a repetition from a new event; set `dedupe: { key: … }` if you know better."
      : `A repetition is known by ${placesOf(idempotencyKey)}.`,
    ...(split === undefined ? [] : ["One request may carry several events."]),
  ];
  return lines.join(" ");
}

function handshakes({ handshakes: all }: Provider): string {
  return all.map((one) => `- \`${one.name}\` (${one.method}): ${howAnswered(one)}.`).join("\n");
}

function howAnswered({ after, captures, confirms }: Provider["handshakes"][number]): string {
  if (captures !== undefined) {
    return "it hands over the secret; the gateway does not take it by itself, configure it by hand";
  }
  if (confirms !== undefined)
    return "the gateway does not confirm it by itself, open the URL in its body";
  return after === "token"
    ? "answered to whoever shows `verify.handshakeToken`"
    : "answered by itself";
}

function deliveryOf({ timeoutMs, retries }: Provider["delivery"]): string {
  const wait =
    timeoutMs === undefined
      ? "How long it waits for an answer is not published."
      : `It waits ${timeoutMs / 1000} seconds for an answer.`;
  const after =
    retries === UNDOCUMENTED.delivery.retries
      ? "What it does after a failure is not published."
      : `After a failure: ${retries.charAt(0).toLowerCase()}${retries.slice(1)}`;
  return `${wait} ${after}`;
}

export function outputs(): Promise<Output[]> {
  return Promise.resolve(
    listProviders().map((provider) => ({
      path: `docs/providers/${provider.name}.md`,
      text: pageOf(provider),
    })),
  );
}
