/**
 * A small world for the delivery engine: a memory store on a disk that survives crashes, a clock
 * that a test moves, and destinations that answer as a test says.
 */
import { createDelivery } from "../../src/delivery/delivery.ts";
import { STATE_DOCUMENT_KIND } from "../../src/delivery/states.ts";
import type { Delivery, DeliveryOptions, SettledAttempt } from "../../src/delivery/types.ts";
import type { ActiveConfig, ActiveDestination, ActiveRoute } from "../../src/model/active.ts";
import type { DestinationState } from "../../src/model/control.ts";
import type { NewRequest } from "../../src/model/request.ts";
import { createMemoryStorage } from "../../src/storage/memory/create-storage.ts";
import { createMemoryDisk, type MemoryDisk } from "../../src/storage/memory/disk.ts";
import type { Storage } from "../../src/storage/storage.ts";
import { configOf, newRequest } from "./delivery-fixtures.ts";
import {
  createScriptedOutbound,
  type Reply,
  type ScriptedOutbound,
  type Sent,
} from "./scripted-outbound.ts";
import { createVirtualClock, type VirtualClock } from "./virtual-clock.ts";

export type World = {
  readonly disk: MemoryDisk;
  clock: VirtualClock;
  storage: Storage;
  outbound: ScriptedOutbound;
  delivery: Delivery;
  config: ActiveConfig;
  readonly settled: SettledAttempt[];
  readonly errors: unknown[];
  /** How destinations answer; may be replaced at any time. */
  replyTo: (sent: Sent) => Reply;
  /** Everything sent by every life of the engine. */
  readonly sent: Sent[];
  /** Accepts events; returns their sequences. They are handed off as ingest does it. */
  accept(count: number, request?: Partial<NewRequest>): Promise<number[]>;
  /** Accepts an event for each destination number given. */
  acceptFor(...destinationNos: number[]): Promise<number>;
  /** Called when a life of the engine has ended and before the next begins. */
  onNewLife: () => void;
  /** Lets a command come to its end without time passing. */
  run<Answer>(command: Promise<Answer>): Promise<Answer>;
  reconfigure(destinations: readonly ActiveDestination[]): void;
  /** As SIGKILL and a new start do it. */
  crash(): Promise<void>;
  restart(graceMs?: number): Promise<void>;
};

export type WorldOptions = {
  readonly destinations: readonly ActiveDestination[];
  readonly routes?: readonly ActiveRoute[];
  readonly options?: Partial<DeliveryOptions>;
  readonly random?: () => number;
  readonly replyTo?: (sent: Sent) => Reply;
};

export async function createWorld(given: WorldOptions): Promise<World> {
  const random = given.random ?? (() => 0.5);
  const sent: Sent[] = [];

  const world = {
    disk: createMemoryDisk({ tag: 7 }),
    config: configOf(given.destinations, given.routes),
    settled: [] as SettledAttempt[],
    errors: [] as unknown[],
    replyTo: given.replyTo ?? ((): Reply => ({ status: 200 })),
    sent,
    onNewLife: () => undefined,
  } as unknown as World;

  async function open(wallMs?: number): Promise<void> {
    world.clock = createVirtualClock(wallMs === undefined ? {} : { wallMs });
    const { clock } = world;
    const storage = createMemoryStorage({ clock }, { disk: world.disk });
    world.storage = storage;
    const scripted = createScriptedOutbound(clock, (each) => world.replyTo(each));
    world.outbound = {
      ...scripted,
      send(request, done) {
        const exchange = scripted.send(request, done);
        const last = scripted.sent.at(-1);
        if (last !== undefined) sent.push(last);
        return exchange;
      },
    };
    world.delivery = createDelivery(
      {
        storage,
        outbound: world.outbound,
        clock,
        random,
        config: () => world.config,
        onSettled: (each) => world.settled.push(each),
        onError: (error) => world.errors.push(error),
      },
      { version: "test", ...given.options },
    );
    const recovery = await storage.start();
    const documents = await storage.listDocuments(STATE_DOCUMENT_KIND);
    const states = documents.map(({ document }) => document as DestinationState);
    await world.delivery.start(recovery, states);
    await clock.settle();
  }

  world.accept = async (count, request = {}) => {
    const sequences: number[] = [];
    const { storage, delivery } = world;
    for (let i = 0; i < count; i++) {
      const accepted = newRequest({ receivedAtMs: world.clock.nowMs(), ...request });
      storage.append(accepted, (result) => {
        if (result.kind !== "stored") throw new Error(`not stored: ${result.kind}`);
        const { dedupeWindowMs: _, ...stored } = accepted;
        sequences.push(result.sequence);
        delivery.handOff({ ...stored, sequence: result.sequence });
      });
    }
    await world.clock.settle();
    return sequences;
  };
  world.acceptFor = async (...destinationNos) => {
    const targets = destinationNos.map((destinationNo) => ({ routeNo: 1, destinationNo }));
    const [sequence] = await world.accept(1, { targets });
    return sequence ?? -1;
  };
  world.run = async (command) => {
    // Refusals are the caller's; they must not count as unhandled meanwhile.
    command.catch(() => undefined);
    await world.clock.settle();
    return command;
  };
  world.reconfigure = (destinations) => {
    world.config = configOf(destinations, given.routes);
    world.delivery.reconfigure(world.config);
  };
  world.crash = async () => {
    world.disk.crash();
    const wallMs = world.clock.nowMs();
    world.clock.kill();
    world.onNewLife();
    await open(wallMs);
  };
  world.restart = async (graceMs = 1_000) => {
    const { delivery, clock, storage } = world;
    const stopped = delivery.stop({ graceMs });
    await clock.advance(graceMs + 10_000);
    await stopped;
    await storage.stop();
    const wallMs = clock.nowMs();
    clock.kill();
    world.onNewLife();
    await open(wallMs);
  };
  await open();
  return world;
}

/** Sequences in the order in which they were sent. */
export function sequencesOf(sent: readonly Sent[]): number[] {
  return sent.map(({ sequence }) => sequence);
}
