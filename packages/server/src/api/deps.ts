/**
 * Everything the API needs from outside, as ports: what `gateway.ts` has to bring. The API imports
 * no backend, no engine and no ingest; it reads and commands through these.
 */
import type { IncomingMessage } from "node:http";
import type { ActiveConfig, ActiveSource, RouteDecision } from "../model/active.ts";
import type { DeliveryControl } from "../model/control.ts";
import type { DiffEffect } from "../model/diff-effect.ts";
import type { ConfigDocument, Registry } from "../model/registry.ts";
import type { Replays } from "../model/replay.ts";
import type { StoredRequest, Verification } from "../model/request.ts";
import type { Storage } from "../storage/storage.ts";
import type { Clock } from "../support/clock.ts";
import type { Keys } from "./keys/keys.ts";

/** Tells that something new is durable; what it is, is read from the store. */
export type LiveFeed = {
  /** Requests were appended. Returns how to stop listening. */
  onAppended(listener: () => void): () => void;
  /** Attempts were recorded. Returns how to stop listening. */
  onSettled(listener: () => void): () => void;
};

/** What releasing a quarantined or conflicting request came to. */
export type ReleaseResult =
  | { readonly kind: "released"; readonly event: StoredRequest }
  /** Today's secrets do not verify it either. */
  | { readonly kind: "refused"; readonly verification: Verification };

/** `verify`: only if the source's secrets of today verify it. `force`: a person vouches for it. */
export type ReleaseMode = "verify" | "force";

export type ConfigVersion = {
  readonly version: number;
  readonly atMs: number;
  /** Who made the change; absent when it was not kept. */
  readonly owner?: string;
  /** One line for people; absent when it was not kept. */
  readonly summary?: string;
};

/** The configuration file's language: only the registry and the configuration loader know it. */
export type ConfigLanguage = {
  /** @throws config_invalid with `details.problems` */
  parse(text: string, format: "json" | "yaml"): ConfigDocument;
  formatYaml(document: ConfigDocument): string;
  /** JSON Schema (2020-12) of the whole file, served at /schema/v1.json. */
  readonly schema: Readonly<Record<string, unknown>>;
  /** Newest first. */
  history(): Promise<readonly ConfigVersion[]>;
};

export type Readiness =
  | { readonly ready: true }
  /** Codes from the error table. */
  | { readonly ready: false; readonly reasons: readonly string[] };

/** Counted since the process started. */
export type GatewayStats = {
  /** By outcome and cause: `accepted`, `duplicate`, `rejected`, `quarantined`; "" for no cause. */
  readonly requests: readonly {
    readonly outcome: string;
    readonly cause: string;
    readonly count: number;
  }[];
  readonly attempts: readonly {
    readonly outcome: string;
    readonly cause: string;
    readonly count: number;
  }[];
};

export type ApiDeps = {
  readonly storage: Storage;
  /** The random tag of the store (`StorageRecovery.tag`): part of every request id, and what cursors are bound to. */
  readonly storeTag: number;
  readonly registry: Registry;
  readonly control: DeliveryControl;
  readonly replays: Replays;
  readonly keys: Keys;
  readonly feed: LiveFeed;
  readonly config: ConfigLanguage;
  readonly clock: Clock;
  /** Judges the stored request by the source's routes again; pure. */
  explainRoutes(source: ActiveSource, request: StoredRequest): readonly RouteDecision[];
  /** What the configuration would have meant for the newest accepted requests. */
  backTest(after: ActiveConfig, limit: number): Promise<DiffEffect>;
  /** Resolves once the new event is durable. @throws state_conflict when it is not one that can be released */
  releaseRequest(request: StoredRequest, mode: ReleaseMode): Promise<ReleaseResult>;
  /** The caller's address, after trusted proxies. */
  remoteAddress(httpRequest: IncomingMessage): string;
  ready(): Readiness;
  /** Absent: /metrics tells only what control and the store's health say. */
  stats?(): GatewayStats;
  /** An answer of 500 was given; the log must keep why, under this id. */
  reportDefect(error: unknown, requestId: string): void;
};

export type ApiOptions = {
  readonly mode: "dev" | "serve";
  /**
   * keys: every path of /api needs a bearer key. loopback: no key, but only callers on a loopback
   * address, a known Host, and no foreign Origin (development, `--insecure-dev-auth`).
   */
  readonly auth: "keys" | "loopback";
  /** Version of Ringdown, for the page and the OpenAPI document. */
  readonly version: string;
  /** Where the API is reached, without a trailing slash; a function, since port 0 is known late. */
  apiUrl(): string;
  /** What source URLs start with, without `/in` and a trailing slash. */
  ingestUrl(): string;
  /** Host names (no port) that a loopback API answers to, besides localhost, 127.0.0.1 and [::1]. */
  readonly allowedHosts?: readonly string[];
  /** Largest JSON or YAML body; default 1 MiB. */
  readonly bodyLimitBytes?: number;
};
