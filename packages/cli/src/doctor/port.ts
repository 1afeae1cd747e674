/** The port a gateway would listen on: free, or held by a Ringdown that runs already. */
import { isPortFree } from "../live/free-port.ts";
import type { Finding } from "./finding.ts";

const TIMEOUT_MS = 2000;

export async function checkPort(host: string, port: number): Promise<Finding> {
  const check = "port";
  if (port === 0 || (await isPortFree(host, port))) {
    return { check, level: "ok", found: port === 0 ? "any free one" : `${String(port)} is free` };
  }
  const answer = await fetch(`http://127.0.0.1:${String(port)}/livez`, {
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch(() => undefined);
  const text = await answer?.text().catch(() => "");
  if (answer?.status === 200 && text?.trim() === "ok") {
    return { check, level: "ok", found: `a gateway answers on ${String(port)}` };
  }
  return {
    check,
    level: "warn",
    found: `${String(port)} is used by another program`,
    advice: "Choose another port with --port; dev takes the next free one by itself.",
  };
}
