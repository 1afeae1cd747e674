/** `ringdown pause`: holds everything for a destination; nothing that waits is lost (I11). */
import type { Command } from "commander";
import { connect } from "../connect.ts";
import { showStatus } from "../output/destination-status.ts";
import type { Perform } from "../session.ts";

export function definePause(command: Command, perform: Perform): void {
  command
    .argument("<destination>", "name or id")
    .option("--reason <text>", "shown to whoever looks at the destination")
    .action((nameOrId: string, { reason }: { readonly reason?: string }) =>
      perform(async (session) => {
        const client = await connect(session);
        const status = await client.post("/api/v1/destinations/{nameOrId}/pause", {
          path: { nameOrId },
          body: reason === undefined ? {} : { reason },
        });
        showStatus(session.output, status);
        return "done";
      }),
    );
}
