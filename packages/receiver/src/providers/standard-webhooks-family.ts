/**
 * Senders that follow Standard Webhooks with the specification's own headers. What differs is the
 * vendor's page, and here and there how the secret is written.
 */
import type { HmacRecipe } from "../scheme/recipe.ts";
import type { Provider } from "./provider.ts";
import { UNDOCUMENTED } from "./shapes.ts";
import { standardRecipe } from "./standard-webhooks.ts";

type Family = Omit<Provider<HmacRecipe>, "name" | "title" | "docsUrl" | "confidence">;

const family: Family = {
  ...UNDOCUMENTED,
  recipe: standardRecipe("webhook"),
  secretHint: "Shown once when the webhook is made, as whsec_ and base64.",
  eventType: [{ body: ["type"] }],
  idempotencyKey: [{ header: "webhook-id" }],
};

export const openai: Provider<HmacRecipe> = {
  ...family,
  name: "openai",
  title: "OpenAI",
  docsUrl: "https://platform.openai.com/docs/guides/webhooks",
  confidence: "confirmed",
};

export const replicate: Provider<HmacRecipe> = {
  ...family,
  name: "replicate",
  title: "Replicate",
  eventType: [{ body: ["status"] }],
  docsUrl: "https://replicate.com/docs/topics/webhooks/verify-webhook",
  confidence: "experimental",
};

export const render: Provider<HmacRecipe> = {
  ...family,
  name: "render",
  title: "Render",
  docsUrl: "https://render.com/docs/webhooks",
  confidence: "experimental",
};

export const brex: Provider<HmacRecipe> = {
  ...family,
  name: "brex",
  title: "Brex",
  eventType: [{ body: ["event_type"] }],
  docsUrl: "https://developer.brex.com/docs/webhooks/",
  confidence: "experimental",
};

/** Auth hooks; Supabase's database webhooks are not signed at all. */
export const supabaseAuth: Provider<HmacRecipe> = {
  ...family,
  name: "supabase-auth",
  title: "Supabase Auth hooks",
  recipe: {
    ...standardRecipe("webhook"),
    key: { from: "base64", prefix: "v1,whsec_", minBytes: 24 },
  },
  secretHint: "Authentication, Hooks, your hook, Secret (v1,whsec_…).",
  docsUrl: "https://supabase.com/docs/guides/auth/auth-hooks",
  confidence: "experimental",
};

export const incidentIo: Provider<HmacRecipe> = {
  ...family,
  name: "incident-io",
  title: "incident.io",
  eventType: [{ body: ["event_type"] }],
  docsUrl: "https://api-docs.incident.io/tag/Webhooks/",
  confidence: "experimental",
};

export const etsy: Provider<HmacRecipe> = {
  ...family,
  name: "etsy",
  title: "Etsy",
  docsUrl: "https://developers.etsy.com/documentation/",
  confidence: "experimental",
};

export const loops: Provider<HmacRecipe> = {
  ...family,
  name: "loops",
  title: "Loops",
  eventType: [{ body: ["eventName"] }, { body: ["type"] }],
  docsUrl: "https://loops.so/docs/webhooks",
  confidence: "experimental",
};

export const increase: Provider<HmacRecipe> = {
  ...family,
  name: "increase",
  title: "Increase",
  eventType: [{ body: ["category"] }],
  docsUrl: "https://increase.com/documentation/webhooks",
  confidence: "experimental",
};

export const recallAi: Provider<HmacRecipe> = {
  ...family,
  name: "recall-ai",
  title: "Recall.ai",
  eventType: [{ body: ["event"] }],
  docsUrl: "https://docs.recall.ai/docs/webhooks",
  confidence: "experimental",
};

export const gemini: Provider<HmacRecipe> = {
  ...family,
  name: "gemini",
  title: "Gemini API",
  docsUrl: "https://ai.google.dev/gemini-api/docs",
  confidence: "experimental",
};

export const anthropic: Provider<HmacRecipe> = {
  ...family,
  name: "anthropic",
  title: "Anthropic managed agents",
  docsUrl: "https://docs.anthropic.com/",
  confidence: "experimental",
};

/** The framing is the standard's, the key is not: it is the secret as it is. */
export const polar: Provider<HmacRecipe> = {
  ...family,
  name: "polar",
  title: "Polar",
  recipe: { ...standardRecipe("webhook"), key: { from: "utf8", minBytes: 8 } },
  secretHint: "The secret you chose for the endpoint; it is not decoded.",
  docsUrl: "https://polar.sh/docs/integrate/webhooks/endpoints",
  confidence: "experimental",
};

/** The standard's shape under names of its own. */
export const finch: Provider<HmacRecipe> = {
  ...family,
  name: "finch",
  title: "Finch",
  recipe: {
    ...standardRecipe("finch"),
    id: { header: "finch-event-id" },
    key: { from: "base64", minBytes: 16 },
  },
  secretHint: "The webhook's secret in the Finch dashboard, base64.",
  idempotencyKey: [{ header: "finch-event-id" }],
  docsUrl: "https://developer.tryfinch.com/docs/webhooks",
  confidence: "experimental",
};
