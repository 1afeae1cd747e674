/** The door of `outbound/`: everything other folders use. */
export { DEFAULT_OUTBOUND_LIMITS } from "./contract.ts";
export type {
  Outbound,
  OutboundFailed,
  OutboundLimits,
  OutboundRequest,
  OutboundResponse,
  OutboundResult,
} from "./contract.ts";
export type { ListenAddress } from "./guard/guard.ts";
export { DEFAULT_RESOLVER_OPTIONS, type Lookup, lookupSlots } from "./guard/resolve.ts";
export { FORBIDDEN_HEADER_NAMES, headerProblem } from "./headers.ts";
export { createOutbound } from "./outbound.ts";
export type { OutboundDeps, OutboundOptions } from "./outbound.ts";
export { parseTargetUrl } from "./target-url.ts";
