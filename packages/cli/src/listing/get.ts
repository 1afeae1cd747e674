/** `get` of every kind of thing: all fields of one, for people in lines, for scripts as a record. */
import type { Client } from "@ringdown/client";
import type { Command } from "commander";
import { connect } from "../connect.ts";
import { printable } from "../output/printable.ts";
import type { Style } from "../output/style.ts";
import type { Perform } from "../session.ts";

export type Getting<Item extends object> = {
  readonly type: string;
  /** "id", or "name or id" */
  readonly argument: string;
  readonly read: (client: Client, argument: string) => Promise<Item>;
};

/** Returns the command, for what one kind has beyond the others. */
export function addGet<Item extends object>(
  command: Command,
  perform: Perform,
  getting: Getting<Item>,
): Command {
  return command
    .command("get")
    .description(`Show one ${getting.type} in full.`)
    .summary(`show one ${getting.type}`)
    .argument(`<${getting.argument}>`)
    .action((argument: string) =>
      perform(async (session) => {
        const item = await getting.read(await connect(session), argument);
        const { output } = session;
        output.show({ type: getting.type, ...item }, () => formatFields(item, output.style));
        return "done";
      }),
    );
}

/** One line per field; fields that say nothing are left out. */
export function formatFields(item: object, style: Style): string {
  const fields = fieldsOf(item, "");
  const width = Math.max(...fields.map(({ name }) => name.length)) + 2;
  return fields
    .map(({ name, lines }) => {
      const indent = `\n${" ".repeat(width)}`;
      return `${style.faint(name.padEnd(width))}${lines.map(printable).join(indent)}`;
    })
    .join("\n");
}

type Field = { readonly name: string; readonly lines: readonly string[] };

/** Objects inside become fields with dotted names. */
function fieldsOf(item: object, prefix: string): readonly Field[] {
  return Object.entries(item as Readonly<Record<string, unknown>>).flatMap(([key, value]) => {
    const name = `${prefix}${key}`;
    if (isEmpty(value)) return [];
    if (Array.isArray(value)) return [{ name, lines: value.map(formatItem) }];
    if (typeof value === "object" && value !== null) return fieldsOf(value, `${name}.`);
    return [{ name, lines: [formatItem(value)] }];
  });
}

function isEmpty(value: unknown): boolean {
  return value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

/** Headers are pairs of name and value. */
function formatItem(value: unknown): string {
  if (typeof value === "string") return value;
  const isPair = Array.isArray(value) && value.length === 2;
  return isPair ? value.map(String).join(": ") : JSON.stringify(value);
}
