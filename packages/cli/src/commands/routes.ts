/** `ringdown routes`: what leads from sources to destinations, and on which condition. */
import type { Route } from "@ringdown/client";
import type { Command } from "commander";
import { addGet } from "../listing/get.ts";
import { addList, type CellContext } from "../listing/list.ts";
import { printable } from "../output/printable.ts";
import type { Column } from "../output/table.ts";
import type { Perform } from "../session.ts";

export function defineRoutes(command: Command, perform: Perform): void {
  addList<Route, object>(command, perform, {
    type: "route",
    plural: "routes",
    options: () => undefined,
    read: ({ client, pageLimit }) => client.list("/api/v1/routes", { query: { limit: pageLimit } }),
    columns,
  });
  addGet(command, perform, {
    type: "route",
    argument: "name or id",
    read: (client, nameOrId) => client.get("/api/v1/routes/{nameOrId}", { path: { nameOrId } }),
  });
}

function columns({ style }: CellContext): readonly Column<Route>[] {
  return [
    { title: "name", cell: ({ name }) => style.strong(printable(name)) },
    { title: "from", cell: ({ from }) => printable([from].flat().join(", ")) },
    { title: "to", cell: ({ to }) => printable(String(to)) },
    { title: "enabled", cell: ({ enabled }) => (enabled === false ? style.warn("no") : "yes") },
    { title: "owner", cell: ({ owner }) => printable(owner) },
    { title: "when", cell: ({ when }) => printable(when ?? "always") },
  ];
}
