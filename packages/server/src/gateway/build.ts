/**
 * Builds and connects the parts of a gateway. The only place where ingest, delivery, replays and the
 * API know of one another, and they know it as functions that are passed in.
 */
import { randomBytes } from "node:crypto";
import { basename } from "node:path";
import { type Api, createApi } from "../api/create-api.ts";
import type { ApiDeps, ApiOptions } from "../api/deps.ts";
import { type Keys, openKeys } from "../api/keys/keys.ts";
import {
  type ConfigFile,
  formatConfigYaml,
  parseConfigFile,
  parseConfigJson,
  withLocations,
} from "../config/config-file.ts";
import { configFileSchema } from "../config/file-schema.ts";
import { createSystemResolver } from "../config/references.ts";
import type { Settings } from "../config/settings.ts";
import { createDelivery } from "../delivery/delivery.ts";
import type { Delivery, SettledAttempt } from "../delivery/types.ts";
import type { RingdownError } from "../errors/ringdown-error.ts";
import { createRemoteAddress } from "../http/remote-address.ts";
import { createIngest, type Ingest } from "../ingest/ingest.ts";
import { releaseRequest } from "../ingest/release.ts";
import type { DestinationState } from "../model/control.ts";
import type { StoredRequest } from "../model/request.ts";
import {
  createOutbound,
  DEFAULT_RESOLVER_OPTIONS,
  headerProblem,
  type ListenAddress,
  lookupSlots,
  type Outbound,
  parseTargetUrl,
} from "../outbound/index.ts";
import {
  createRegistry,
  type FirstDocument,
  type ManagedRegistry,
} from "../registry/create-registry.ts";
import { loadSecretKey } from "../registry/secret-key.ts";
import { createSecretBox } from "../registry/secrets.ts";
import { createReplays, type ReplayRunner } from "../replay/replays.ts";
import { createEventContext } from "../routing/event-context.ts";
import { matchRoutes } from "../routing/match-routes.ts";
import type { Storage, StorageRecovery } from "../storage/storage.ts";
import { systemClock, systemRandom } from "../support/clock.ts";
import { createCrashPoint } from "../support/crash-point.ts";
import type { Log } from "../telemetry/log.ts";
import { VERSION } from "../version.ts";
import { createBackend } from "./backend.ts";
import { backTest } from "./back-test.ts";
import { createCounters, type Counters } from "./counters.ts";
import type { Feed } from "./feed.ts";

export type BuildInputs = {
  readonly mode: "dev" | "serve";
  readonly settings: Settings;
  readonly log: Log;
  readonly feed: Feed;
  /** Known once the listeners are open. */
  readonly addresses: { readonly api: string; readonly ingest: string };
  readonly onFailed: (error: RingdownError) => void;
};

export type Parts = {
  readonly storage: Storage;
  readonly registry: ManagedRegistry;
  readonly outbound: Outbound;
  readonly delivery: Delivery;
  readonly replays: ReplayRunner;
  readonly ingest: Ingest;
  readonly api: Api;
  readonly keys: Keys;
  /** The gateway's own listeners, which no destination may reach. */
  readonly listening: ListenAddress[];
};

/** What the parts share while they are built. */
type Base = BuildInputs & {
  readonly storage: Storage;
  readonly recovery: StorageRecovery;
  readonly registry: ManagedRegistry;
  readonly counters: Counters;
  readonly listening: ListenAddress[];
};

/** Starts the store, the registry, delivery and replays. @throws what each of them throws */
export async function buildParts(inputs: BuildInputs): Promise<Parts> {
  const { settings, onFailed } = inputs;
  const storage = createBackend(
    { clock: systemClock, onFailed, crashPoint: settings.crashPoint },
    settings.options,
  );
  const recovery = await storage.start();
  try {
    return await buildOn(inputs, storage, recovery);
  } catch (error) {
    await storage.stop();
    throw error;
  }
}

