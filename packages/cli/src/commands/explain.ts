/** `ringdown explain`: the decision trace of a request, in the order in which it was decided. */
import type { Command } from "commander";
import { connect } from "../connect.ts";
import type { ExitName } from "../exit-codes.ts";
import type { Perform, Session } from "../session.ts";
import { formatTrace } from "../trace-text.ts";

export function defineExplain(command: Command, perform: Perform): void {
  command
    .argument("<id>", "req_…, or evt_… of the event it became")
    .action((id: string) => perform((session) => explain(session, id)));
}

async function explain(session: Session, id: string): Promise<ExitName> {
  const client = await connect(session);
  // A request and its event are one record: their ids differ in nothing but the prefix.
  const requestId = id.replace(/^evt_/, "req_");
  const trace = await client.get("/api/v1/requests/{id}/trace", { path: { id: requestId } });
  const { output, io } = session;
  output.show({ type: "trace", ...trace }, () =>
    formatTrace(trace, { style: output.style, nowMs: io.nowMs() }),
  );
  return "done";
}
