/** Senders that deliver through Svix: its headers, its schedule, their own types. */
import type { EitherRecipe } from "../scheme/recipe.ts";
import type { Provider } from "./provider.ts";
import { svix } from "./svix.ts";

type Family = Omit<Provider<EitherRecipe>, "name" | "title" | "docsUrl" | "confidence">;

const family: Family = {
  recipe: svix.recipe,
  secretHint: "The endpoint's page, Signing Secret (whsec_…).",
  eventType: svix.eventType,
  idempotencyKey: svix.idempotencyKey,
  handshakes: [],
  delivery: svix.delivery,
  checkedOn: "2026-11-23",
};

export const clerk: Provider<EitherRecipe> = {
  ...family,
  name: "clerk",
  title: "Clerk",
  docsUrl: "https://clerk.com/docs/webhooks/overview",
  confidence: "corroborated",
};

export const resend: Provider<EitherRecipe> = {
  ...family,
  name: "resend",
  title: "Resend",
  docsUrl: "https://resend.com/docs/dashboard/webhooks/verify-webhooks-requests",
  confidence: "corroborated",
};

export const stytch: Provider<EitherRecipe> = {
  ...family,
  name: "stytch",
  title: "Stytch",
  eventType: [{ body: ["event_type"] }, { body: ["action"] }],
  docsUrl: "https://stytch.com/docs/guides/dashboard/webhooks",
  confidence: "experimental",
};

export const vanta: Provider<EitherRecipe> = {
  ...family,
  name: "vanta",
  title: "Vanta",
  docsUrl: "https://developer.vanta.com/docs/webhooks",
  confidence: "experimental",
};
