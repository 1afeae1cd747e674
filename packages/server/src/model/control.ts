/**
 * What the control plane may ask of the delivery engine. The API commands through this port and
 * never imports the engine; the gateway connects the two.
 *
 * A command resolves once its effect is durable.
 */
import type { DeliveryKey, DeliveryRow } from "./delivery.ts";

export type DestinationState = {
  readonly destinationNo: number;
  /** active: attempts are made. paused: by a person. suspended: by a 410 or by policy. */
  readonly status: "active" | "paused" | "suspended";
  readonly reason?: string;
  readonly sinceMs: number;
};

/** A destination at this moment, for people. */
export type DestinationStatus = DestinationState & {
  readonly circuit: "closed" | "open" | "probing";
  /** While the circuit is open: when the next probe is made. */
  readonly nextProbeAtMs?: number;
  readonly inFlight: number;
  /** The adapted limit of attempts in flight. */
  readonly concurrency: number;
  /** First attempts not yet made, as far as counted in memory. */
  readonly waiting: number;
  /** Rows waiting for a retry. */
  readonly retrying: number;
};

export type DeliveryControl = {
  /** Makes a pending or dead delivery due now. @throws not_found, state_conflict */
  retry(key: DeliveryKey): Promise<DeliveryRow>;
  /** Ends a pending or dead delivery. @throws not_found, state_conflict */
  cancel(key: DeliveryKey): Promise<DeliveryRow>;
  /** Holds everything for the destination; attempts in flight finish. Idempotent (I11). */
  pause(destinationNo: number, reason: string): Promise<DestinationState>;
  /** Goes on, oldest first, starting slowly (I11). Idempotent. */
  resume(destinationNo: number): Promise<DestinationState>;
  status(destinationNo: number): DestinationStatus;
  statuses(): readonly DestinationStatus[];
  /** Whether an attempt of it is being made right now. */
  isDelivering(key: DeliveryKey): boolean;
  /** Takes over rows that were just recorded (replays): their due times count from now on. */
  adopt(rows: readonly DeliveryRow[]): void;
};
