/**
 * The delivery engine as others see it: what it needs, its limits, and what it offers. The gateway
 * builds it (delivery.ts); ingest hands events to it; the API commands it through `control`.
 */
import type { ActiveConfig } from "../model/active.ts";
import type { DeliveryControl, DestinationState } from "../model/control.ts";
import type { AttemptRecord, DeliveryRow, DeliveryState } from "../model/delivery.ts";
import type { StoredRequest } from "../model/request.ts";
import type { Outbound } from "../outbound/index.ts";
import type { Storage, StorageRecovery } from "../storage/storage.ts";
import type { Clock, Random } from "../support/clock.ts";
import type { CrashPoint } from "../support/crash-point.ts";

/** An attempt that has just become durable, and what it left the delivery as. */
export type SettledAttempt = {
  readonly attempt: AttemptRecord;
  readonly state: DeliveryState;
  /** Absent for a delivery that never needed a row. */
  readonly row?: DeliveryRow;
  readonly receivedAtMs: number;
  readonly eventType: string;
};

export type DeliveryDeps = {
  /** Started by the gateway, before the engine. */
  readonly storage: Storage;
  readonly outbound: Pick<Outbound, "send">;
  readonly clock: Clock;
  readonly random: Random;
  /** The configuration in force. */
  readonly config: () => ActiveConfig;
  /** Called for every attempt once it is durable. Must not throw. */
  readonly onSettled?: (settled: SettledAttempt) => void;
  /** A destination was paused, suspended or resumed. Must not throw. */
  readonly onStateChange?: (state: DestinationState) => void;
  /** The store refused a read or a record; it is tried again. Must not throw. */
  readonly onError?: (error: unknown) => void;
  readonly crashPoint?: CrashPoint;
};

/** Every limit has a name (I10); the tests lower them to see what happens there. */
export type DeliveryOptions = {
  /** Version of Ringdown, for the user-agent of attempts that forward none. */
  readonly version: string;
  /** Attempts in flight, all destinations together. */
  readonly maxInFlight: number;
  /** Bytes of events being attempted; one attempt is always allowed. */
  readonly maxInFlightBytes: number;
  /** Events kept in memory for one destination, waiting for a slot; the rest waits in the store. */
  readonly laneQueueEvents: number;
  readonly laneQueueBytes: number;
  /** Bytes of waiting events kept in memory, all destinations together. */
  readonly queueBytes: number;
  /** Events of one destination that may be settled or in flight beyond the oldest unsettled one. */
  readonly windowEvents: number;
  /** Results that are known but not yet durable; at the limit no attempt starts. */
  readonly maxUnrecorded: number;
  /** Backlogs and retries being read at the same time. */
  readonly maxReads: number;
  /** Ordered deliveries of one destination kept in memory behind one in flight. */
  readonly maxFollowers: number;
  /** Ordered deliveries of one destination written down behind one that waits for a retry. */
  readonly maxParkedRows: number;
  /** Order keys of one destination that are in use; at the limit only retries go on. */
  readonly maxOrderKeys: number;
  /** Bursts of one destination whose newest delivery is remembered; of others the store knows. */
  readonly maxKnownBursts: number;
  /** Deliveries of one destination settled by a command before their turn came. */
  readonly maxEarlySettled: number;
  /** Kept of a failed attempt's response body; the rest is dropped. */
  readonly captureBytes: number;
  /** Kept of a successful attempt's response body. */
  readonly captureSuccessBytes: number;
  /** How often lanes save how far they have got. */
  readonly checkpointMs: number;
  /** How long `stop` goes on trying to record what is known, after the attempts have ended. */
  readonly stopRecordMs: number;
};

export const DEFAULT_DELIVERY_OPTIONS: Omit<DeliveryOptions, "version"> = Object.freeze({
  maxInFlight: 1_024,
  maxInFlightBytes: 128 * 1024 * 1024,
  laneQueueEvents: 4_096,
  laneQueueBytes: 16 * 1024 * 1024,
  queueBytes: 64 * 1024 * 1024,
  windowEvents: 16_384,
  maxUnrecorded: 4_096,
  maxReads: 16,
  maxFollowers: 1_024,
  maxParkedRows: 10_000,
  maxOrderKeys: 65_536,
  maxKnownBursts: 1_024,
  maxEarlySettled: 65_536,
  captureBytes: 16 * 1024,
  captureSuccessBytes: 1_024,
  checkpointMs: 1_000,
  stopRecordMs: 5_000,
});

export type DeliveryStats = {
  readonly lanes: number;
  readonly inFlight: number;
  /** Events kept in memory: waiting for a slot, behind their order key, or in flight. */
  readonly retainedEvents: number;
  readonly retainedBytes: number;
  /** Results known and not yet durable. */
  readonly unrecorded: number;
  /** Destinations that read their backlog from the store. */
  readonly behind: number;
  /** Since start. */
  readonly succeeded: number;
  readonly failed: number;
  /** Whether the store takes results; while it does not, no attempt starts. */
  readonly recording: "ok" | "failing";
};

export type Delivery = {
  /**
   * Goes on where the store says work was left. Resolves when hand-offs are welcome; backlogs are
   * read afterwards. Idempotent.
   */
  start(recovery: StorageRecovery, states: readonly DestinationState[]): Promise<void>;
  /**
   * Starts no more attempts, waits for those in flight, ends the rest as `aborted`, and records
   * everything. Idempotent.
   */
  stop(options: { readonly graceMs: number }): Promise<void>;
  /** An event that has just become durable. Only between `start` and `stop`; cheap, never throws. */
  handOff(event: StoredRequest): void;
  /** A new configuration is in force. */
  reconfigure(active: ActiveConfig): void;
  readonly control: DeliveryControl;
  stats(): DeliveryStats;
};
