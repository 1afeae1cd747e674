/** Source code, builds, deployments and operations. */
import type { HmacRecipe, TokenRecipe } from "../scheme/recipe.ts";
import type { JwtRecipe } from "../scheme/recipe-special.ts";
import type { Provider } from "./provider.ts";
import { inHeader, inList, PLAIN, timeIn, tokenIn, tokenOverBody, UNDOCUMENTED } from "./shapes.ts";
import { standardRecipe } from "./standard-webhooks.ts";

/** Source: Vercel's "Webhooks API reference". SHA-1, whatever some libraries say. */
export const vercel: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "vercel",
  title: "Vercel",
  recipe: inHeader("x-vercel-signature", { algorithm: "sha1" }),
  secretHint: "Shown once when the webhook is made; for an integration, its client secret.",
  eventType: [{ body: ["type"] }],
  idempotencyKey: [{ body: ["id"] }],
  docsUrl: "https://vercel.com/docs/webhooks/webhooks-api",
  confidence: "confirmed",
};

/** The token bears no time, so an old request cannot be told from a fresh one. */
export const netlify: Provider<JwtRecipe> = {
  ...UNDOCUMENTED,
  name: "netlify",
  title: "Netlify",
  recipe: {
    ...tokenOverBody(
      { header: "x-webhook-signature" },
      { claim: "sha256", encoding: "hex", required: true },
    ),
    claims: { iss: "netlify" },
  },
  secretHint: "You choose it: Notifications, your webhook, JWS secret token.",
  eventType: [{ body: ["state"] }],
  idempotencyKey: [{ body: ["id"], with: [{ body: ["state"] }] }],
  docsUrl: "https://docs.netlify.com/site-deploys/notifications/",
  confidence: "corroborated",
};

/** The token as it is: whoever reads one request knows it. Prefer a signing token. */
export const gitlab: Provider<TokenRecipe> = {
  ...UNDOCUMENTED,
  name: "gitlab",
  title: "GitLab (secret token)",
  recipe: tokenIn("x-gitlab-token"),
  secretHint: "You choose it: Settings, Webhooks, Secret token.",
  eventType: [{ body: ["object_kind"] }, { header: "x-gitlab-event" }],
  idempotencyKey: [{ header: "idempotency-key" }, { header: "x-gitlab-webhook-uuid" }],
  docsUrl: "https://docs.gitlab.com/user/project/integrations/webhooks/",
  confidence: "confirmed",
};

export const gitlabSigned: Provider<HmacRecipe> = {
  ...gitlab,
  name: "gitlab-signed",
  title: "GitLab (signing token)",
  recipe: standardRecipe("webhook"),
  secretHint: "Settings, Webhooks, Signing token (whsec_…).",
  idempotencyKey: [{ header: "webhook-id" }],
};

/** The header without -256 bears SHA-256 here; Server and Data Center number by X-Request-Id. */
export const bitbucket: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "bitbucket",
  title: "Bitbucket",
  recipe: inHeader("x-hub-signature", { prefix: "sha256=" }),
  secretHint: "You choose it: Repository settings, Webhooks, Secret.",
  eventType: [{ header: "x-event-key" }],
  idempotencyKey: [{ header: "x-request-uuid" }, { header: "x-request-id" }],
  docsUrl: "https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/",
  confidence: "confirmed",
};

export const jira: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "jira",
  title: "Jira",
  recipe: inHeader("x-hub-signature", { prefix: "sha256=" }),
  secretHint:
    "You choose it when an administrator makes the webhook; without one Jira does not sign.",
  eventType: [{ body: ["webhookEvent"] }],
  idempotencyKey: [{ header: "x-atlassian-webhook-identifier" }],
  docsUrl: "https://developer.atlassian.com/cloud/jira/platform/webhooks/",
  confidence: "confirmed",
};

/** Source: @linear/sdk `LinearWebhookClient`. The time is in the body, signed with it. */
export const linear: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "linear",
  title: "Linear",
  recipe: inHeader("linear-signature", {
    timestamp: { from: { body: ["webhookTimestamp"] }, unit: "ms", toleranceMs: 60_000 },
  }),
  secretHint: "Settings, API, Webhooks, your webhook, Signing secret.",
  eventType: [{ body: ["type"], suffix: [{ body: ["action"] }] }, { header: "linear-event" }],
  idempotencyKey: [{ header: "linear-delivery" }],
  docsUrl: "https://linear.app/developers/webhooks",
  confidence: "confirmed",
};

/**
 * Source: Sentry's "Webhooks" page. Its own example signs a body that was parsed and written again;
 * what arrives is signed as it is.
 */
export const sentry: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "sentry",
  title: "Sentry",
  recipe: inHeader("sentry-hook-signature"),
  secretHint: "Settings, Custom Integrations, your integration, Client Secret.",
  eventType: [{ header: "sentry-hook-resource", suffix: [{ body: ["action"] }] }],
  idempotencyKey: [{ header: "request-id" }],
  delivery: {
    timeoutMs: 1_000,
    retries: "Not documented; a thousand timeouts within a day switch the webhook off.",
  },
  docsUrl: "https://docs.sentry.io/organization/integrations/integration-platform/webhooks/",
  confidence: "confirmed",
};

export const pagerduty: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "pagerduty",
  title: "PagerDuty",
  recipe: {
    ...PLAIN,
    signature: {
      format: "list",
      header: "x-pagerduty-signature",
      separator: ",",
      assign: "=",
      key: "v1",
    },
  },
  secretHint: "Shown once when the webhook subscription is made.",
  eventType: [{ body: ["event", "event_type"] }],
  idempotencyKey: [{ body: ["event", "id"] }],
  docsUrl: "https://developer.pagerduty.com/docs/verifying-webhook-signatures",
  confidence: "corroborated",
};

