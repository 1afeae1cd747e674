/** The door of `outbound/`: everything other folders may use. */
export { DEFAULT_OUTBOUND_LIMITS, OUTBOUND_FAILURES } from "./contract.ts";
export type {
  Outbound,
  OutboundFailed,
  OutboundFailure,
  OutboundLimits,
  OutboundPhase,
  OutboundRequest,
  OutboundResponse,
  OutboundResult,
  OutboundStats,
  OutboundTimings,
} from "./contract.ts";
export { classifyAddress } from "./guard/address-policy.ts";
export type { AddressClass, BlockReason } from "./guard/address-policy.ts";
export type { ListenAddress } from "./guard/guard.ts";
export type { Lookup } from "./guard/resolve.ts";
export {
  FORBIDDEN_HEADER_NAMES,
  headerProblem,
  HOP_BY_HOP_HEADER_NAMES,
  isForbiddenHeaderName,
} from "./headers.ts";
export { createOutbound, DEFAULT_OUTBOUND_OPTIONS } from "./outbound.ts";
export type { OutboundDeps, OutboundOptions } from "./outbound.ts";
export { parseTargetUrl } from "./target-url.ts";
export type { TargetUrl, TargetUrlProblem } from "./target-url.ts";
