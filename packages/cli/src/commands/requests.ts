/** `ringdown requests`: what was received, and letting go of what was held back. */
import type { RequestItem } from "@ringdown/client";
import type { Command } from "commander";
import { connect } from "../connect.ts";
import type { ExitName } from "../exit-codes.ts";
import { addBody } from "../listing/body.ts";
import { addGet } from "../listing/get.ts";
import { addList, type CellContext } from "../listing/list.ts";
import { given, timesOf } from "../listing/query.ts";
import { formatMediaType } from "../output/media-type.ts";
import { printable } from "../output/printable.ts";
import type { Style } from "../output/style.ts";
import type { Column } from "../output/table.ts";
import { formatAge, formatBytes } from "../output/units.ts";
import type { Perform, Session } from "../session.ts";

type Filters = {
  readonly source?: string;
  readonly outcome?: string;
  readonly type?: string;
  readonly key?: string;
  readonly since?: string;
  readonly until?: string;
};

export function defineRequests(command: Command, perform: Perform): void {
  addList<RequestItem, Filters>(command, perform, {
    type: "request",
    plural: "requests",
    options: (list) =>
      list
        .option("-s, --source <name>", "only from this source")
        .option("--outcome <outcomes>", "accepted, duplicate, rejected, quarantined")
        .option("-t, --type <type>", "only this event type")
        .option("--key <key>", "only with this idempotency key")
        .option("--since <time>", "received at or after; 2h is two hours ago")
        .option("--until <time>", "received before"),
    read: ({ client, options, pageLimit, nowMs }) => {
      const { source, outcome, type: eventType, key: idempotencyKey } = options;
      const query = given({ source, outcome, eventType, idempotencyKey });
      return client.list("/api/v1/requests", {
        query: { ...query, ...timesOf(options, nowMs), limit: pageLimit },
      });
    },
    columns,
  });
  addGet(command, perform, {
    type: "request",
    argument: "id",
    read: (client, id) => client.get("/api/v1/requests/{id}", { path: { id } }),
  });
  addBody(command, perform, "/api/v1/requests/{id}/body");
  command
    .command("release")
    .description("Make an event of a request that was held back, if it verifies now.")
    .summary("release a request that was held back")
    .argument("<id>")
    .option("--force", "although it does not verify: you vouch for it")
    .action((id: string, options: { readonly force?: true }) =>
      perform((session) => release(session, id, options)),
    );
}

async function release(
  session: Session,
  id: string,
  { force = false }: { readonly force?: boolean },
): Promise<ExitName> {
  const client = await connect(session);
  const path = "/api/v1/requests/{id}/release";
  const event = await client.post(path, { path: { id }, body: { force } });
  const { output } = session;
  output.show(
    { type: "event", ...event },
    () => `${output.style.good("✓")} released as ${event.id}`,
  );
  return "done";
}

function columns({ style, nowMs }: CellContext): readonly Column<RequestItem>[] {
  return [
    { title: "id", cell: ({ id }) => id },
    { title: "received", cell: (one) => formatAge(Date.parse(one.receivedAt), nowMs) },
    { title: "source", cell: ({ source }) => printable(source ?? "(deleted)") },
    { title: "request", cell: ({ method, path }) => printable(`${method} ${path || "/"}`) },
    { title: "size", align: "right", cell: ({ bodyBytes }) => formatBytes(bodyBytes) },
    { title: "type", cell: (one) => printable(one.eventType ?? formatMediaType(one.contentType)) },
    { title: "outcome", cell: (one) => outcomeCell(one, style) },
  ];
}

function outcomeCell({ outcome, cause, conflict }: RequestItem, style: Style): string {
  switch (outcome) {
    case "accepted":
      return style.good(outcome);
    case "duplicate":
      return style.warn(conflict ? "duplicate, other body" : outcome);
    case "quarantined":
      return style.warn(outcome);
    case "rejected":
      return style.bad(cause ?? outcome);
  }
}
