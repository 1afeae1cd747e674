/** `ringdown explain`: the decision trace of a request, in the order in which it was decided. */
import type { Client } from "@ringdown/client";
import type { Command } from "commander";
import { connect } from "../connect.ts";
import type { ExitName } from "../exit-codes.ts";
import type { Perform, Session } from "../session.ts";
import { formatTrace } from "../trace-text.ts";

const NOTES = `
The id of anything that followed from the request does as well: evt_…, dlv_…, att_….`;

export function defineExplain(command: Command, perform: Perform): void {
  command
    .argument("<id>", "req_…")
    .addHelpText("after", NOTES)
    .action((id: string) => perform((session) => explain(session, id)));
}

async function explain(session: Session, id: string): Promise<ExitName> {
  const client = await connect(session);
  const path = { id: await requestIdOf(client, id) };
  const trace = await client.get("/api/v1/requests/{id}/trace", { path });
  const { output, io } = session;
  output.show({ type: "trace", ...trace }, () =>
    formatTrace(trace, { style: output.style, nowMs: io.nowMs() }),
  );
  return "done";
}

async function requestIdOf(client: Client, id: string): Promise<string> {
  const path = { id };
  const [prefix] = id.split("_", 1);
  switch (prefix) {
    case "evt":
      // A request and its event are one record: their ids differ in nothing but the prefix.
      return id.replace(/^evt_/, "req_");
    case "dlv":
      return requestIdOf(client, (await client.get("/api/v1/deliveries/{id}", { path })).eventId);
    case "att":
      return requestIdOf(client, (await client.get("/api/v1/attempts/{id}", { path })).eventId);
    default:
      return id;
  }
}
