/** The server of this call, as the typed client. Loaded only by commands that talk to one. */
import type { Client } from "@ringdown/client";
import type { Session } from "./session.ts";

export async function connect({ globals }: Pick<Session, "globals">): Promise<Client> {
  const { createClient } = await import("@ringdown/client");
  return createClient({ baseUrl: globals.server, apiKey: globals.token });
}
