/** `body`: the bytes of a request or event as they were received, for files and other programs. */
import type { Command } from "commander";
import { once } from "node:events";
import { connect } from "../connect.ts";
import type { Perform } from "../session.ts";

export function addBody(
  command: Command,
  perform: Perform,
  path: "/api/v1/requests/{id}/body" | "/api/v1/events/{id}/body",
): void {
  command
    .command("body")
    .description("Write the body to standard output, byte for byte.")
    .summary("write the body, byte for byte")
    .argument("<id>")
    .action((id: string) =>
      perform(async (session) => {
        const client = await connect(session);
        const bytes = await client.bytes(path, { path: { id } });
        const { stdout } = session.io;
        if (!stdout.write(bytes)) await once(stdout, "drain");
        return "done";
      }),
    );
}
