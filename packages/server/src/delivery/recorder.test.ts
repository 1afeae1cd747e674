import { expect, test } from "vitest";
import { createVirtualClock, type VirtualClock } from "../../tests/support/virtual-clock.ts";
import { RingdownError } from "../errors/ringdown-error.ts";
import type { AttemptRecord, LaneCheckpoint } from "../model/delivery.ts";
import type { DeliveryChanges } from "../storage/storage.ts";
import { createRecorder, type Recorder } from "./recorder.ts";

/** A store that takes a while, and refuses as long as it is told to. */
function createSetup(options: { readonly maxUnrecorded?: number } = {}) {
  const clock: VirtualClock = createVirtualClock();
  const recorded: DeliveryChanges[] = [];
  const durable: string[] = [];
  const errors: unknown[] = [];
  const passed: string[] = [];
  const state = { refuses: false, calls: 0, moved: [] as LaneCheckpoint[] };
  const recorder: Recorder<string> = createRecorder<string>(
    {
      storage: {
        record: (changes) =>
          new Promise((resolve, reject) => {
            state.calls += 1;
            clock.startTimer(10, () => {
              if (state.refuses) return reject(new RingdownError("storage_full", "full"));
              recorded.push(changes);
              resolve();
            });
          }),
      },
      clock,
      crashPoint: (name) => passed.push(name),
      takeCheckpoints: () => state.moved.splice(0),
      onRecorded: (results) => durable.push(...results),
      onError: (error) => errors.push(error),
    },
    { maxUnrecorded: 100, checkpointMs: 1_000, ...options },
  );
  const add = (name: string) => recorder.addResult(name, attempt);
  return { clock, recorded, durable, errors, passed, state, recorder, add };
}

const attempt: AttemptRecord = {
  sequence: 1,
  destinationNo: 1,
  ordinal: 0,
  number: 1,
  trigger: "initial",
  startedAtMs: 0,
  durationMs: 0,
  outcome: "success",
};
const CHECKPOINT: LaneCheckpoint = { destinationNo: 1, cursor: 5, settled: [] };

test("what becomes known while one record is under way goes into the next", async () => {
  const { clock, recorded, durable, state, recorder, add } = createSetup();
  add("a");
  recorder.flush();
  add("b");
  add("c");
  recorder.flush();
  expect(state.calls).toBe(1);
  expect(recorder.unrecorded()).toBe(3);
  await clock.advance(10);
  expect(durable).toEqual(["a"]);
  await clock.advance(10);
  expect(durable).toEqual(["a", "b", "c"]);
  expect(recorded.map(({ attempts }) => attempts.length)).toEqual([1, 2]);
  expect(recorder.unrecorded()).toBe(0);
});

test("a refused record is kept whole and made again until the store takes it", async () => {
  const { clock, recorded, durable, errors, state, recorder, add } = createSetup();
  state.refuses = true;
  add("a");
  recorder.flush();
  await clock.advance(20_000);
  expect(recorder.isAccepting()).toBe(false);
  expect(recorder.isFailing()).toBe(true);
  expect(errors.length).toBeGreaterThan(3);
  add("b");
  state.refuses = false;
  await clock.advance(10_000);
  expect(durable).toEqual(["a", "b"]);
  expect(recorded.map(({ attempts }) => attempts.length)).toEqual([1, 1]);
  expect(recorder.isAccepting()).toBe(true);
});

test("[I10] at the limit of what is not durable nothing may start", async () => {
  const { clock, recorder, add } = createSetup({ maxUnrecorded: 2 });
  add("a");
  expect(recorder.isAccepting()).toBe(true);
  add("b");
  expect(recorder.isAccepting()).toBe(false);
  recorder.flush();
  await clock.advance(10);
  expect(recorder.isAccepting()).toBe(true);
});

test("checkpoints go along about once a second, and alone if nothing else is to be recorded", async () => {
  const { clock, recorded, state, recorder, add } = createSetup();
  state.moved = [CHECKPOINT];
  add("a");
  recorder.flush();
  await clock.advance(999);
  expect(recorded.map(({ lanes }) => lanes)).toEqual([undefined]);
  await clock.advance(1);
  recorder.flush();
  await clock.advance(10);
  expect(recorded.map(({ lanes }) => lanes)).toEqual([undefined, [CHECKPOINT]]);
});

test("who waits is told when everything known by then is durable, and not before", async () => {
  const { clock, recorder, add } = createSetup();
  const told: string[] = [];
  recorder.whenRecorded(() => told.push("nothing to wait for"));
  expect(told).toHaveLength(1);
  add("a");
  recorder.flush();
  recorder.whenRecorded(() => told.push("first"));
  add("b");
  recorder.whenRecorded(() => told.push("second"));
  await clock.advance(10);
  expect(told).toEqual(["nothing to wait for", "first"]);
  await clock.advance(10);
  expect(told).toEqual(["nothing to wait for", "first", "second"]);
});

test("a person who waits hears that the store refuses; the result is recorded later all the same", async () => {
  const { clock, durable, state, recorder, add } = createSetup();
  state.refuses = true;
  add("a");
  recorder.flush();
  const waiting = recorder.recorded().catch((error: unknown) => error);
  await clock.advance(10);
  expect(await waiting).toMatchObject({ code: "storage_full" });
  await expect(recorder.recorded()).rejects.toMatchObject({ code: "storage_full" });
  state.refuses = false;
  await clock.advance(1_000);
  expect(durable).toEqual(["a"]);
});

test("finishing records everything with a last checkpoint", async () => {
  const { clock, recorded, durable, state, recorder, add } = createSetup();
  add("a");
  recorder.flush();
  add("b");
  state.moved = [CHECKPOINT];
  const finished = recorder.finish(5_000);
  await clock.advance(100);
  expect(await finished).toBe("recorded");
  expect(durable).toEqual(["a", "b"]);
  expect(recorded.at(-1)?.lanes).toEqual([CHECKPOINT]);
});

test("finishing gives up when the store refuses for too long", async () => {
  const { clock, state, recorder, add } = createSetup();
  state.refuses = true;
  add("a");
  const finished = recorder.finish(5_000);
  await clock.advance(6_000);
  expect(await finished).toBe("gave_up");
});

test("the places at which a test may kill the process are passed in order", async () => {
  const { clock, passed, state, recorder, add } = createSetup();
  await clock.advance(1_000);
  state.moved = [CHECKPOINT];
  add("a");
  recorder.flush();
  await clock.advance(10);
  expect(passed).toEqual([
    "delivery.before-record",
    "delivery.before-checkpoint",
    "delivery.after-record",
  ]);
});
