/** Checks the name of a table, the only text of a caller that becomes part of an SQL statement. */
import { ReceiverError } from "../errors.ts";

export const DEFAULT_TABLE = "ringdown_events";

const TABLE_NAME = /^[a-z_][a-z0-9_]{0,47}(\.[a-z_][a-z0-9_]{0,47})?$/;

/** @throws {option_invalid} */
export function checkedTableName(name: string): string {
  if (TABLE_NAME.test(name)) return name;
  throw new ReceiverError(
    "option_invalid",
    `${JSON.stringify(name)} cannot be the name of the store's table.`,
    "Use lower-case letters, digits and underscores, with a schema before a full stop if needed.",
  );
}
