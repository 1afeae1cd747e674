/** What a plan would have meant for past requests, as `diff --past` shows it. */
import type { Plan } from "@ringdown/client";
import { printable } from "./output/printable.ts";
import type { Style } from "./output/style.ts";
import { formatTable } from "./output/table.ts";
import { formatCount } from "./output/units.ts";

type Effect = NonNullable<Plan["effect"]>;

/** Lines; none if nobody asked. */
export function formatEffect(effect: Plan["effect"], style: Style): readonly string[] {
  if (effect === null) return [];
  const played = formatCount(effect.requestCount, "past request");
  if (effect.requestCount === 0)
    return ["", style.faint("Nothing was accepted yet that could be played.")];
  const moved = effect.routes.filter(({ gained, lost }) => gained + lost > 0);
  if (moved.length === 0)
    return ["", style.good(`Of ${played}, every one takes the routes it takes today.`)];
  return ["", `Of ${played}, these routes would take others than today:`, ...table(moved, style)];
}

function table(routes: Effect["routes"], style: Style): readonly string[] {
  return formatTable(
    routes,
    [
      { title: "today", align: "right", cell: ({ before }) => String(before) },
      { title: "then", align: "right", cell: ({ after }) => String(after) },
      { title: "gained", align: "right", cell: ({ gained }) => style.good(`+${String(gained)}`) },
      { title: "lost", align: "right", cell: ({ lost }) => style.bad(`-${String(lost)}`) },
      { title: "route", cell: ({ route }) => printable(route) },
    ],
    style,
  );
}
