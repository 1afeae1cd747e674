/** GitHub. Source: octokit/webhooks-methods.js; github/docs "Handling failed webhook deliveries". */
import type { HmacRecipe } from "../scheme/recipe.ts";
import type { Provider } from "./provider.ts";

export const github: Provider<HmacRecipe> = {
  name: "github",
  title: "GitHub",
  recipe: {
    scheme: "hmac",
    algorithm: "sha256",
    encoding: "hex",
    key: { from: "utf8", minBytes: 8 },
    signature: { format: "plain", header: "x-hub-signature-256", prefix: "sha256=" },
    signed: "{body}",
  },
  secretHint: "You choose it: Settings, Webhooks, your webhook, Secret.",
  // "pull_request.opened"; a webhook of content type form has its JSON in the field `payload`.
  eventType: [
    {
      header: "x-github-event",
      suffix: [{ body: ["action"] }, { body: ["payload"], json: ["action"] }],
    },
  ],
  idempotencyKey: [{ header: "x-github-delivery" }],
  handshakes: [
    {
      name: "ping",
      method: "POST",
      when: [{ at: { header: "x-github-event" }, equals: "ping" }],
      after: "not_failed",
      answer: { status: 200, text: "pong" },
    },
  ],
  delivery: {
    timeoutMs: 10_000,
    retries: "None by itself; failed deliveries can be sent again by hand or through the API.",
  },
  docsUrl: "https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries",
  checkedOn: "2026-11-23",
  confidence: "confirmed",
};
