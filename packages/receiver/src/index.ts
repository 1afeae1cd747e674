/**
 * The public door of `@ringdown/receiver`. Sample requests have a door of their own,
 * `@ringdown/receiver/samples`, so that only those who need them load them.
 */

// Verify: compile once, verify every request.
export { compileVerifier } from "./scheme/compile.ts";
export type { VerifierOptions } from "./scheme/compiled-scheme.ts";
export type {
  Verifier,
  VerifyFailed,
  VerifyFailure,
  VerifyInput,
  VerifyPassed,
  VerifyResult,
} from "./scheme/result.ts";
export {
  type HeaderLookup,
  type HeaderRecord,
  headersFromRaw,
  headersFromRecord,
} from "./headers.ts";

// Keys that a sender publishes: what to fetch, and verifying with it.
export {
  type FetchKey,
  type KeyLookup,
  type KeyRequest,
  verifyWithKeys,
} from "./scheme/needed-key.ts";

// Recipes: how a sender proves itself, as data.
export type {
  AddressRecipe,
  BasicRecipe,
  BodyTokenRecipe,
  DigestAlgorithm,
  EitherRecipe,
  HmacRecipe,
  KeyRule,
  NoneRecipe,
  PublicKeyRecipe,
  Recipe,
  SignatureEncoding,
  SignatureRule,
  SignedRecipe,
  TimestampRule,
  TimestampUnit,
  TokenRecipe,
  Tolerance,
} from "./scheme/recipe.ts";
export type {
  AdyenRecipe,
  BraintreeRecipe,
  EbayRecipe,
  JwtAlgorithm,
  JwtKeyRule,
  JwtRecipe,
  PayPalRecipe,
  SnsRecipe,
  TwilioRecipe,
} from "./scheme/recipe-special.ts";
export {
  addressRecipe,
  apiKeyRecipe,
  basicRecipe,
  bearerRecipe,
  type GenericHmacOptions,
  type GenericTimestampOptions,
  genericRecipe,
  noneRecipe,
} from "./scheme/recipes.ts";
export { type AddressFilter, createAddressFilter } from "./scheme/address.ts";

export { proofHeadersOf } from "./scheme/proof-headers.ts";

// Providers: recipes and facts by name.
export type { DeliveryFacts, Provider } from "./providers/provider.ts";
export { findProvider, getProvider, listProviders } from "./providers/registry.ts";
export {
  attio,
  autodesk,
  checkr,
  deel,
  front,
  helpscout,
  hubspot,
  hubspotLegacy,
  intercom,
  lob,
  onfleet,
  persona,
  shippo,
  woocommerce,
  xero,
  zendesk,
} from "./providers/business.ts";
export {
  discord,
  line,
  linkedin,
  livekit,
  meta,
  microsoftTeams,
  pusher,
  sendbird,
  telegram,
  tiktok,
  twitch,
  webex,
  xTwitter,
  zoom,
} from "./providers/chat-and-social.ts";
export {
  adobe,
  brevo,
  chargebee,
  cloudevents,
  cloudflare,
  deepgram,
  googleChannel,
  huggingFace,
  mixpanel,
  newRelic,
  pipedrive,
  ringcentral,
  sparkpost,
  zapier,
} from "./providers/credentials.ts";
export {
  bitbucket,
  buildkite,
  circleci,
  configcat,
  datadog,
  doppler,
  gitlab,
  gitlabSigned,
  heroku,
  jira,
  launchdarkly,
  linear,
  mongodbAtlas,
  netlify,
  npm,
  pagerduty,
  sentry,
  vercel,
  webflow,
} from "./providers/development.ts";
export {
  airtable,
  asana,
  box,
  calCom,
  calendly,
  contentful,
  docusign,
  dropbox,
  framer,
  monday,
  notion,
  pandadoc,
  sanity,
  tally,
  trello,
  typeform,
} from "./providers/documents.ts";
export { generic } from "./providers/generic.ts";
export { github } from "./providers/github.ts";
export {
  customerIo,
  klaviyo,
  mailgun,
  mandrill,
  messagebird,
  postmark,
  sendgrid,
  sinch,
  telnyx,
  twilio,
  vonage,
} from "./providers/mail-and-phone.ts";
export {
  affirm,
  airwallex,
  chargify,
  checkoutCom,
  coinbaseCommerce,
  dwolla,
  gocardless,
  lemonSqueezy,
  modernTreasury,
  paddle,
  paystack,
  quickbooks,
  razorpay,
  recurly,
  square,
} from "./providers/payments.ts";
export {
  adyen,
  adyenPlatform,
  authorizeNet,
  braintree,
  mercadoPago,
  paypal,
  plaid,
  plaidSandbox,
  wise,
} from "./providers/payments-special.ts";
export {
  auth0,
  awsSns,
  ebay,
  elevenlabs,
  fusionauth,
  kinde,
  knock,
  microsoftGraph,
  mux,
  nylas,
  okta,
  segment,
  workos,
} from "./providers/platforms.ts";
export { shopify } from "./providers/shopify.ts";
export { slack } from "./providers/slack.ts";
export { standardWebhooks } from "./providers/standard-webhooks.ts";
export {
  anthropic,
  brex,
  etsy,
  finch,
  gemini,
  incidentIo,
  increase,
  loops,
  openai,
  polar,
  recallAi,
  render,
  replicate,
  supabaseAuth,
} from "./providers/standard-webhooks-family.ts";
export { stripe } from "./providers/stripe.ts";
export { svix } from "./providers/svix.ts";
export { clerk, resend, stytch, vanta } from "./providers/svix-family.ts";

