/**
 * `ringdown export`: the server's configuration as a file that can be applied elsewhere. Secrets
 * are references or masks, never values (I8).
 */
import type { ConfigFile } from "@ringdown/server";
import type { Command } from "commander";
import { connect } from "../connect.ts";
import type { ExitName } from "../exit-codes.ts";
import type { Perform, Session } from "../session.ts";

const NOTES = `
YAML, also when piped: ringdown export > ringdown.yaml. With --json the same as one JSON document.`;

export function defineExport(command: Command, perform: Perform): void {
  command.addHelpText("after", NOTES).action(() => perform(exportConfig));
}

async function exportConfig(session: Session): Promise<ExitName> {
  const { globals, output } = session;
  const client = await connect(session);
  const document = await client.get("/api/v1/config", {});
  if (globals.json) {
    output.print(JSON.stringify(document, undefined, 2));
    return "done";
  }
  const { formatConfigYaml } = await import("@ringdown/server");
  const schemaUrl = `${globals.server}/schema/v1.json`;
  output.print(formatConfigYaml(document as ConfigFile["document"], schemaUrl).trimEnd());
  return "done";
}
