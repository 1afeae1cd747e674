/** The database of `--store postgres://…`: whether it answers, and whether a COMMIT there is durable. */
import type { Settings } from "@ringdown/server";
import type { Finding } from "./finding.ts";

/** Nothing to find for a store that is no server. */
export async function checkDatabase({ options }: Settings): Promise<readonly Finding[]> {
  const { probeStore } = await import("@ringdown/server");
  const probe = await probeStore(options);
  if (probe === undefined) return [];
  const check = "database";
  const { place, problems } = probe;
  if (problems.length === 0)
    return [{ check, level: "ok", found: `${place} answers and keeps what it acknowledges` }];
  return problems.map((problem) => ({
    check,
    level: "fail",
    found: `${place}: ${problem}`,
    advice: "Correct the URL or the server's settings; a gateway would not start on it.",
  }));
}
