/**
 * The decision trace of a request as a list that reads from top to bottom: each step with its mark,
 * then each route with its reason, then what is owed and how far it has got.
 */
import type { DeliveryItem, Trace } from "@ringdown/client";
import { printable } from "./output/printable.ts";
import type { Style } from "./output/style.ts";
import { formatAge } from "./output/units.ts";

type Page = { readonly style: Style; readonly nowMs: number };
type Step = Trace["steps"][number];
type RouteStep = Trace["routes"][number];

const STEP_WIDTH = 14;

export function formatTrace(trace: Trace, page: Page): string {
  const { style } = page;
  const replayed = trace.deliveries.filter(({ replayId }) => replayId !== null);
  return [
    heading(trace, style),
    ...trace.steps.map((step) => formatStep(step, style)),
    ...trace.routes.map((route) => formatRoute(route, page)),
    ...(replayed.length === 0 ? [] : [style.faint("replays")]),
    ...replayed.map((delivery) => `  ${formatDelivery(delivery, page)}`),
  ].join("\n");
}

function heading({ requestId, eventId, configVersion }: Trace, style: Style): string {
  const event = eventId === null ? "" : `  ${eventId}`;
  const config = style.faint(`configuration ${String(configVersion)}`);
  return `${style.strong(requestId)}${event}  ${config}`;
}

function formatStep({ step, status, summary }: Step, style: Style): string {
  const marks = {
    ok: style.good("✓"),
    flagged: style.warn("!"),
    stopped: style.bad("✗"),
    skipped: style.faint("–"),
  };
  const text = printable(summary);
  return `${marks[status]} ${step.padEnd(STEP_WIDTH)}${status === "skipped" ? style.faint(text) : text}`;
}

function formatRoute(route: RouteStep, page: Page): string {
  const { style } = page;
  const name = style.strong(printable(route.route));
  const when = route.when === null ? "" : style.faint(`   when ${printable(route.when)}`);
  if (route.decision === "matched") {
    const delivery = route.delivery === null ? "" : `\n    ${formatDelivery(route.delivery, page)}`;
    return `${style.good("→")} ${name}  ${style.good("matched")}${when}${delivery}`;
  }
  const isError = route.decision === "error";
  const mark = isError ? style.warn("!") : style.faint("–");
  const decision = route.decision.replaceAll("_", " ");
  const reason = route.reason === null ? "" : `   ${printable(route.reason)}`;
  const shown = isError ? style.warn(decision) : style.faint(decision);
  return `${mark} ${name}  ${shown}${reason}${when}`;
}

export function formatDelivery(delivery: DeliveryItem, { style, nowMs }: Page): string {
  const attempts = `${String(delivery.attemptCount)} attempt${delivery.attemptCount === 1 ? "" : "s"}`;
  const next =
    delivery.nextAttemptAt === null
      ? ""
      : `, next ${formatAge(Date.parse(delivery.nextAttemptAt), nowMs)}`;
  const cause = delivery.causeText ?? delivery.cause;
  return [
    printable(delivery.destination ?? "(deleted)"),
    paintState(delivery.state, style),
    `${attempts}${next}`,
    ...(cause === null ? [] : [printable(cause)]),
    style.faint(delivery.id),
  ].join("  ");
}

export function paintState(state: DeliveryItem["state"], style: Style): string {
  switch (state) {
    case "delivered":
      return style.good(state);
    case "dead":
      return style.bad(state);
    case "held":
    case "cancelled":
      return style.warn(state);
    case "pending":
    case "delivering":
      return state;
  }
}
