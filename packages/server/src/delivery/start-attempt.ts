/**
 * Begins one attempt: takes the slot, transforms the event where its route says so, builds the
 * request, hands it to the outbound side.
 *
 * Nothing is written before the answer: an attempt that a crash cuts off was never recorded, and is
 * made again under the same `webhook-id` (I5).
 */
import type { ActiveDestination, ActiveRoute, Transformed } from "../model/active.ts";
import type { AttemptTrigger, DeliveryRow } from "../model/delivery.ts";
import { DEFAULT_OUTBOUND_LIMITS, type OutboundLimits } from "../outbound/index.ts";
import { type AttemptRequest, buildAttempt } from "./attempt-request.ts";
import type { Engine } from "./engine.ts";
import { type Flight, keyNumber, type Lane, sizeOf, type Work } from "./lane.ts";
import { headStarts } from "./order.ts";
import { onInvalid, onResult } from "./settle.ts";
import { routeOf, transformEvent } from "./transform-event.ts";

export type AttemptStart = { readonly work: Work; readonly probe: "yes" | "no" };

export function startAttempt(engine: Engine, lane: Lane, start: AttemptStart): void {
  const { destination } = lane;
  if (destination === undefined) return;
  const flight = takeSlot(engine, lane, start);
  const { event } = flight;
  const route = routeOf(engine.config, event, lane.destinationNo);
  const transformed =
    route?.transform &&
    transformEvent(route.transform, {
      config: engine.config,
      event,
      storeTag: engine.storeTag,
    });
  if (transformed?.kind === "failed") {
    onInvalid(engine, flight, { cause: "transform_failed", detail: transformed.reason });
    return;
  }
  if (transformed?.body !== undefined) takeBytes(engine, flight, transformed.body.length);
  const request = buildRequest(engine, flight, { destination, route, transformed });
  if (request.kind === "invalid") {
    onInvalid(engine, flight, { cause: "invalid_request", detail: request.message });
  } else send(engine, flight, { request, destination });
}

type Parts = {
  readonly destination: ActiveDestination;
  readonly route: ActiveRoute | undefined;
  readonly transformed: Transformed | undefined;
};

function buildRequest(engine: Engine, flight: Flight, parts: Parts): AttemptRequest {
  const { event, key, number, row, startedAtMs } = flight;
  const { destination, route, transformed } = parts;
  return buildAttempt({
    event,
    key,
    number,
    replayId: row?.replayId,
    destination,
    forward: route?.forward ?? "raw",
    transformed,
    proofHeaders: transformed && engine.config.sourcesByNo.get(event.sourceNo)?.proofHeaders,
    storeTag: engine.storeTag,
    nowMs: startedAtMs,
    version: engine.options.version,
  });
}

/** What a transformation makes counts like what was received (I10). */
function takeBytes(engine: Engine, flight: Flight, bytes: number): void {
  flight.madeBytes = bytes;
  engine.inFlightBytes += bytes;
}

function takeSlot(engine: Engine, lane: Lane, { work, probe }: AttemptStart): Flight {
  const { event, row, position, orderKey, ordinal } = work;
  const { sequence } = event;
  const flight: Flight = {
    lane,
    key: { sequence, destinationNo: lane.destinationNo, ordinal },
    event,
    row,
    position,
    orderKey,
    number: (row?.lastAttemptNumber ?? 0) + 1,
    trigger: probe === "yes" ? "probe" : triggerOf(row),
    startedAtMs: engine.deps.clock.nowMs(),
    startedMonotonicMs: engine.monotonicMs(),
    madeBytes: 0,
    stage: "sending",
    exchange: undefined,
  };
  lane.busy.set(keyNumber(sequence, ordinal), flight);
  lane.inFlight += 1;
  if (lane.inFlight === 1) {
    engine.flying.add(lane);
    lane.progressAtMs = flight.startedMonotonicMs;
  }
  engine.shares.enter(lane.shareClass);
  engine.inFlightBytes += sizeOf(event);
  lane.bucket?.take(flight.startedMonotonicMs);
  if (probe === "yes") lane.circuit.beginProbe();
  if (orderKey !== undefined) headStarts(lane, orderKey);
  return flight;
}

function triggerOf(row: DeliveryRow | undefined): AttemptTrigger {
  if (row === undefined) return "initial";
  if (row.manual === true) return "manual";
  if (row.lastAttemptNumber > 0) return "retry";
  return row.replayId === undefined ? "initial" : "replay";
}

type Sending = {
  readonly request: Extract<AttemptRequest, { kind: "request" }>;
  readonly destination: ActiveDestination;
};

function send(engine: Engine, flight: Flight, { request, destination }: Sending): void {
  engine.crashPoint("delivery.before-send");
  flight.exchange = engine.deps.outbound.send(
    {
      url: request.url,
      method: request.method,
      headers: request.headers,
      body: request.body,
      limits: limitsOf(engine, destination),
      allowPrivate: destination.allowPrivate,
    },
    (result) => onResult(engine, flight, result),
  );
}

const limitsByDestination = new WeakMap<ActiveDestination, OutboundLimits>();

function limitsOf(engine: Engine, destination: ActiveDestination): OutboundLimits {
  let limits = limitsByDestination.get(destination);
  if (limits === undefined) {
    const { captureBytes } = engine.options;
    limits = { ...DEFAULT_OUTBOUND_LIMITS, captureBytes, ...destination.limits };
    limitsByDestination.set(destination, limits);
  }
  return limits;
}
