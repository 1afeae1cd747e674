/** `ringdown sources`: the ways in, and their URLs. */
import type { Source } from "@ringdown/client";
import type { Command } from "commander";
import { addGet } from "../listing/get.ts";
import { addList, type CellContext } from "../listing/list.ts";
import { printable } from "../output/printable.ts";
import type { Column } from "../output/table.ts";
import type { Perform } from "../session.ts";

export function defineSources(command: Command, perform: Perform): void {
  addList<Source, object>(command, perform, {
    type: "source",
    plural: "sources",
    options: () => undefined,
    read: ({ client, pageLimit }) =>
      client.list("/api/v1/sources", { query: { limit: pageLimit } }),
    columns,
  });
  addGet(command, perform, {
    type: "source",
    argument: "name or id",
    read: (client, nameOrId) => client.get("/api/v1/sources/{nameOrId}", { path: { nameOrId } }),
  });
}

function columns({ style }: CellContext): readonly Column<Source>[] {
  return [
    { title: "name", cell: ({ name }) => style.strong(printable(name)) },
    { title: "provider", cell: ({ provider }) => provider ?? "" },
    { title: "enabled", cell: ({ enabled }) => (enabled === false ? style.warn("no") : "yes") },
    { title: "owner", cell: ({ owner }) => printable(owner) },
    { title: "url", cell: ({ url }) => style.copy(printable(url)) },
  ];
}
