/** Where a request is to be sent: a source by its name, perhaps with a path below it, or any URL. */
import type { Source } from "@ringdown/client";
import { connect } from "./connect.ts";
import { CliError, describeFailure } from "./failure.ts";
import type { Session } from "./session.ts";

export type SendTarget = {
  readonly url: URL;
  /** Absent for a URL. */
  readonly source?: Source;
};

/** `inbox`, `inbox/a/b?c=d` or `https://…`. @throws failed when there is no such source */
export async function resolveTarget(session: Session, text: string): Promise<SendTarget> {
  if (/^https?:\/\//i.test(text)) {
    const url = URL.parse(text);
    if (url === null) throw new CliError("usage", `"${text}" is not a URL.`);
    return { url };
  }
  const end = text.search(/[/?]/);
  const name = end === -1 ? text : text.slice(0, end);
  const source = await findSource(session, name);
  const below = end === -1 ? "" : text.slice(end);
  return { url: new URL(`${source.url}${below}`), source };
}

async function findSource(session: Session, nameOrId: string): Promise<Source> {
  const client = await connect(session);
  try {
    return await client.get("/api/v1/sources/{nameOrId}", { path: { nameOrId } });
  } catch (error) {
    if (describeFailure(error).code !== "not_found") throw error;
    const names = (await listSources(session)).map(({ name }) => name);
    const known =
      names.length === 0 ? "There are no sources yet." : `There is: ${names.join(", ")}.`;
    throw new CliError("failed", `There is no source "${nameOrId}".`, known);
  }
}

/** In the order of their names. */
export async function listSources(session: Session): Promise<readonly Source[]> {
  const client = await connect(session);
  const { data } = await client.get("/api/v1/sources", { query: { limit: 200 } });
  return data;
}
