/**
 * `ringdown serve`: the gateway for production. Logs go to standard error as JSON lines; standard
 * output gets one record, when it is ready, for whoever started it.
 */
import type { GatewayAddress, Settings } from "@ringdown/server";
import type { Command } from "commander";
import type { ExitName } from "../exit-codes.ts";
import { stopGateway, untilEnd } from "../live/lifetime.ts";
import { explainStart, readyRecord } from "../live/ready.ts";
import { addServerOptions, type ServerFlags, nameOfStore, serverFlags } from "../server-options.ts";
import type { Perform, Session } from "../session.ts";
import { readVersion } from "../version.ts";

const NOTES = `
The first start prints an API key, once; or set RINGDOWN_ADMIN_KEY.
SIGTERM and Ctrl-C stop cleanly: attempts in flight end, the rest waits for the next start.`;

export async function defineServe(command: Command, perform: Perform): Promise<void> {
  await addServerOptions(command, "serve");
  command
    .addHelpText("after", NOTES)
    .action((flags: ServerFlags) => perform((session) => serve(session, flags)));
}

async function serve(session: Session, flags: ServerFlags): Promise<ExitName> {
  const signal = session.interrupts.signal();
  const { createGateway, loadSettings } = await import("@ringdown/server");
  const settings = loadSettings({ mode: "serve", flags: serverFlags(flags, session.globals) });
  const gateway = createGateway("serve", settings);
  const address = await gateway.start().catch((error: unknown) => {
    throw explainStart(error, settings.options);
  });
  try {
    showKey(session, address);
    showReady(session, address, settings);
    await untilEnd(gateway, signal);
  } finally {
    await stopGateway(session, gateway, settings.options.drainTimeoutMs);
  }
  return "done";
}

/** Also with `--quiet`: there is no second chance. */
function showKey({ output }: Session, { adminKey }: GatewayAddress): void {
  if (adminKey === undefined) return;
  const style = output.talkStyle;
  output.warn(
    [
      "",
      style.strong("  API key, shown this once: keep it where you keep secrets."),
      `  ${style.copy(adminKey)}`,
      style.faint("  The ringdown command reads it from RINGDOWN_TOKEN."),
      "",
    ].join("\n"),
  );
}

function showReady({ output }: Session, address: GatewayAddress, { options }: Settings): void {
  output.show(readyRecord(address), () => {
    const { style } = output;
    const sources = address.sources.map(({ name, url }) => `  ${name}  ${style.copy(url)}`);
    return [
      `${style.strong(`Ringdown ${readVersion()}`)} serves at ${style.copy(address.url)}`,
      style.faint(`data ${options.dataDir} (${nameOfStore(options)})`),
      ...sources,
    ].join("\n");
  });
}