/** Signs nothing: set an `Authorization: Bearer` header, and name type and id in the template. */
export const datadog: Provider<TokenRecipe> = {
  ...UNDOCUMENTED,
  name: "datadog",
  title: "Datadog monitors",
  recipe: tokenIn("authorization", "Bearer "),
  secretHint: "You choose it: Integrations, Webhooks, your webhook, Custom headers.",
  eventType: [{ body: ["event_type"] }, { body: ["alert_transition"] }],
  idempotencyKey: [{ body: ["id"], with: [{ body: ["alert_transition"] }] }],
  delivery: {
    timeoutMs: 15_000,
    retries: "After 5xx and errors of its own; a connection that fails is tried five times.",
  },
  docsUrl: "https://docs.datadoghq.com/integrations/webhooks/",
  confidence: "confirmed",
};

export const circleci: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "circleci",
  title: "CircleCI",
  recipe: {
    ...PLAIN,
    signature: {
      format: "list",
      header: "circleci-signature",
      separator: ",",
      assign: "=",
      key: "v1",
    },
  },
  secretHint: "You choose it: Project settings, Webhooks, Secret token.",
  eventType: [{ body: ["type"] }],
  idempotencyKey: [{ body: ["id"] }],
  docsUrl: "https://circleci.com/docs/webhooks/",
  confidence: "experimental",
};

/** For a webhook set to "signature"; with "token" the plain X-Buildkite-Token is sent instead. */
export const buildkite: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "buildkite",
  title: "Buildkite",
  recipe: inList("x-buildkite-signature", { time: "timestamp", key: "signature" }),
  secretHint: "Notification Services, your webhook, Token; choose to send it as a signature.",
  eventType: [{ header: "x-buildkite-event" }, { body: ["event"] }],
  idempotencyKey: [],
  docsUrl: "https://buildkite.com/docs/apis/webhooks",
  confidence: "corroborated",
};

export const heroku: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "heroku",
  title: "Heroku",
  recipe: inHeader("heroku-webhook-hmac-sha256", { encoding: "base64" }),
  secretHint: "Given or chosen when the subscription is made, heroku webhooks:add --secret.",
  eventType: [{ body: ["resource"], suffix: [{ body: ["action"] }] }],
  idempotencyKey: [{ body: ["webhook_metadata", "event", "id"] }, { body: ["id"] }],
  docsUrl: "https://devcenter.heroku.com/articles/app-webhooks",
  confidence: "experimental",
};

export const npm: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "npm",
  title: "npm",
  recipe: inHeader("x-npm-signature", { prefix: "sha256=" }),
  secretHint: "You choose it: npm hook add <package> <url> <secret>.",
  eventType: [{ body: ["event"] }],
  idempotencyKey: [],
  docsUrl: "https://docs.npmjs.com/cli/v10/commands/npm-hook",
  confidence: "experimental",
};

export const launchdarkly: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "launchdarkly",
  title: "LaunchDarkly",
  recipe: inHeader("x-ld-signature"),
  secretHint: "Integrations, Webhooks, your webhook, Secret.",
  eventType: [{ body: ["kind"], suffix: [{ body: ["titleVerb"] }] }],
  idempotencyKey: [{ body: ["_id"] }],
  docsUrl: "https://launchdarkly.com/docs/home/infrastructure/webhooks",
  confidence: "experimental",
};

export const doppler: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "doppler",
  title: "Doppler",
  recipe: inHeader("x-doppler-signature", { prefix: "sha256=" }),
  secretHint: "You choose it: your project, Webhooks, Signing secret.",
  eventType: [{ body: ["type"] }],
  idempotencyKey: [],
  docsUrl: "https://docs.doppler.com/docs/webhooks",
  confidence: "experimental",
};

/** Only webhooks made through the API or an app are signed. */
export const webflow: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "webflow",
  title: "Webflow",
  recipe: inHeader("x-webflow-signature", {
    timestamp: timeIn("x-webflow-timestamp", 300_000, "ms"),
    signed: "{timestamp}:{body}",
  }),
  secretHint: "The app's client secret, or the secret shown when the webhook is made.",
  eventType: [{ body: ["triggerType"] }],
  idempotencyKey: [],
  docsUrl: "https://developers.webflow.com/data/docs/working-with-webhooks",
  confidence: "corroborated",
};

export const mongodbAtlas: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "mongodb-atlas",
  title: "MongoDB Atlas alerts",
  recipe: inHeader("x-mms-signature", { algorithm: "sha1", encoding: "base64" }),
  secretHint: "You choose it: Integrations, Webhook settings, Secret.",
  eventType: [{ header: "x-mms-event" }, { body: ["eventTypeName"] }],
  idempotencyKey: [{ body: ["id"], with: [{ body: ["status"] }, { body: ["updated"] }] }],
  docsUrl: "https://www.mongodb.com/docs/atlas/tutorial/third-party-service-integrations/",
  confidence: "experimental",
};

export const configcat: Provider<HmacRecipe> = {
  ...UNDOCUMENTED,
  name: "configcat",
  title: "ConfigCat",
  recipe: {
    ...PLAIN,
    encoding: "base64",
    signature: { format: "values", header: "x-configcat-webhook-signature-v1", separator: "," },
    id: { header: "x-configcat-webhook-id" },
    timestamp: timeIn("x-configcat-webhook-timestamp"),
    signed: "{id}{timestamp}{body}",
  },
  secretHint: "Your product, Webhooks, your webhook, Signing key.",
  eventType: [{ body: ["type"] }],
  idempotencyKey: [{ header: "x-configcat-webhook-id" }],
  docsUrl: "https://configcat.com/docs/advanced/notifications-webhooks/",
  confidence: "experimental",
};
