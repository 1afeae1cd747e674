/**
 * `ringdown trigger <provider> --probe`: a request that is signed with a wrong secret, as Discord and
 * Xero send them on purpose, and what a receiver must do with it.
 */
import { getProvider } from "@ringdown/receiver";
import { newSampleSecret } from "@ringdown/receiver/samples";
import { randomUUID } from "node:crypto";
import type { ExitName } from "../exit-codes.ts";
import { CliError } from "../failure.ts";
import { aboutRequest, makeRequest, sendRequest, type Simulation } from "./simulation.ts";

/** Accepted where the provider does not say which. */
const USUAL_REFUSALS = [401, 403];

export async function probe(simulation: Simulation): Promise<ExitName> {
  const { session, provider, recipe } = simulation;
  if (recipe.scheme === "none") {
    throw new CliError("usage", "Nothing is signed here, so nothing can be signed wrongly.");
  }
  const secret = newSampleSecret(recipe).secret;
  const request = await makeRequest(simulation, { id: randomUUID(), secret });
  const { status, durationMs } = await sendRequest(simulation, request);
  const { refusedStatus, title } = getProvider(provider);
  const wanted = refusedStatus === undefined ? USUAL_REFUSALS : [refusedStatus];
  const ok = wanted.includes(status);
  const { output } = session;
  const about = aboutRequest(simulation, request);
  output.show({ type: "probe", ok, status, wanted, ms: Math.round(durationMs), ...about }, () => {
    const { style } = output;
    return ok
      ? `${style.good(`✓ ${String(status)}`)}  The wrong signature was refused, as ${title} wants it.`
      : `${style.bad(`✗ ${String(status)}`)}  A wrong signature must be answered ${wanted.join(" or ")}.`;
  });
  return ok ? "done" : "no";
}
