/**
 * `ringdown tail`: requests and attempts as they become durable, one line each. Survives restarts
 * and lost connections: it goes on after the last item seen, so nothing is missed or repeated.
 */
import type { Source, StreamOptions } from "@ringdown/client";
import { type Command, Option } from "commander";
import type { ExitName } from "../exit-codes.ts";
import { connect } from "../connect.ts";
import { showItem } from "../live/show-item.ts";
import { given } from "../listing/query.ts";
import type { Perform, Session } from "../session.ts";
import { listSources } from "../target.ts";
import { parseWhole } from "../values.ts";

type TailOptions = {
  readonly source?: string;
  readonly destination?: string;
  readonly type?: string;
  readonly only?: "requests" | "attempts";
  readonly after?: string;
  readonly max?: string;
};

const NOTES = `
Every JSON record has a cursor; --after <cursor> goes on after it.`;

export function defineTail(command: Command, perform: Perform): void {
  command
    .option("-s, --source <name>", "only from this source")
    .option("-d, --destination <name>", "only to this destination")
    .option("-t, --type <type>", "only this event type")
    .addOption(new Option("--only <what>", "one of the two").choices(["requests", "attempts"]))
    .option("--after <cursor>", "go on after this item instead of beginning now")
    .option("-n, --max <count>", "stop after so many")
    .addHelpText("after", NOTES)
    .action((options: TailOptions) => perform((session) => tail(session, options)));
}

async function tail(session: Session, options: TailOptions): Promise<ExitName> {
  const { interrupts, output, globals } = session;
  const max = options.max === undefined ? Infinity : parseWhole(options.max, COUNT);
  const signal = interrupts.signal();
  const client = await connect(session);
  // The stream itself would wait for a server that is not there; somebody who starts this would not.
  const sources = await listSources(session);
  const ready = { type: "ready", v: 1, server: globals.server, sources: sources.map(nameAndUrl) };
  let count = 0;
  let connections = 0;
  const stream = client.stream({
    ...filtersOf(options),
    signal,
    onConnected: () => {
      connections += 1;
      if (connections === 1) {
        output.show(ready);
        output.talk(`Following ${globals.server}; Ctrl-C ends it.`);
      } else {
        output.show({ type: "resumed" });
        output.talk("Connected again; nothing was missed.");
      }
    },
  });
  for await (const item of stream) {
    showItem(output, item);
    await output.drained();
    count += 1;
    if (count >= max) break;
  }
  return "done";
}

const COUNT = { min: 1, max: 1_000_000_000 };

function nameAndUrl({ name, url }: Source): { readonly name: string; readonly url: string } {
  return { name, url };
}

function filtersOf(options: TailOptions): StreamOptions {
  const { source, destination, type: eventType, after: lastEventId, only } = options;
  // `request` and `attempt` are the stream's types, `requests` and `attempts` what people say.
  const types = only?.replace(/s$/, "");
  return given({ source, destination, eventType, lastEventId, types });
}
