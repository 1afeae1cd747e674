/** The next port that nothing listens on, for a gateway that is started by hand. */
import { once } from "node:events";
import { createServer } from "node:net";
import { CliError, systemCodeOf } from "../failure.ts";

/** So many gateways on one machine are a mistake. */
const TRIED_PORTS = 20;

/** `port` itself if it is free; 0 stays 0. @throws failed when none of the next ones is free */
export async function findFreePort(host: string, port: number): Promise<number> {
  if (port === 0) return 0;
  for (let tried = port; tried < port + TRIED_PORTS && tried < 65_536; tried += 1) {
    if (await isPortFree(host, tried)) return tried;
  }
  throw new CliError(
    "failed",
    `No port from ${String(port)} on is free.`,
    "Choose one with --port; 0 takes any free one.",
  );
}

export async function isPortFree(host: string, port: number): Promise<boolean> {
  const probe = createServer();
  try {
    probe.listen({ host, port });
    await once(probe, "listening");
    return true;
  } catch (error) {
    // Anything else is for the gateway to report, in its own words.
    return systemCodeOf(error) !== "EADDRINUSE";
  } finally {
    probe.close();
  }
}
