/** The public door of `@ringdown/client`: the API of a gateway as typed calls. */

export { type CallOptions, type Client, type ClientOptions, createClient } from "./client.ts";
export { ApiError, type ApiErrorCode, isApiError, type TransportCode } from "./errors.ts";
export type { StreamItem, StreamOptions } from "./stream.ts";

// What calls take and answer, as in spec/openapi.json.
export type {
  AttemptDetail,
  AttemptItem,
  ConfigFile,
  ConfigVersion,
  CreatedKey,
  DeliveryItem,
  Destination,
  DestinationStatus,
  EventDetail,
  EventItem,
  FieldProblem,
  Key,
  Ledger,
  NewDestination,
  NewReplay,
  NewRoute,
  NewSource,
  Paths,
  Plan,
  PlannedChange,
  Problem,
  Readiness,
  Replay,
  ReplayPlan,
  RequestDetail,
  RequestItem,
  Route,
  RouteStep,
  Source,
  Target,
  Trace,
  TraceStep,
  Verification,
} from "./generated/api.ts";
