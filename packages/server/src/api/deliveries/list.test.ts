/** The walks over a store that is larger than one read, held against a plain search of everything. */
import { beforeAll, expect, test } from "vitest";
import type { DeliveryControl } from "../../model/control.ts";
import type { AttemptRecord, DeliveryRow, ShownDeliveryState } from "../../model/delivery.ts";
import type { NewRequest } from "../../model/request.ts";
import { createMemoryStorage } from "../../storage/memory/create-storage.ts";
import type { Storage } from "../../storage/storage.ts";
import { systemClock } from "../../support/clock.ts";
import { type ApiContext, createContext } from "../context.ts";
import type { ApiDeps, ApiOptions } from "../deps.ts";
import type { Derived } from "./derive.ts";
import { type DeliveryFilter, type DeliveryPosition, readDeliveryPage } from "./list.ts";

const EVENTS = 1300;
/** Held; the others are active. */
const PAUSED = 3;
const AT_MS = Date.UTC(2026, 0, 1);

type Known = {
  readonly id: string;
  readonly destinationNo: number;
  readonly state: ShownDeliveryState;
};

let context: ApiContext;
const known: Known[] = [];

beforeAll(async () => {
  const storage = createMemoryStorage({ clock: systemClock });
  await storage.start();
  const status = (no: number) => ({ status: no === PAUSED ? "paused" : "active" });
  const control = { isDelivering: () => false, status } as unknown as DeliveryControl;
  context = createContext({ storage, control, storeTag: 1 } as ApiDeps, {} as ApiOptions);
  for (let at = 0; at < EVENTS; at++) await addEvent(storage, at);
});

async function addEvent(storage: Storage, at: number): Promise<void> {
  // Every seventh is no event; every fifth has two destinations; few lead to destination 2.
  const isEvent = at % 7 !== 0;
  const destinations = [at % 40 === 1 ? 2 : 1, ...(at % 5 === 0 ? [PAUSED] : [])];
  const targets = isEvent ? destinations.map((no) => ({ routeNo: no, destinationNo: no })) : [];
  const sequence = await append(storage, targets);
  for (const { destinationNo } of targets) await settle(storage, { sequence, destinationNo }, at);
  // A replay to where no route leads.
  if (isEvent && at % 100 === 3) {
    const row = rowOf({ sequence, destinationNo: 2, ordinal: 1 }, "delivered", at);
    await storage.record({ attempts: [], deliveries: [row] });
  }
}

function append(storage: Storage, targets: NewRequest["targets"]): Promise<number> {
  const request: NewRequest = {
    receivedAtMs: AT_MS,
    sourceNo: 1,
    method: "POST",
    path: "",
    query: "",
    headers: [],
    remoteAddress: "",
    body: new Uint8Array(0),
    outcome: targets.length === 0 ? "rejected" : "accepted",
    verification: { status: "unverified" },
    eventType: "",
    idempotencyKey: "",
    dedupeWindowMs: 0,
    targets,
    configVersion: 1,
  };
  return new Promise((resolve, reject) => {
    storage.append(request, (result) => {
      if (result.kind === "stored") resolve(result.sequence);
      else reject(new Error(result.kind));
    });
  });
}

/** Most are delivered without a row; some are dead, cancelled, retried or not yet attempted. */
async function settle(
  storage: Storage,
  { sequence, destinationNo }: { readonly sequence: number; readonly destinationNo: number },
  at: number,
): Promise<void> {
  const key = { sequence, destinationNo, ordinal: 0 };
  if (destinationNo === PAUSED || at > EVENTS - 4) {
    note(key, destinationNo === PAUSED ? "held" : "pending");
    return;
  }
  const rowState = ({ 2: "dead", 3: "cancelled", 4: "pending" } as const)[at % 30];
  if (rowState !== undefined) {
    await storage.record({ attempts: [], deliveries: [rowOf(key, rowState, at)] });
    return;
  }
  const attempt: AttemptRecord = {
    ...key,
    number: 1,
    trigger: "initial",
    startedAtMs: AT_MS,
    durationMs: 1,
    outcome: "success",
  };
  await storage.record({ attempts: [attempt], deliveries: [] });
  note(key, "delivered");
}

type Key = { readonly sequence: number; readonly destinationNo: number; readonly ordinal: number };

function rowOf(key: Key, state: DeliveryRow["state"], at: number): DeliveryRow {
  note(key, state);
  const replay = key.ordinal === 0 ? {} : { replayId: "op_1" };
  const times = { createdAtMs: AT_MS, updatedAtMs: AT_MS + at };
  return { ...key, state, attemptCount: 1, lastAttemptNumber: 1, ...times, ...replay };
}

function note(key: Key, state: ShownDeliveryState): void {
  known.push({ id: idOf(key), destinationNo: key.destinationNo, state });
}

function idOf({ sequence, destinationNo, ordinal }: Key): string {
  return `${String(sequence).padStart(6, "0")}.${destinationNo}.${ordinal}`;
}

async function listAll(filter: DeliveryFilter, limit: number): Promise<readonly string[]> {
  const found: Derived[] = [];
  let from: DeliveryPosition | undefined;
  do {
    const page = await readDeliveryPage(context, filter, {
      limit,
      ...(from === undefined ? {} : { from }),
    });
    expect(page.deliveries.length).toBeLessThanOrEqual(limit);
    found.push(...page.deliveries);
    from = page.next;
  } while (from !== undefined);
  return found.map(({ key }) => idOf(key));
}

function expected({ destinationNo, states }: DeliveryFilter): readonly string[] {
  return known
    .filter(
      (each) =>
        (destinationNo === undefined || each.destinationNo === destinationNo) &&
        (states === undefined || states.includes(each.state)),
    )
    .map(({ id }) => id)
    .toSorted();
}

const STATES: readonly (readonly ShownDeliveryState[] | undefined)[] = [
  undefined,
  ["delivered"],
  ["dead"],
  ["dead", "cancelled"],
  ["pending"],
  ["held"],
  ["pending", "held", "delivering"],
  ["dead", "pending"],
  ["delivered", "dead"],
];
const FILTERS = STATES.flatMap((states) =>
  [undefined, 1, 2, PAUSED].map((destinationNo): DeliveryFilter => {
    return {
      ...(states === undefined ? {} : { states }),
      ...(destinationNo === undefined ? {} : { destinationNo }),
    };
  }),
);

test.each(FILTERS)("%j finds everything once, whatever the size of a page", async (filter) => {
  for (const limit of [7, 200]) {
    const found = await listAll(filter, limit);
    expect(new Set(found).size).toBe(found.length);
    expect(found.toSorted()).toEqual(expected(filter));
  }
});

test("the whole list is newest event first", async () => {
  const found = await listAll({}, 50);
  expect(found).toEqual(found.toSorted().toReversed());
});

test("what waits for a retry is shown before a long walk for first attempts", async () => {
  const page = await readDeliveryPage(context, { states: ["pending"] }, { limit: 10 });
  expect(page.deliveries).toHaveLength(10);
  expect(page.deliveries.every(({ row }) => row?.state === "pending")).toBe(true);
});

test("a replay's deliveries are its rows", async () => {
  const found = await listAll({ replayId: "op_1" }, 3);
  expect(found.toSorted()).toEqual(
    known
      .filter(({ id }) => id.endsWith(".1"))
      .map(({ id }) => id)
      .toSorted(),
  );
});
