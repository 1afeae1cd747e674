/**
 * What to try next, after what just happened: one step at a time, each shown once. A newcomer is led
 * from the first request to a signed event, a configuration file and the trace; somebody who knows
 * the way sees each hint at most once.
 */
import type { RequestItem, StreamItem } from "@ringdown/client";

export type NextStep = { readonly command: string; readonly why: string };

/** `suffix`: what every command needs to find this server; "" for the usual address. */
export type NextSteps = (seen: StreamItem) => NextStep | undefined;

type Step = "trigger" | "configure" | "explain-refusal" | "explain-delivery";

export function createNextSteps(options: {
  readonly hasConfigFile: boolean;
  readonly suffix: string;
}): NextSteps {
  const shown = new Set<Step>();
  const { suffix } = options;

  function once(step: Step, command: string, why: string): NextStep | undefined {
    if (shown.has(step)) return undefined;
    shown.add(step);
    return { command: `npx ringdown ${command}`, why };
  }

  function afterRequest(request: RequestItem): NextStep | undefined {
    if (request.outcome === "rejected" || request.outcome === "quarantined") {
      return once("explain-refusal", `explain ${request.id}${suffix}`, "says why, step by step");
    }
    const isUnrouted = request.outcome === "accepted" && request.targets.length === 0;
    if (!isUnrouted) return undefined;
    if (!shown.has("trigger")) {
      const target = request.source ?? "inbox";
      const example = `trigger stripe invoice.paid --to ${target}${suffix}`;
      return once("trigger", example, "sends a Stripe event, correctly signed");
    }
    if (options.hasConfigFile) return undefined;
    const why = "then add a destination and a route: saving the file applies it";
    return once("configure", `export${suffix} > ringdown.yaml`, why);
  }

  return (seen) => {
    if (seen.type === "request") return afterRequest(seen.data);
    const { eventId } = seen.data;
    return once(
      "explain-delivery",
      `explain ${eventId}${suffix}`,
      "shows every step of this event",
    );
  };
}
