/** Events, one after another: `ringdown trigger` itself, `--count` and `--batch`. */
import { randomUUID } from "node:crypto";
import type { ExitName } from "../exit-codes.ts";
import { showAnswer } from "../output/answer.ts";
import { aboutRequest, makeRequest, sendRequest, type Simulation } from "./simulation.ts";

/** Ends as the worst of them did; a target that does not answer at all ends it at once. */
export async function sendSamples(
  simulation: Simulation,
  { count, id }: { readonly count: number; readonly id: string | undefined },
): Promise<ExitName> {
  let exit: ExitName = "done";
  for (let number = 1; number <= count; number += 1) {
    const request = await makeRequest(simulation, { id: idOf(id, number) });
    const answer = await sendRequest(simulation, request);
    const shown = showAnswer(simulation.session.output, answer, aboutRequest(simulation, request));
    if (shown !== "done") exit = shown;
  }
  return exit;
}

/** Every event has an id of its own, so that none is taken for a duplicate. */
function idOf(id: string | undefined, number: number): string {
  if (id === undefined) return randomUUID();
  return number === 1 ? id : `${id}-${String(number)}`;
}
