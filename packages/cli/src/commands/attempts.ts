/** `ringdown attempts`: every exchange that was made with a destination. */
import type { AttemptItem } from "@ringdown/client";
import type { Command } from "commander";
import { addGet } from "../listing/get.ts";
import { addList, type CellContext } from "../listing/list.ts";
import { given } from "../listing/query.ts";
import { printable } from "../output/printable.ts";
import type { Column } from "../output/table.ts";
import { formatAge, formatDuration } from "../output/units.ts";
import type { Perform } from "../session.ts";

type Filters = { readonly destination?: string; readonly outcome?: "success" | "failure" };

export function defineAttempts(command: Command, perform: Perform): void {
  addList<AttemptItem, Filters>(command, perform, {
    type: "attempt",
    plural: "attempts",
    options: (list) =>
      list
        .option("-d, --destination <name>", "only to this destination")
        .option("--outcome <outcome>", "success or failure"),
    read: ({ client, options, pageLimit }) => {
      const { destination, outcome } = options;
      const query = { ...given({ destination, outcome }), limit: pageLimit };
      return client.list("/api/v1/attempts", { query });
    },
    columns,
  });
  addGet(command, perform, {
    type: "attempt",
    argument: "id",
    read: (client, id) => client.get("/api/v1/attempts/{id}", { path: { id } }),
  });
}

function columns({ style, nowMs }: CellContext): readonly Column<AttemptItem>[] {
  const paint = ({ outcome }: AttemptItem): ((text: string) => string) =>
    outcome === "success" ? style.good : style.bad;
  return [
    { title: "id", cell: ({ id }) => id },
    { title: "started", cell: (one) => formatAge(Date.parse(one.startedAt), nowMs) },
    { title: "destination", cell: (one) => printable(one.destination ?? "(deleted)") },
    { title: "type", cell: ({ eventType }) => printable(eventType ?? "") },
    { title: "number", align: "right", cell: (one) => String(one.number) },
    { title: "why", cell: ({ trigger }) => trigger },
    { title: "took", align: "right", cell: (one) => formatDuration(one.durationMs) },
    { title: "answer", cell: (one) => paint(one)(String(one.status ?? one.cause ?? one.outcome)) },
    { title: "detail", cell: (one) => printable(one.detail ?? "") },
  ];
}
