/** What a change of the configuration would have meant for requests of the past, route by route. */

export type RouteEffect = {
  readonly route: string;
  /** Requests that took the route before the change, and after it. */
  readonly before: number;
  readonly after: number;
  /** Requests that would newly take it, and those that would not any more. */
  readonly gained: number;
  readonly lost: number;
};

export type DiffEffect = {
  /** Requests looked at. */
  readonly requestCount: number;
  /** Every route of either configuration, in alphabetical order. */
  readonly routes: readonly RouteEffect[];
};
