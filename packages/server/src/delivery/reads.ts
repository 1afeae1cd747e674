/**
 * Reads from the store on behalf of lanes: at most so many at a time (I10), in the order they were
 * asked for, none in vain after the lane has let go of its memory.
 *
 * A read that fails holds its lane for a second and is made again; nothing else depends on it.
 */
import type { Engine } from "./engine.ts";
import type { Lane } from "./lane.ts";

const RETRY_MS = 1_000;

export type LaneQuestion<Answer> = {
  ask(): Promise<Answer>;
  /** Called unless the lane let go of its memory meanwhile. */
  onAnswer(answer: Answer): void;
  /** Called in every case, first: the question is no longer open. `valid` says what comes next. */
  onEnd(answer: "valid" | "void"): void;
};

/** Whether the lane may read now; if not, it is listed again when it may. */
export function mayRead(engine: Engine, lane: Lane): boolean {
  if (engine.reads < engine.options.maxReads) return true;
  engine.readers.add(lane);
  return false;
}

/** Asks the store for the lane; `mayRead` has just said yes. */
export function readFor<Answer>(engine: Engine, lane: Lane, question: LaneQuestion<Answer>): void {
  const { epoch } = lane;
  engine.reads += 1;

  function end(): "valid" | "void" {
    engine.reads -= 1;
    const [next] = engine.readers;
    if (next !== undefined) {
      engine.readers.delete(next);
      engine.list(next);
    }
    engine.list(lane);
    return lane.epoch === epoch ? "valid" : "void";
  }

  question.ask().then(
    (answer) => {
      const validity = end();
      question.onEnd(validity);
      if (validity === "valid") question.onAnswer(answer);
    },
    (error: unknown) => {
      end();
      question.onEnd("void");
      lane.holdUntilMs = Math.max(lane.holdUntilMs, engine.monotonicMs() + RETRY_MS);
      engine.wakeAt(lane, lane.holdUntilMs);
      engine.deps.onError?.(error);
    },
  );
}

/** The same for rows of deliveries, whose answers are checked with `isUntouched`. */
export function readRowsFor<Answer>(
  engine: Engine,
  lane: Lane,
  question: LaneQuestion<Answer>,
): void {
  lane.rowReads += 1;
  readFor(engine, lane, {
    ask: question.ask,
    onAnswer(answer) {
      question.onAnswer(answer);
      endRowRead(lane);
    },
    onEnd(validity) {
      question.onEnd(validity);
      if (validity === "void") endRowRead(lane);
    },
  });
}

function endRowRead(lane: Lane): void {
  lane.rowReads -= 1;
  if (lane.rowReads === 0) lane.releasedDuringReads.clear();
}