async function buildOn(
  inputs: BuildInputs,
  storage: Storage,
  recovery: StorageRecovery,
): Promise<Parts> {
  const registry = buildRegistry(inputs, storage);
  const { configFile } = inputs.settings;
  await startRegistry(registry, configFile);
  if (inputs.mode === "dev") await registry.ensureDefaults();
  const listening: ListenAddress[] = [];
  const base: Base = {
    ...inputs,
    storage,
    recovery,
    registry,
    listening,
    counters: createCounters(),
  };
  const outbound = buildOutbound(base);
  const delivery = buildDelivery(base, outbound);
  const states = await storage.listDocuments("destination-state");
  await delivery.start(
    recovery,
    states.map(({ document }) => document as DestinationState),
  );
  registry.onChange((active) => {
    delivery.reconfigure(active);
    base.feed.publish({ type: "config", version: active.version });
  });
  const replays = buildReplays(base, delivery);
  await replays.start();
  const ingest = buildIngest(base, delivery);
  const keys = await buildKeys(base);
  const api = buildApi(base, { delivery, replays, ingest, keys });
  return { storage, registry, outbound, delivery, replays, ingest, api, keys, listening };
}

function buildRegistry({ settings: { options } }: BuildInputs, storage: Storage): ManagedRegistry {
  const secretKey = loadSecretKey({
    randomBytes,
    platform: process.platform,
    ...(options.secretKey !== undefined && { configured: options.secretKey.reveal() }),
    ...(options.store !== "memory" && { dataDir: options.dataDir }),
  });
  return createRegistry(
    {
      storage,
      clock: systemClock,
      randomBytes,
      resolve: createSystemResolver(),
      parseTargetUrl,
      headerProblem,
      secretBox: createSecretBox(secretKey, { randomBytes }),
    },
    { bodyLimitBytes: options.bodyLimitBytes },
  );
}

async function startRegistry(
  registry: ManagedRegistry,
  file: ConfigFile | undefined,
): Promise<void> {
  if (file === undefined) {
    await registry.start();
    return;
  }
  try {
    await registry.start(fileDocument(file));
  } catch (error) {
    throw withLocations(error, file.locate);
  }
}

/** The file as a change of the registry: what it no longer has is removed. */
export function fileDocument(file: ConfigFile): FirstDocument {
  return {
    document: file.document,
    options: { owner: `file:${basename(file.path)}`, prune: "yes" },
  };
}

function buildOutbound({ settings: { options, threadPoolSize }, listening }: Base): Outbound {
  return createOutbound(
    { clock: systemClock },
    {
      resolver: { ...DEFAULT_RESOLVER_OPTIONS, slots: lookupSlots(threadPoolSize) },
      connectionsPerOrigin: options.maxSocketsPerDestination,
      denyAddresses: () => listening,
    },
  );
}

function buildDelivery(base: Base, outbound: Outbound): Delivery {
  const { storage, registry, settings, log, feed, counters } = base;
  return createDelivery(
    {
      storage,
      outbound,
      clock: systemClock,
      random: systemRandom,
      config: () => registry.active(),
      crashPoint: createCrashPoint(settings.crashPoint),
      onSettled(settled: SettledAttempt) {
        const { attempt } = settled;
        counters.attempt(attempt);
        log.write("attempt.finished", {
          ...attempt,
          responseBody: undefined,
          responseHeaders: undefined,
        });
        feed.publish({ type: "attempt", ...settled });
      },
      onStateChange: (state) => log.write("destination.state_changed", { ...state }),
    },
    {
      version: VERSION,
      maxInFlight: settings.options.maxInFlight,
      captureBytes: settings.options.responseCaptureBytes,
    },
  );
}

