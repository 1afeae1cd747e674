/**
 * The composition root: builds every part from the settings, connects them, and starts and stops
 * them in the order that keeps the promises.
 *
 *   start   store → registry → delivery (goes on with what was left) → listeners last
 *   stop    listeners refuse → replays pause → delivery drains and records → store last
 *
 * It decides nothing else. A store that failed for good ends the gateway: `failed` tells whoever
 * runs the process, and until it ends nothing is acknowledged.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Api } from "./api/create-api.ts";
import { type ConfigFile, withLocations } from "./config/config-file.ts";
import type { Settings } from "./config/settings.ts";
import type { Delivery } from "./delivery/types.ts";
import { RingdownError } from "./errors/ringdown-error.ts";
import { buildParts, fileDocument, type Parts } from "./gateway/build.ts";
import { createFeed, type Feed, type GatewayEvent } from "./gateway/feed.ts";
import { listen, type Listener } from "./gateway/listen.ts";
import type { Ingest } from "./ingest/ingest.ts";
import { systemClock } from "./support/clock.ts";
import { createLog, type Log } from "./telemetry/log.ts";

export type GatewayMode = "dev" | "serve";

export type GatewayAddress = {
  /** Where the API and the page are, without a trailing slash. */
  readonly url: string;
  /** What source URLs start with. */
  readonly ingestUrl: string;
  readonly sources: readonly { readonly name: string; readonly url: string }[];
  /** Only when this start made the first key: the one chance to print it. */
  readonly adminKey?: string;
};

export type Gateway = {
  /** @throws storage_locked, schema_mismatch, config_invalid, or the system's error of a listener */
  start(): Promise<GatewayAddress>;
  /** Idempotent. Work that `graceMs` cuts off is attempted again after the next start. */
  stop(options: { readonly graceMs: number }): Promise<void>;
  /** Puts the file in force; on a problem the configuration stays as it was. @throws config_invalid */
  applyFile(file: ConfigFile): Promise<void>;
  /** What becomes durable, as it does. Returns how to stop listening. */
  onEvent(listener: (event: GatewayEvent) => void): () => void;
  /** Resolves if the store fails for good: the process must end. */
  readonly failed: Promise<RingdownError>;
};

type Core = {
  readonly mode: GatewayMode;
  readonly settings: Settings;
  readonly log: Log;
  readonly feed: Feed;
  parts: Parts | undefined;
  listeners: Listener[];
  started: Promise<GatewayAddress> | undefined;
  stopped: Promise<void> | undefined;
  onFailed: (error: RingdownError) => void;
};

export function createGateway(mode: GatewayMode, settings: Settings): Gateway {
  const log = createLog(settings.options.logLevel);
  const { promise: failed, resolve: onFailed } = Promise.withResolvers<RingdownError>();
  const core: Core = {
    mode,
    settings,
    log,
    feed: createFeed((error) => log.write("api.defect", { error: String(error) })),
    parts: undefined,
    listeners: [],
    started: undefined,
    stopped: undefined,
    onFailed(error) {
      log.write("storage.failed", { code: error.code, error: error.message });
      onFailed(error);
    },
  };
  return {
    start: () => (core.started ??= start(core)),
    stop: (options) => (core.stopped ??= stop(core, options.graceMs)),
    applyFile: (file) => applyFile(core, file),
    onEvent: (listener) => core.feed.subscribe(listener),
    failed,
  };
}

async function start(core: Core): Promise<GatewayAddress> {
  const { options } = core.settings;
  const addresses = { api: "", ingest: "" };
  try {
    core.parts = await buildParts({ ...core, addresses });
    await openListeners(core, core.parts, addresses);
  } catch (error) {
    await stop(core, 0);
    throw error;
  }
  core.log.write("gateway.started", {
    url: addresses.api,
    ingestUrl: addresses.ingest,
    dataDir: options.dataDir,
  });
  const adminKey =
    core.mode === "serve" && !core.settings.options.insecureDevAuth
      ? await core.parts.keys.ensureAdminKey()
      : undefined;
  const sources = core.parts.registry.list("sources").map(({ name }) => ({
    name,
    url: `${addresses.ingest}/in/${name}`,
  }));
  return {
    url: addresses.api,
    ingestUrl: addresses.ingest,
    sources,
    ...(adminKey !== undefined && { adminKey }),
  };
}

async function openListeners(
  core: Core,
  parts: Parts,
  addresses: { api: string; ingest: string },
): Promise<void> {
  const { options } = core.settings;
  const limits = {
    host: options.host,
    headerLimitBytes: options.headerLimitBytes,
    headersTimeoutMs: options.headersTimeoutMs,
    requestTimeoutMs: options.requestTimeoutMs,
    clock: systemClock,
  };
  const { ingest, api } = parts;
  const ownIngest = options.ingestPort !== undefined;
  const main = await listen(ownIngest ? api.handle : bothHandlers(ingest, api), {
    ...limits,
    port: options.port,
  });
  core.listeners.push(main);
  parts.listening.push({ address: options.host, port: main.port });
  addresses.api = urlOf(options.host, main.port);
  addresses.ingest = options.publicUrl ?? addresses.api;
  if (options.ingestPort === undefined) return;
  const second = await listen(ingestOnly(ingest), { ...limits, port: options.ingestPort });
  core.listeners.push(second);
  parts.listening.push({ address: options.host, port: second.port });
  addresses.ingest = options.publicUrl ?? urlOf(options.host, second.port);
}

type Handler = (httpRequest: IncomingMessage, httpResponse: ServerResponse) => void;

function bothHandlers(ingest: Ingest, api: Api): Handler {
  return (httpRequest, httpResponse) => {
    if (ingest.owns(httpRequest.url ?? "")) ingest.handle(httpRequest, httpResponse);
    else api.handle(httpRequest, httpResponse);
  };
}

/** The ingest port answers nothing else, so that it can face the world alone. */
function ingestOnly(ingest: Ingest): Handler {
  return (httpRequest, httpResponse) => {
    if (ingest.owns(httpRequest.url ?? "")) {
      ingest.handle(httpRequest, httpResponse);
      return;
    }
    httpRequest.resume();
    httpResponse.writeHead(404, ["content-length", "0"]).end();
  };
}

/** An address people can open: everywhere is also here. */
function urlOf(host: string, port: number): string {
  const shown = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
  return `http://${shown.includes(":") ? `[${shown}]` : shown}:${port}`;
}

async function applyFile(core: Core, file: ConfigFile): Promise<void> {
  if (core.parts === undefined)
    throw new RingdownError("storage_unavailable", "the gateway is not running");
  const { document, options } = fileDocument(file);
  const { version } = await core.parts.registry.apply(document, options).catch((error: unknown) => {
    throw withLocations(error, file.locate);
  });
  core.log.write("config.applied", { file: file.path, version });
}

async function stop(core: Core, graceMs: number): Promise<void> {
  const { parts } = core;
  if (parts === undefined) return;
  core.log.write("gateway.stopping", { graceMs });
  parts.ingest.drain();
  parts.api.stop();
  const closing = core.listeners.map((listener) => listener.close(graceMs));
  await parts.replays.stop();
  await stopDelivery(parts.delivery, graceMs);
  await Promise.all(closing);
  await parts.outbound.close();
  await parts.storage.stop();
  core.log.write("gateway.stopped", {});
}

/** A store that failed cannot record; what it could not record is attempted again after the next start. */
async function stopDelivery(delivery: Delivery, graceMs: number): Promise<void> {
  await delivery.stop({ graceMs }).catch(() => undefined);
}
