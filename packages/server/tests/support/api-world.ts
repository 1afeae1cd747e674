/**
 * A gateway without files and without a network beyond loopback, for tests of the API: memory store,
 * real registry, ingest, delivery and replays, destinations that answer as a test says, and one
 * listener for API and ingest. The clocks can be moved.
 *
 * Every JSON answer is held against the schema that the OpenAPI document gives for it, so each test
 * of an operation is one of its description as well.
 */
import { randomBytes } from "node:crypto";
import { type Api, createApi } from "../../src/api/create-api.ts";
import type { ApiDeps, ApiOptions } from "../../src/api/deps.ts";
import { type Keys, openKeys } from "../../src/api/keys/keys.ts";
import {
  formatConfigYaml,
  parseConfigFile,
  parseConfigJson,
} from "../../src/config/config-file.ts";
import { configFileSchema } from "../../src/config/file-schema.ts";
import { createResolver } from "../../src/config/references.ts";
import { createDelivery } from "../../src/delivery/delivery.ts";
import type { Delivery } from "../../src/delivery/types.ts";
import { createRemoteAddress } from "../../src/http/remote-address.ts";
import { createIngest, type Ingest } from "../../src/ingest/ingest.ts";
import { releaseRequest } from "../../src/ingest/release.ts";
import type { StoredRequest } from "../../src/model/request.ts";
import { headerProblem, parseTargetUrl } from "../../src/outbound/index.ts";
import { backTest } from "../../src/gateway/back-test.ts";
import { createRegistry, type ManagedRegistry } from "../../src/registry/create-registry.ts";
import { createSecretBox } from "../../src/registry/secrets.ts";
import { createReplays, type ReplayRunner } from "../../src/replay/replays.ts";
import { createEventContext } from "../../src/routing/event-context.ts";
import { matchRoutes } from "../../src/routing/match-routes.ts";
import { createMemoryStorage } from "../../src/storage/memory/create-storage.ts";
import type { Storage, StorageRecovery } from "../../src/storage/storage.ts";
import { type Clock, systemClock, systemRandom } from "../../src/support/clock.ts";
import { createAnswerCheck } from "./answer-check.ts";
import { type Answer, exchange, listenOn, type Sending } from "./exchange.ts";
import {
  createScriptedOutbound,
  type Reply,
  type ScriptedOutbound,
  type Sent,
} from "./scripted-outbound.ts";

export type ApiWorld = {
  readonly url: string;
  readonly port: number;
  readonly storage: Storage;
  readonly registry: ManagedRegistry;
  readonly delivery: Delivery;
  readonly keys: Keys;
  readonly api: Api;
  readonly clock: Clock;
  readonly sent: readonly Sent[];
  /** What was reported as a defect since the last time; what is never taken fails `stop`. */
  takeDefects(): readonly unknown[];
  /** How destinations answer; may be replaced at any time. */
  replyTo(reply: (sent: Sent) => Reply): void;
  /** Moves both clocks. */
  leap(ms: number): void;
  /** Calls the API with the world's own key, or ingest without. */
  call(method: string, path: string, sending?: Sending): Promise<Answer>;
  /** Resolves once the condition holds; it is looked at whenever something became durable. */
  until(condition: () => Promise<boolean> | boolean): Promise<void>;
  stop(): Promise<void>;
};

export type WorldOptions = Partial<Omit<ApiOptions, "apiUrl" | "ingestUrl">> & {
  readonly environment?: Readonly<Record<string, string>>;
  readonly adminKey?: string;
  readonly ready?: ApiDeps["ready"];
  /** The API's own time, such as one that stands still until a test moves it. */
  readonly apiClock?: Clock;
  /** Storage as the API sees it, such as one that fails. */
  readonly storageOf?: (storage: Storage) => Storage;
};

type Base = {
  readonly options: WorldOptions;
  readonly clock: Clock;
  readonly storage: Storage;
  readonly recovery: StorageRecovery;
  readonly registry: ManagedRegistry;
  readonly outbound: ScriptedOutbound;
  readonly defects: unknown[];
  readonly feed: TestFeed;
  /** Known once it listens. */
  readonly address: { url: string };
};

type TestFeed = { publish(): void; subscribe(listener: () => void): () => void };

export async function createApiWorld(options: WorldOptions = {}): Promise<ApiWorld> {
  const state: { offsetMs: number; reply: (sent: Sent) => Reply } = {
    offsetMs: 0,
    reply: () => ({ status: 200 }),
  };
  const clock: Clock = {
    ...systemClock,
    nowMs: () => systemClock.nowMs() + state.offsetMs,
    monotonicMs: () => systemClock.monotonicMs() + state.offsetMs,
  };
  const base = await createBase(options, clock, (sent) => state.reply(sent));
  const { storage, registry, feed, defects, address } = base;
  const delivery = await startDelivery(base);
  const replays = await startReplays(base, delivery);
  const ingest = createTestIngest(base, delivery);
  const { adminKey } = options;
  const keys = await openKeys({ storage, clock }, adminKey === undefined ? {} : { adminKey });
  const ownKey = adminKey ?? (await keys.ensureAdminKey());
  const deps = apiDeps(base, { delivery, replays, keys });
  const apiOptions: ApiOptions = {
    mode: "serve",
    auth: "keys",
    version: "0.0.0-test",
    ...options,
    apiUrl: () => address.url,
    ingestUrl: () => address.url,
  };
  const api = createApi(deps, apiOptions);
  const checkAnswer = createAnswerCheck();
  const listener = await listenOn((incoming, outgoing) => {
    if (ingest.owns(incoming.url ?? "")) ingest.handle(incoming, outgoing);
    else api.handle(incoming, outgoing);
  });
  address.url = `http://127.0.0.1:${listener.port}`;

  return {
    url: address.url,
    port: listener.port,
    storage,
    registry,
    delivery,
    keys,
    api,
    clock,
    sent: base.outbound.sent,
    takeDefects: () => defects.splice(0),
    replyTo(reply) {
      state.reply = reply;
    },
    leap(ms) {
      state.offsetMs += ms;
    },
    async call(method, path, sending = {}) {
      const needsKey = apiOptions.auth === "keys" && !path.startsWith("/in/");
      const own = needsKey ? { authorization: `Bearer ${ownKey}` } : {};
      const headers = { ...own, ...sending.headers };
      const answer = await exchange({ port: listener.port, method, path }, { ...sending, headers });
      checkAnswer(method, path, answer);
      return answer;
    },
    until: (condition) => untilHolds(feed, condition),
    async stop() {
      api.stop();
      ingest.drain();
      await replays.stop();
      await delivery.stop({ graceMs: 0 });
      await listener.close();
      await storage.stop();
      if (defects.length > 0) throw new AggregateError(defects, "defects were reported");
    },
  };
}

