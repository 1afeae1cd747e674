/** `ringdown destinations`: the targets, and how each is doing at this moment. */
import type { Client, Destination, DestinationStatus } from "@ringdown/client";
import type { Command } from "commander";
import { addGet } from "../listing/get.ts";
import { addList, type CellContext, type ListCall } from "../listing/list.ts";
import { paintStatus } from "../output/destination-status.ts";
import { printable } from "../output/printable.ts";
import type { Column } from "../output/table.ts";
import type { Perform } from "../session.ts";

type WithStatus = Destination & { readonly status: DestinationStatus };

export function defineDestinations(command: Command, perform: Perform): void {
  addList<WithStatus, object>(command, perform, {
    type: "destination",
    plural: "destinations",
    options: () => undefined,
    read: readWithStatus,
    columns,
  });
  addGet(command, perform, {
    type: "destination",
    argument: "name or id",
    read: async (client, nameOrId) =>
      withStatus(
        client,
        await client.get("/api/v1/destinations/{nameOrId}", { path: { nameOrId } }),
      ),
  });
}

/** One after the other: a server is not asked a hundred things at once for a list. */
async function* readWithStatus({
  client,
  pageLimit,
}: ListCall<object>): AsyncGenerator<WithStatus> {
  const query = { limit: pageLimit };
  for await (const destination of client.list("/api/v1/destinations", { query })) {
    yield await withStatus(client, destination);
  }
}

async function withStatus(client: Client, destination: Destination): Promise<WithStatus> {
  const path = "/api/v1/destinations/{nameOrId}/status";
  const status = await client.get(path, { path: { nameOrId: destination.id } });
  return { ...destination, status };
}

function columns({ style }: CellContext): readonly Column<WithStatus>[] {
  return [
    { title: "name", cell: ({ name }) => style.strong(printable(name)) },
    { title: "status", cell: ({ status }) => paintStatus(status, style) },
    { title: "waiting", align: "right", cell: ({ status }) => String(status.waiting) },
    { title: "retrying", align: "right", cell: ({ status }) => String(status.retrying) },
    { title: "in flight", align: "right", cell: ({ status }) => String(status.inFlight) },
    { title: "owner", cell: ({ owner }) => printable(owner) },
    { title: "url", cell: ({ url }) => printable(String(url)) },
  ];
}
