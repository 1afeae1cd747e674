/** `ringdown deliveries`: what is owed to destinations, and the two things to do about one. */
import type { DeliveryItem } from "@ringdown/client";
import type { Command } from "commander";
import { connect } from "../connect.ts";
import { addGet } from "../listing/get.ts";
import { addList, type CellContext } from "../listing/list.ts";
import { given } from "../listing/query.ts";
import { printable } from "../output/printable.ts";
import type { Column } from "../output/table.ts";
import { formatAge } from "../output/units.ts";
import type { Perform } from "../session.ts";
import { formatDelivery, paintState } from "../trace-text.ts";

type Filters = {
  readonly destination?: string;
  readonly state?: string;
  readonly event?: string;
  readonly replay?: string;
};

export function defineDeliveries(command: Command, perform: Perform): void {
  addList<DeliveryItem, Filters>(command, perform, {
    type: "delivery",
    plural: "deliveries",
    options: (list) =>
      list
        .option("-d, --destination <name>", "only to this destination")
        .option("--state <states>", "pending, delivering, held, delivered, dead, cancelled")
        .option("--event <id>", "everything owed for this event")
        .option("--replay <id>", "what this replay made"),
    read: ({ client, options, pageLimit }) => {
      const { destination, state, event, replay } = options;
      const query = { ...given({ destination, state, event, replay }), limit: pageLimit };
      return client.list("/api/v1/deliveries", { query });
    },
    columns,
  });
  addGet(command, perform, {
    type: "delivery",
    argument: "id",
    read: (client, id) => client.get("/api/v1/deliveries/{id}", { path: { id } }),
  });
  addVerb(command, perform, { verb: "retry", summary: "attempt a pending or dead one now" });
  addVerb(command, perform, { verb: "cancel", summary: "end a pending or dead one" });
}

type Verb = { readonly verb: "retry" | "cancel"; readonly summary: string };

function addVerb(command: Command, perform: Perform, { verb, summary }: Verb): void {
  command
    .command(verb)
    .description(
      `${verb === "retry" ? "Attempt" : "End"} a pending or dead delivery${verb === "retry" ? " now" : ""}.`,
    )
    .summary(summary)
    .argument("<id>")
    .action((id: string) =>
      perform(async (session) => {
        const client = await connect(session);
        const delivery = await client.post(`/api/v1/deliveries/{id}/${verb}`, { path: { id } });
        const { output, io } = session;
        const page = { style: output.style, nowMs: io.nowMs() };
        output.show({ type: "delivery", ...delivery }, () => formatDelivery(delivery, page));
        return "done";
      }),
    );
}

function columns({ style, nowMs }: CellContext): readonly Column<DeliveryItem>[] {
  return [
    { title: "id", cell: ({ id }) => id },
    { title: "created", cell: (one) => formatAge(Date.parse(one.createdAt), nowMs) },
    { title: "type", cell: ({ eventType }) => printable(eventType ?? "") },
    { title: "destination", cell: (one) => printable(one.destination ?? "(deleted)") },
    { title: "state", cell: ({ state }) => paintState(state, style) },
    { title: "attempts", align: "right", cell: (one) => String(one.attemptCount) },
    {
      title: "next",
      cell: ({ nextAttemptAt }) =>
        nextAttemptAt === null ? "" : formatAge(Date.parse(nextAttemptAt), nowMs),
    },
    { title: "cause", cell: ({ cause }) => printable(cause ?? "") },
  ];
}
