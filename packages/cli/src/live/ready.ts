/** Readiness as data: the first record on a piped standard output, before anything else. */
import type { GatewayAddress } from "@ringdown/server";
import { CliError, systemCodeOf } from "../failure.ts";
import type { OutputRecord } from "../output/output.ts";

export function readyRecord({ url, ingestUrl, sources }: GatewayAddress): OutputRecord {
  return { type: "ready", v: 1, url, ingestUrl, sources };
}

/** A listener's error in words; everything else as it is. */
export function explainStart(
  error: unknown,
  { host, port }: { host: string; port: number },
): unknown {
  const where = `${host}:${String(port)}`;
  switch (systemCodeOf(error)) {
    case "EADDRINUSE":
      return new CliError(
        "failed",
        `${where} is in use by another process.`,
        "Stop that process, or choose another port: --port 0 takes any free one.",
      );
    case "EACCES":
      return new CliError(
        "failed",
        `This account may not listen on ${where}.`,
        "Use a port above 1023.",
      );
    case "EADDRNOTAVAIL":
      return new CliError("failed", `This machine has no address ${host}.`, "Correct --host.");
    default:
      return error;
  }
}
