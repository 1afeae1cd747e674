/** One line for a request that arrived: when, where, what, whether it verified, what became of it. */
import type { RequestItem } from "@ringdown/client";
import { formatMediaType } from "../output/media-type.ts";
import { printable } from "../output/printable.ts";
import type { Style } from "../output/style.ts";
import { formatBytes, formatClock } from "../output/units.ts";

export function formatRequestLine(request: RequestItem, style: Style): string {
  return [
    style.faint(formatClock(Date.parse(request.receivedAt))),
    style.strong(printable(request.source ?? "(deleted)")),
    printable(`${request.method} ${request.path === "" ? "/" : request.path}`),
    formatBytes(request.bodyBytes),
    printable(request.eventType ?? formatMediaType(request.contentType)),
    signatureMark(request, style),
    outcomeOf(request, style),
  ]
    .filter((part) => part !== "")
    .join("  ");
}

/** Nothing for a source that checks nothing. */
function signatureMark({ verification }: RequestItem, style: Style): string {
  switch (verification.status) {
    case "verified":
      return style.good("✓sig");
    case "authenticated":
      return style.good("✓key");
    case "failed":
      return style.bad("✗sig");
    case "unverified":
      return "";
  }
}

function outcomeOf(request: RequestItem, style: Style): string {
  switch (request.outcome) {
    case "accepted":
      return acceptedAs(request, style);
    case "duplicate": {
      const remark = request.conflict ? ", with another body" : "";
      return style.warn(`= duplicate of ${request.duplicateOf ?? "an earlier event"}${remark}`);
    }
    case "quarantined":
      return style.warn(`! held back: ${reasonOf(request)}`);
    case "rejected":
      return style.bad(`✗ rejected: ${reasonOf(request)}`);
  }
}

function acceptedAs({ targets }: RequestItem, style: Style): string {
  if (targets.length === 0) return style.faint("→ kept (no route)");
  const names = targets.map(({ destination }) => printable(destination ?? "(deleted)"));
  return `→ ${names.join(", ")}`;
}

function reasonOf({ verification, cause }: RequestItem): string {
  return printable(verification.message ?? cause ?? "refused");
}
