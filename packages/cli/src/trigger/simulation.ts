/** What all ways of simulating a provider share: who sends what to whom, and one exchange of it. */
import type { Recipe } from "@ringdown/receiver";
import type { JsonObject, SampleRequest } from "@ringdown/receiver/samples";
import { exchange, type ReceivedAnswer } from "../exchange.ts";
import type { Session } from "../session.ts";
import type { SendTarget } from "../target.ts";

export type Simulation = {
  readonly session: Session;
  readonly provider: string;
  readonly type: string;
  readonly target: SendTarget;
  /** By which it is signed: the provider's own, unless the source or the person wants another. */
  readonly recipe: Recipe;
  readonly secret: string;
  readonly overrides: JsonObject;
  readonly batch: number;
  readonly timeoutMs: number;
};

/** One of its samples, signed now. */
export async function makeRequest(
  simulation: Simulation,
  sample: { readonly id: string; readonly happenedAtMs?: number; readonly secret?: string },
): Promise<SampleRequest> {
  const { makeSampleRequest } = await import("@ringdown/receiver/samples");
  const { session, provider, type, target, recipe, overrides, batch } = simulation;
  const nowMs = session.io.nowMs();
  return makeSampleRequest({
    provider,
    type,
    recipe,
    overrides,
    batch,
    id: sample.id,
    secret: sample.secret ?? simulation.secret,
    nowMs: sample.happenedAtMs ?? nowMs,
    signedAtMs: nowMs,
    url: target.url.href,
  });
}

export function sendRequest(
  { timeoutMs }: Pick<Simulation, "timeoutMs">,
  { method, url, headers, body }: SampleRequest,
): Promise<ReceivedAnswer> {
  return exchange({ url: new URL(url), method, headers: Object.entries(headers), body, timeoutMs });
}

/** Of a record about an exchange. */
export function aboutRequest(
  { provider, type }: Pick<Simulation, "provider" | "type">,
  { url, body }: SampleRequest,
): Readonly<Record<string, unknown>> {
  return { url, provider, eventType: type, bodyBytes: body.length };
}
