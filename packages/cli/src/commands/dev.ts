/**
 * `ringdown dev`: the gateway on this machine, without keys and without set-up. Prints where it is,
 * then a line for everything that happens, and applies the configuration file whenever it is saved.
 *
 * What is shown is read from the gateway's own live stream, as `tail` does: the console is one more
 * client, so it can neither slow the gateway down nor know anything that others cannot.
 */
import type { ConfigFile, GatewayAddress, Settings } from "@ringdown/server";
import type { Command } from "commander";
import type { ExitName } from "../exit-codes.ts";
import { describeFailure } from "../failure.ts";
import { watchConfig } from "../live/config-watch.ts";
import { findFreePort } from "../live/free-port.ts";
import { stopGateway, untilEnd } from "../live/lifetime.ts";
import { createNextSteps, type NextStep } from "../live/next-step.ts";
import { explainStart, readyRecord } from "../live/ready.ts";
import { showItem } from "../live/show-item.ts";
import { formatWelcome } from "../live/welcome.ts";
import type { Output } from "../output/output.ts";
import { addServerOptions, type ServerFlags, nameOfStore, serverFlags } from "../server-options.ts";
import type { Perform, Session } from "../session.ts";
import { readVersion } from "../version.ts";

const NOTES = `
Listens on this machine only and asks for no key. Ctrl-C stops cleanly, twice at once.`;

export async function defineDev(command: Command, perform: Perform): Promise<void> {
  await addServerOptions(command, "dev");
  command
    .addHelpText("after", NOTES)
    .action((flags: ServerFlags) => perform((session) => dev(session, flags)));
}

async function dev(session: Session, flags: ServerFlags): Promise<ExitName> {
  const signal = session.interrupts.signal();
  const { createGateway } = await import("@ringdown/server");
  const { settings, busyPort } = await chooseSettings(session, flags);
  const gateway = createGateway("dev", settings);
  const address = await gateway.start().catch((error: unknown) => {
    throw explainStart(error, settings.options);
  });
  const started: Started = {
    settings,
    address,
    busyPort,
    // From the start of the process: what whoever typed the command waited for.
    startedInMs: performance.now(),
  };
  const watch = watchConfig(session, gateway, settings);
  const following = new AbortController();
  try {
    void follow(session, started, following.signal);
    await untilEnd(gateway, signal);
  } finally {
    watch.close();
    following.abort();
    await stopGateway(session, gateway, settings.options.drainTimeoutMs);
  }
  return "done";
}

type Started = {
  readonly settings: Settings;
  readonly address: GatewayAddress;
  /** The port that was asked for, when another had to be taken. */
  readonly busyPort: number | undefined;
  readonly startedInMs: number;
};

/** A busy port is no reason not to start, here: the next free one is as good. */
async function chooseSettings(
  { globals, output }: Session,
  flags: ServerFlags,
): Promise<Pick<Started, "settings" | "busyPort">> {
  const { loadSettings } = await import("@ringdown/server");
  const loaded = loadSettings({ mode: "dev", flags: serverFlags(flags, globals) });
  const { options, origins } = loaded;
  const port = await findFreePort(options.host, options.port);
  // The lines on the screen tell what happened; the log adds what they cannot.
  const isQuiet = origins["logLevel"] === "default" && output.format === "text";
  const logLevel = isQuiet ? "error" : options.logLevel;
  return {
    settings: { ...loaded, options: { ...options, port, logLevel } },
    busyPort: port === options.port ? undefined : options.port,
  };
}

/** The console. Whatever happens to it, the gateway goes on. */
async function follow(session: Session, started: Started, signal: AbortSignal): Promise<void> {
  const { output } = session;
  const { url } = started.address;
  const { createClient } = await import("@ringdown/client");
  let isShown = false;
  const announce = (): void => {
    if (!isShown) showStart(session, started);
    isShown = true;
  };
  // Told only once it is followed, so that the first request is on the screen too.
  const stream = createClient({ baseUrl: url }).stream({ signal, onConnected: announce });
  const suggestNext = createNextSteps({
    hasConfigFile: started.settings.configFile !== undefined,
    suffix: url === session.globals.server ? "" : ` --server ${url}`,
  });
  try {
    for await (const item of stream) {
      showItem(output, item);
      if (output.format === "text") showNextStep(output, suggestNext(item));
      await output.drained();
    }
  } catch (error) {
    announce();
    output.warn(
      `The console lost its stream (${describeFailure(error).what}); the gateway goes on.`,
    );
  }
}

function showStart({ output }: Session, started: Started): void {
  const { settings, address, busyPort, startedInMs } = started;
  const { options, configFile } = settings;
  output.show(readyRecord(address), () =>
    formatWelcome(
      {
        version: readVersion(),
        startedInMs,
        address,
        dataDir: options.dataDir,
        store: nameOfStore(options),
        configFile: configFile?.path,
        busyPort,
        providers: providersOf(configFile),
        workingDir: process.cwd(),
      },
      output.style,
    ),
  );
}

function providersOf(file: ConfigFile | undefined): Readonly<Record<string, string>> {
  const sources = Object.entries(file?.document.sources ?? {}) as [string, { provider?: string }][];
  return Object.fromEntries(
    sources.flatMap(([name, { provider }]) => (provider === undefined ? [] : [[name, provider]])),
  );
}

function showNextStep({ talk, talkStyle }: Output, next: NextStep | undefined): void {
  if (next === undefined) return;
  talk(
    `\n  ${talkStyle.strong("Next")}  ${talkStyle.copy(next.command)}\n        ${talkStyle.faint(next.why)}\n`,
  );
}