function buildReplays({ storage, registry, log }: Base, delivery: Delivery): ReplayRunner {
  return createReplays({
    storage,
    clock: systemClock,
    control: delivery.control,
    hasDestination: (destinationNo) => registry.active().destinationsByNo.has(destinationNo),
    routeToday(event) {
      const source = registry.active().sourcesByNo.get(event.sourceNo);
      if (source === undefined) return [];
      return matchRoutes(source, contextOf(event, source.name)).targets.map(
        (target) => target.destinationNo,
      );
    },
    onFailed: (replay, error) =>
      log.write("replay.failed", { id: replay.id, error: String(error) }),
  });
}

function buildIngest(base: Base, delivery: Delivery): Ingest {
  const { storage, recovery, registry, settings, addresses } = base;
  return createIngest(
    {
      storage,
      clock: systemClock,
      config: () => registry.active(),
      storeTag: recovery.tag,
      remoteAddress: createRemoteAddress(settings.options.trustProxy),
      handOff: delivery.handOff,
      onStored: (request) => publishStored(base, request),
    },
    {
      publicUrl: () => addresses.ingest,
      keptRefusalsPerSecond: settings.options.keptRefusalsPerSecond,
    },
  );
}

function publishStored({ log, feed }: Base, request: StoredRequest): void {
  const { sequence, outcome, cause, eventType, sourceNo } = request;
  log.write("request.stored", { sequence, outcome, cause, eventType, sourceNo });
  feed.publish({ type: "request", request });
}

function buildKeys({ storage, settings: { options } }: Base): Promise<Keys> {
  const adminKey = options.adminKey === undefined ? {} : { adminKey: options.adminKey.reveal() };
  return openKeys({ storage, clock: systemClock }, adminKey);
}

type ApiParts = {
  readonly delivery: Delivery;
  readonly replays: ReplayRunner;
  readonly ingest: Ingest;
  readonly keys: Keys;
};

function buildApi(base: Base, { delivery, replays, ingest, keys }: ApiParts): Api {
  const { storage, recovery, registry, settings, feed, counters, addresses, log } = base;
  const deps: ApiDeps = {
    storage,
    storeTag: recovery.tag,
    registry,
    control: delivery.control,
    replays,
    keys,
    clock: systemClock,
    feed: {
      onAppended: (listener) => feed.subscribe((event) => event.type === "request" && listener()),
      onSettled: (listener) => feed.subscribe((event) => event.type === "attempt" && listener()),
    },
    config: {
      parse: (text, format) =>
        format === "yaml"
          ? parseConfigFile(text, "the configuration").document
          : parseConfigJson(text),
      formatYaml: (document) => formatConfigYaml(document, `${addresses.api}/schema/v1.json`),
      schema: configFileSchema(),
      history: () => registry.history(),
    },
    explainRoutes: (source, request) =>
      matchRoutes(source, contextOf(request, source.name)).decisions,
    backTest: (after, limit) => backTest(storage, { before: registry.active(), after, limit }),
    releaseRequest: (request, mode) =>
      releaseRequest(
        {
          storage,
          config: () => registry.active(),
          handOff: delivery.handOff,
          onStored: (stored) => publishStored(base, stored),
          publicUrl: () => addresses.ingest,
        },
        request,
        mode,
      ),
    remoteAddress: createRemoteAddress(settings.options.trustProxy),
    ready() {
      const { state } = storage.health();
      return state === "ok" ? { ready: true } : { ready: false, reasons: [`storage_${state}`] };
    },
    stats: () => counters.stats(ingest.stats()),
    reportDefect: (error, requestId) =>
      log.write("api.defect", { requestId, error: String(error) }),
  };
  return createApi(deps, apiOptions(base));
}

function apiOptions({ mode, settings: { options }, addresses }: Base): ApiOptions {
  return {
    mode,
    auth: mode === "dev" || options.insecureDevAuth ? "loopback" : "keys",
    version: VERSION,
    apiUrl: () => addresses.api,
    ingestUrl: () => addresses.ingest,
    allowedHosts: options.ownAddresses,
  };
}

function contextOf(request: StoredRequest, source: string) {
  const { method, path, query, headers, body, eventType } = request;
  return createEventContext({ method, path, query, headers, body, source, eventType });
}
