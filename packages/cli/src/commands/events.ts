/** `ringdown events`: what was accepted, and where it was routed. */
import type { EventItem } from "@ringdown/client";
import type { Command } from "commander";
import { addBody } from "../listing/body.ts";
import { addGet } from "../listing/get.ts";
import { addList, type CellContext } from "../listing/list.ts";
import { given, timesOf } from "../listing/query.ts";
import { formatMediaType } from "../output/media-type.ts";
import { printable } from "../output/printable.ts";
import type { Column } from "../output/table.ts";
import { formatAge, formatBytes } from "../output/units.ts";
import type { Perform } from "../session.ts";

type Filters = {
  readonly source?: string;
  readonly destination?: string;
  readonly type?: string;
  readonly unmatched?: true;
  readonly since?: string;
  readonly until?: string;
};

export function defineEvents(command: Command, perform: Perform): void {
  addList<EventItem, Filters>(command, perform, {
    type: "event",
    plural: "events",
    options: (list) =>
      list
        .option("-s, --source <name>", "only from this source")
        .option("-d, --destination <name>", "only routed to this destination")
        .option("-t, --type <type>", "only this event type")
        .option("--unmatched", "only those that matched no route")
        .option("--since <time>", "received at or after; 2h is two hours ago")
        .option("--until <time>", "received before"),
    read: ({ client, options, pageLimit, nowMs }) => {
      const { source, destination, type: eventType, unmatched } = options;
      const flags = unmatched === true ? { unmatched: "true" as const } : {};
      const query = { ...given({ source, destination, eventType }), ...flags };
      return client.list("/api/v1/events", {
        query: { ...query, ...timesOf(options, nowMs), limit: pageLimit },
      });
    },
    columns,
  });
  addGet(command, perform, {
    type: "event",
    argument: "id",
    read: (client, id) => client.get("/api/v1/events/{id}", { path: { id } }),
  });
  addBody(command, perform, "/api/v1/events/{id}/body");
}

function columns({ style, nowMs }: CellContext): readonly Column<EventItem>[] {
  return [
    { title: "id", cell: ({ id }) => id },
    { title: "received", cell: (one) => formatAge(Date.parse(one.receivedAt), nowMs) },
    { title: "source", cell: ({ source }) => printable(source ?? "(deleted)") },
    { title: "size", align: "right", cell: ({ bodyBytes }) => formatBytes(bodyBytes) },
    { title: "type", cell: (one) => printable(one.eventType ?? formatMediaType(one.contentType)) },
    {
      title: "routed to",
      cell: ({ targets }) => {
        const names = targets.map(({ destination }) => destination ?? "(deleted)");
        return names.length === 0 ? style.faint("no route") : printable(names.join(", "));
      },
    },
  ];
}