async function createBase(
  options: WorldOptions,
  clock: Clock,
  replyTo: (sent: Sent) => Reply,
): Promise<Base> {
  const storage = createMemoryStorage({ clock });
  const recovery = await storage.start();
  const registry = createRegistry(
    {
      storage,
      clock,
      randomBytes,
      resolve: createResolver({ environment: options.environment ?? {}, readFile: () => "" }),
      parseTargetUrl,
      headerProblem,
      secretBox: createSecretBox(randomBytes(32), { randomBytes }),
    },
    { bodyLimitBytes: 1024 * 1024 },
  );
  await registry.start();
  return {
    options,
    clock,
    storage,
    recovery,
    registry,
    outbound: createScriptedOutbound(clock, replyTo),
    defects: [],
    feed: createTestFeed(),
    address: { url: "" },
  };
}

function createTestFeed(): TestFeed {
  const listeners = new Set<() => void>();
  return {
    publish: () => listeners.forEach((listener) => listener()),
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

async function untilHolds(
  feed: TestFeed,
  condition: () => Promise<boolean> | boolean,
): Promise<void> {
  for (let holds = false; !holds;) {
    // Listening before looking, so that nothing falls in between.
    const { promise, resolve } = Promise.withResolvers<void>();
    const unsubscribe = feed.subscribe(resolve);
    holds = await condition();
    if (!holds) await promise;
    unsubscribe();
  }
}

async function startDelivery(base: Base): Promise<Delivery> {
  const { storage, outbound, clock, registry, feed, defects, recovery } = base;
  const delivery = createDelivery(
    {
      storage,
      outbound,
      clock,
      random: systemRandom,
      config: () => registry.active(),
      onSettled: feed.publish,
      onError: (error) => defects.push(error),
    },
    { version: "test" },
  );
  await delivery.start(recovery, []);
  registry.onChange((active) => delivery.reconfigure(active));
  return delivery;
}

async function startReplays(base: Base, delivery: Delivery): Promise<ReplayRunner> {
  const { storage, clock, registry, defects } = base;
  const replays = createReplays({
    storage,
    clock,
    control: delivery.control,
    hasDestination: (no) => registry.active().destinationsByNo.has(no),
    routeToday(event) {
      const source = registry.active().sourcesByNo.get(event.sourceNo);
      if (source === undefined) return [];
      const { targets } = matchRoutes(source, contextOf(event, source.name));
      return targets.map(({ destinationNo }) => destinationNo);
    },
    onFailed: (_, error) => defects.push(error),
  });
  await replays.start();
  return replays;
}

function createTestIngest(base: Base, delivery: Delivery): Ingest {
  const { storage, clock, registry, recovery, feed, address } = base;
  return createIngest(
    {
      storage,
      clock,
      config: () => registry.active(),
      storeTag: recovery.tag,
      remoteAddress: createRemoteAddress([]),
      handOff: delivery.handOff,
      onStored: feed.publish,
    },
    { publicUrl: () => address.url, keptRefusalsPerSecond: 1000 },
  );
}

type ApiParts = {
  readonly delivery: Delivery;
  readonly replays: ReplayRunner;
  readonly keys: Keys;
};

function apiDeps(base: Base, { delivery, replays, keys }: ApiParts): ApiDeps {
  const { options, clock, recovery, registry, feed, defects, address } = base;
  const storage = options.storageOf?.(base.storage) ?? base.storage;
  return {
    storage,
    storeTag: recovery.tag,
    registry,
    control: delivery.control,
    replays,
    keys,
    clock: options.apiClock ?? clock,
    feed: { onAppended: feed.subscribe, onSettled: feed.subscribe },
    config: {
      parse: (text, format) =>
        format === "yaml" ? parseConfigFile(text, "document").document : parseConfigJson(text),
      formatYaml: (document) => formatConfigYaml(document, `${address.url}/schema/v1.json`),
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
          onStored: feed.publish,
          publicUrl: () => address.url,
        },
        request,
        mode,
      ),
    remoteAddress: createRemoteAddress([]),
    ready: options.ready ?? (() => ({ ready: true })),
    stats: () => ({ requests: [{ outcome: "accepted", cause: "", count: 1 }], attempts: [] }),
    reportDefect: (error) => defects.push(error),
  };
}

function contextOf(request: StoredRequest, source: string) {
  const { method, path, query, headers, body, eventType } = request;
  return createEventContext({ method, path, query, headers, body, source, eventType });
}
