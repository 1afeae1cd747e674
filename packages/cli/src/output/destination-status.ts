/** How a destination is doing, in one line. */
import type { DestinationStatus } from "@ringdown/client";
import type { Output } from "./output.ts";
import { printable } from "./printable.ts";
import type { Style } from "./style.ts";

export function showStatus(output: Output, status: DestinationStatus): void {
  output.show({ type: "destinationStatus", ...status }, () => {
    const { style } = output;
    const { reason, inFlight, waiting, retrying } = status;
    const why = reason === null || reason === "" ? "" : ` (${printable(reason)})`;
    const counts = `${String(waiting)} waiting, ${String(retrying)} retrying, ${String(inFlight)} in flight`;
    return `${style.strong(printable(status.destination))} is ${paintStatus(status, style)}${why}: ${counts}`;
  });
}

export function paintStatus({ status, circuit }: DestinationStatus, style: Style): string {
  if (status !== "active") return style.warn(status);
  return circuit === "closed" ? style.good(status) : style.bad(`circuit ${circuit}`);
}
