/**
 * Builds and connects the parts of a gateway. The only place where ingest, delivery, replays and the
 * API know of one another, and they know it as functions that are passed in.
 */
import { createApi, type Api } from "../api/create-api.ts";
import type { GatewayStats } from "../api/deps.ts";
import { openKeys } from "../api/keys/keys.ts";
import type { Settings } from "../config/settings.ts";
import { createDelivery } from "../delivery/delivery.ts";
import type { Delivery } from "../delivery/types.ts";
import type { RingdownError } from "../errors/ringdown-error.ts";
import { createRemoteAddress } from "../http/remote-address.ts";
import { createIngest, type Ingest } from "../ingest/ingest.ts";
import { releaseRequest } from "../ingest/release.ts";
import type { DestinationState } from "../model/control.ts";
import {
  createOutbound,
  type ListenAddress,
  type Outbound,
  parseTargetUrl,
} from "../outbound/index.ts";
import { createReplays, type ReplayRunner } from "../replay/replays.ts";
import { createEventContext } from "../routing/event-context.ts";
import { matchRoutes } from "../routing/match-routes.ts";
import type { Storage } from "../storage/storage.ts";
import { systemClock, systemRandom } from "../support/clock.ts";
import { createCrashPoint } from "../support/crash-point.ts";
import type { Log } from "../telemetry/log.ts";
import { createBackend } from "./backend.ts";
import type { Feed } from "./feed.ts";
