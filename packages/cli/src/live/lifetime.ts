/** From a running gateway to a stopped one: until somebody asks, or until the store fails for good. */
import type { Gateway } from "@ringdown/server";
import type { Session } from "../session.ts";

/** Resolves when the process was asked to stop. @throws the error the store failed with */
export async function untilEnd(gateway: Gateway, signal: AbortSignal): Promise<void> {
  const asked = new Promise<"asked">((resolve) => {
    if (signal.aborted) resolve("asked");
    signal.addEventListener("abort", () => resolve("asked"), { once: true });
  });
  const end = await Promise.race([asked, gateway.failed]);
  if (end !== "asked") throw end;
}

/** Whatever ended it, what is in flight is brought to its end. */
export async function stopGateway(
  { output }: Session,
  gateway: Gateway,
  graceMs: number,
): Promise<void> {
  // Piped, standard error is the log, which says the same in its own form.
  const talk = output.format === "text" ? output.talk : () => undefined;
  talk("Stopping: attempts in flight end first. Ctrl-C again stops at once.");
  await gateway.stop({ graceMs });
  talk("Stopped.");
}
