/**
 * `list` of every kind of thing: as many as were asked for, as a table on a terminal and as one
 * record each elsewhere.
 */
import type { Client } from "@ringdown/client";
import type { Command } from "commander";
import { connect } from "../connect.ts";
import type { ExitName } from "../exit-codes.ts";
import type { Style } from "../output/style.ts";
import { type Column, formatTable } from "../output/table.ts";
import type { Perform, Session } from "../session.ts";
import { parseWhole } from "../values.ts";

/** What cells are made with. */
export type CellContext = { readonly style: Style; readonly nowMs: number };

export type ListCall<Options> = {
  readonly client: Client;
  /** As typed. */
  readonly options: Options;
  /** Items per page that make sense for how many are wanted. */
  readonly pageLimit: number;
  readonly nowMs: number;
};

export type Listing<Item extends object, Options> = {
  /** Of a record: "request". */
  readonly type: string;
  /** "requests" */
  readonly plural: string;
  /** Adds filters. */
  readonly options: (list: Command) => void;
  readonly read: (call: ListCall<Options>) => AsyncIterable<Item>;
  readonly columns: (context: CellContext) => readonly Column<Item>[];
};

const DEFAULT_LIMIT = "20";
/** The API's own. */
const PAGE_LIMIT = 200;

export function addList<Item extends object, Options>(
  command: Command,
  perform: Perform,
  listing: Listing<Item, Options>,
): void {
  const list = command
    .command("list", { isDefault: true })
    .description(`List ${listing.plural}; this is what the command does by itself.`)
    .summary(`list ${listing.plural}`)
    .option("-n, --limit <count>", "how many at most", DEFAULT_LIMIT);
  listing.options(list);
  list.action((options: Options & { readonly limit: string }) =>
    perform((session) => showList(session, listing, options)),
  );
}

async function showList<Item extends object, Options>(
  session: Session,
  listing: Listing<Item, Options>,
  options: Options & { readonly limit: string },
): Promise<ExitName> {
  const { io, output } = session;
  const limit = parseWhole(options.limit, { min: 1, max: 1_000_000 });
  const pageLimit = Math.min(PAGE_LIMIT, limit + 1);
  const client = await connect(session);
  const items = listing.read({ client, options, pageLimit, nowMs: io.nowMs() });
  const rows: Item[] = [];
  let count = 0;
  let hasMore = false;
  for await (const item of items) {
    // One more than wanted is read, to know whether there are more.
    if (count === limit) {
      hasMore = true;
      break;
    }
    count += 1;
    if (output.format === "text") rows.push(item);
    output.show({ type: listing.type, ...item });
    await output.drained();
  }
  if (output.format === "text") printTable(session, listing, rows);
  if (hasMore) output.talk(`There are more; --limit ${String(limit * 10)} shows them.`);
  return "done";
}

function printTable<Item extends object, Options>(
  { io, output }: Session,
  listing: Listing<Item, Options>,
  items: readonly Item[],
): void {
  if (items.length === 0) {
    output.talk(`No ${listing.plural}.`);
    return;
  }
  const { style } = output;
  const columns = listing.columns({ style, nowMs: io.nowMs() });
  for (const line of formatTable(items, columns, style)) output.print(line);
}
