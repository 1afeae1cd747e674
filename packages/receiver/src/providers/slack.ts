/** Slack: events, slash commands and interactivity. Source: bolt-js `verify-request.ts`. */
import type { HmacRecipe } from "../scheme/recipe.ts";
import type { Provider } from "./provider.ts";

export const slack: Provider<HmacRecipe> = {
  name: "slack",
  title: "Slack",
  recipe: {
    scheme: "hmac",
    algorithm: "sha256",
    encoding: "hex",
    key: { from: "utf8", minBytes: 8 },
    signature: { format: "plain", header: "x-slack-signature", prefix: "v0=" },
    timestamp: {
      from: { header: "x-slack-request-timestamp" },
      unit: "s",
      toleranceMs: 300_000,
    },
    signed: "v0:{timestamp}:{body}",
  },
  secretHint: "api.slack.com/apps, your app, Basic Information, Signing Secret.",
  // In this order: an event's own type, a slash command, an interaction, whatever else has a type.
  eventType: [
    { body: ["event", "type"] },
    { body: ["command"] },
    { body: ["payload"], json: ["type"] },
    { body: ["type"] },
  ],
  idempotencyKey: [
    { body: ["event_id"] },
    { body: ["trigger_id"] },
    { body: ["payload"], json: ["trigger_id"] },
  ],
  handshakes: [
    {
      name: "url_verification",
      method: "POST",
      when: [{ at: { body: ["type"] }, equals: "url_verification" }],
      after: "verified",
      answer: { status: 200, echo: { body: ["challenge"] } },
    },
  ],
  delivery: {
    timeoutMs: 3_000,
    retries: "Three times: at once, after one minute, after five minutes.",
  },
  docsUrl: "https://docs.slack.dev/authentication/verifying-requests-from-slack",
  checkedOn: "2026-11-23",
  confidence: "confirmed",
};
