/**
 * `ringdown trigger <provider> <type> --retries`: sends an event and, as long as it is refused, sends it
 * again when the provider would, in compressed time and with the provider's headers of a retry.
 *
 * The body stays the same, byte for byte; the signature is made anew, as providers that sign a time do.
 */
import { getProvider } from "@ringdown/receiver";
import { isRetried, retriesOf, retryingProviders } from "@ringdown/receiver/samples";
import { setTimeout as sleep } from "node:timers/promises";
import { randomUUID } from "node:crypto";
import type { ExitName } from "../exit-codes.ts";
import { CliError, describeFailure } from "../failure.ts";
import { showAnswer } from "../output/answer.ts";
import { formatDuration } from "../output/units.ts";
import { aboutRequest, makeRequest, sendRequest, type Simulation } from "./simulation.ts";

export async function sendWithRetries(
  simulation: Simulation,
  { id = randomUUID(), speed }: { readonly id: string | undefined; readonly speed: number },
): Promise<ExitName> {
  const { session, provider } = simulation;
  const retries = retriesOf(provider);
  if (retries === undefined) throw noSchedule(provider);
  const signal = session.interrupts.signal();
  const event = { id, happenedAtMs: session.io.nowMs() };
  let outcome = await attempt(simulation, { ...event, number: 1, headers: {} });
  for (const [index, { waitMs, headers }] of retries.entries()) {
    if (!isRetried(provider, outcome.status)) return outcome.exit;
    session.output.talk(
      `Again after ${formatDuration(waitMs)}, here ${formatDuration(waitMs / speed)}.`,
    );
    await sleep(waitMs / speed, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return "interrupted";
    outcome = await attempt(simulation, { ...event, number: index + 2, headers });
  }
  if (outcome.exit !== "done") session.output.talk(`${getProvider(provider).title} gives up.`);
  return outcome.exit;
}

type Attempt = {
  readonly id: string;
  readonly happenedAtMs: number;
  readonly number: number;
  readonly headers: Readonly<Record<string, string>>;
};

/** Status 0: nothing answered, which is no reason to stop here. */
type Outcome = { readonly status: number; readonly exit: ExitName };

async function attempt(
  simulation: Simulation,
  { number, headers, ...event }: Attempt,
): Promise<Outcome> {
  const { output } = simulation.session;
  const made = await makeRequest(simulation, event);
  const request = { ...made, headers: { ...made.headers, ...headers } };
  const about = { ...aboutRequest(simulation, request), attempt: number };
  try {
    const answer = await sendRequest(simulation, request);
    return { status: answer.status, exit: showAnswer(output, answer, about) };
  } catch (error) {
    const { exit, what } = describeFailure(error);
    if (exit !== "unreachable" && exit !== "timedOut") throw error;
    output.show({ type: "answer", ok: false, status: 0, ...about, problem: what }, () =>
      output.style.bad(`✗ ${what}`),
    );
    return { status: 0, exit };
  }
}

function noSchedule(provider: string): CliError {
  const { title, delivery } = getProvider(provider);
  return new CliError(
    "usage",
    `${title} publishes no schedule of retries. What is known: ${delivery.retries}`,
    `Schedules are known of ${retryingProviders().join(", ")}.`,
  );
}
