/**
 * The door `@ringdown/receiver/samples`: requests as a provider would send them, with bodies in the
 * vendor's shape and correct signatures, for simulators and tests.
 */
export {
  listSamples,
  makeSampleRequest,
  type SampleName,
  type SampleOptions,
  type SampleRequest,
} from "./make-sample-request.ts";
export { type HandshakeOptions, makeHandshakes, type SampleHandshake } from "./handshake.ts";
export type { HandshakeReply } from "./handshake-answer.ts";
export { isRetried, retriesOf, retryingProviders, type SampleRetry } from "./retry-schedule.ts";
export {
  newSampleSecret,
  type SampleSecret,
  signsAtProviderOnly,
  signsWithPrivateKey,
} from "./sample-secret.ts";
export type { Json, JsonObject } from "./sample.ts";
