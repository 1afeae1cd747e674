/** `ringdown resume`: delivers what was held for a destination, oldest first (I11). */
import type { Command } from "commander";
import { connect } from "../connect.ts";
import { showStatus } from "../output/destination-status.ts";
import type { Perform } from "../session.ts";

export function defineResume(command: Command, perform: Perform): void {
  command.argument("<destination>", "name or id").action((nameOrId: string) =>
    perform(async (session) => {
      const client = await connect(session);
      const path = "/api/v1/destinations/{nameOrId}/resume";
      showStatus(session.output, await client.post(path, { path: { nameOrId } }));
      return "done";
    }),
  );
}
