/** One item of the live stream, as a line or as a record. */
import type { StreamItem } from "@ringdown/client";
import type { Output } from "../output/output.ts";
import { formatAttemptLine } from "./attempt-line.ts";
import { formatRequestLine } from "./request-line.ts";

export function showItem(output: Output, item: StreamItem): void {
  const { style } = output;
  // The cursor is what `--after` takes; the item's own fields stay as the API has them.
  output.show({ type: item.type, cursor: item.id, ...item.data }, () =>
    item.type === "request"
      ? formatRequestLine(item.data, style)
      : formatAttemptLine(item.data, style),
  );
}