// Events: what a verified request is about, and what a provider wants answered first.
export { lazyContent } from "./events/content.ts";
export { eventTypeOf, idempotencyKeyOf } from "./events/extract.ts";
export {
  type AnswerRule,
  answerHandshake,
  type Condition,
  type Handshake,
  type HandshakeAnswer,
  type HandshakeInput,
} from "./events/handshake.ts";
export type { ChallengeKind } from "./events/challenge.ts";
export { type EventItem, MAX_ITEMS, splitEvents, type SplitRule } from "./events/split.ts";
export type { Content, ValueLocation, ValueRule, ValueSource } from "./events/value.ts";

// Sign: what senders need.
export { createSigner, type SignatureHeaders, type Signer, type SignInput } from "./scheme/sign.ts";
export { signRequest, type SignRequestInput } from "./sign-request.ts";
export { generateStandardKeyPair, type StandardKeyPair } from "./standard-asymmetric.ts";
export {
  compileStandardVerifier,
  createStandardSigner,
  generateSecret,
  signStandard,
  type StandardSigner,
  type StandardSignInput,
  type StandardVerifyInput,
  verifyStandardWebhook,
} from "./standard-webhook.ts";

// Explain: why a captured request does not verify.
export {
  explain,
  type Explanation,
  type ExplanationStep,
  type MatchHint,
} from "./scheme/explain.ts";

// Receive: verify, answer, drop duplicates, call your code. Each framework has a door of its own.
export { receiver, type Receiver } from "./receive/receiver.ts";
export type { ReceivedProvider, ReceiverOptions, RequestHead, Secrets } from "./receive/options.ts";
export type { ActionEvent, BodyEvent, MapEvent, WebhookEvent } from "./receive/event.ts";
export type { ReceiveOutcome, RejectingCheck } from "./receive/outcome.ts";
export type { Answer } from "./receive/answer.ts";
export type { BodyLimits, BodyRead, IncomingWebhook } from "./receive/incoming.ts";
export { behindProxies, type ClientAddress } from "./receive/client-address.ts";
export type { ClaimOutcome, EventClaim, EventStore } from "./stores/event-store.ts";
export { memoryStore, type MemoryStoreOptions } from "./stores/memory.ts";

// Errors: wrong configuration only; match on `code`.
export { type ConfigErrorCode, ReceiverError, WebhookConfigError } from "./errors.ts";
