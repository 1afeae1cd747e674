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

// Recipes: how a sender proves itself, as data.
export type {
  AddressRecipe,
  BasicRecipe,
  DigestAlgorithm,
  EitherRecipe,
  HmacRecipe,
  KeyRule,
  NoneRecipe,
  Recipe,
  SignatureEncoding,
  SignatureRule,
  TimestampRule,
  TimestampUnit,
  TokenRecipe,
  Tolerance,
} from "./scheme/recipe.ts";
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

// Providers: recipes and facts by name.
export type { DeliveryFacts, Provider } from "./providers/provider.ts";
export { findProvider, getProvider, listProviders } from "./providers/registry.ts";
export { generic } from "./providers/generic.ts";
export { github } from "./providers/github.ts";
export { shopify } from "./providers/shopify.ts";
export { slack } from "./providers/slack.ts";
export { standardWebhooks } from "./providers/standard-webhooks.ts";
export { stripe } from "./providers/stripe.ts";
export { svix } from "./providers/svix.ts";

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
export type { Content, ValueLocation, ValueRule, ValueSource } from "./events/value.ts";

// Sign: what senders need.
export { createSigner, type SignatureHeaders, type Signer, type SignInput } from "./scheme/sign.ts";
export { signRequest, type SignRequestInput } from "./sign-request.ts";
export {
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
