/** Events, destinations and configurations for tests of delivery and replay. */
import type {
  ActiveConfig,
  ActiveDestination,
  ActiveRoute,
  Debounce,
} from "../../src/model/active.ts";
import type { NewRequest, StoredRequest } from "../../src/model/request.ts";

export const RECEIVED_AT_MS: number = Date.UTC(2026, 0, 1);

export function newRequest(overrides: Partial<NewRequest> = {}): NewRequest {
  return {
    receivedAtMs: RECEIVED_AT_MS,
    sourceNo: 1,
    method: "POST",
    path: "",
    query: "",
    headers: ["Content-Type", "application/json"],
    remoteAddress: "127.0.0.1",
    body: Buffer.from("{}"),
    outcome: "accepted",
    verification: { status: "unverified" },
    eventType: "",
    idempotencyKey: "",
    dedupeWindowMs: 0,
    targets: [{ routeNo: 1, destinationNo: 1 }],
    configVersion: 1,
    ...overrides,
  };
}

export function storedRequest(overrides: Partial<StoredRequest> = {}): StoredRequest {
  const { dedupeWindowMs: _, ...request } = newRequest();
  return { ...request, sequence: 1, ...overrides };
}

export function destination(overrides: Partial<ActiveDestination> = {}): ActiveDestination {
  const no = overrides.no ?? 1;
  return {
    no,
    id: `dst_${no}`,
    name: `destination-${no}`,
    enabled: true,
    url: new URL(`http://127.0.0.1:9/${no}`),
    appendPath: false,
    headers: [],
    allowPrivate: true,
    schedule: [1_000, 2_000, 4_000],
    limits: { connectMs: 1_000, headersMs: 2_000, totalMs: 5_000 },
    maxConcurrency: 64,
    circuit: true,
    ...overrides,
  };
}

/** Of the events of route 1 to destination 1, in JSON, only the newest of a burst is delivered. */
export function debouncedRoute(
  debounce: Debounce,
  overrides: Partial<ActiveRoute> = {},
): ActiveRoute {
  const no = overrides.no ?? 1;
  return {
    no,
    id: `rte_${no}`,
    name: `route-${no}`,
    enabled: true,
    destinationNo: 1,
    destinationName: "destination-1",
    matches: () => ({ matched: true }),
    forward: "raw",
    debounce,
    ...overrides,
  };
}

export function configOf(
  destinations: readonly ActiveDestination[],
  routes: readonly ActiveRoute[] = [],
): ActiveConfig {
  return {
    version: 1,
    sourcesByName: new Map(),
    sourcesByNo: new Map(),
    destinationsByNo: new Map(destinations.map((each) => [each.no, each])),
    routesByNo: new Map(routes.map((each) => [each.no, each])),
  };
}
