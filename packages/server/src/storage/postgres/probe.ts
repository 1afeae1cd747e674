/** Looks at a database without writing to it: for `ringdown doctor`. */
import { settingProblems } from "./open.ts";
import { openSession } from "./session.ts";
import { toReadError } from "./sql-error.ts";
import { placeOf, type Secret } from "./target.ts";

export type Probe = {
  /** Host and database, without the account. */
  readonly place: string;
  /** Why nothing can be kept there; empty if all is well. */
  readonly problems: readonly string[];
};

/** Never throws: what goes wrong is a problem of its own. */
export async function probePostgres(url: Secret, schema: string): Promise<Probe> {
  const place = placeOf(url);
  const applicationName = "ringdown doctor";
  try {
    const session = await openSession({ url, schema, applicationName, access: "read" });
    try {
      return { place, problems: await settingProblems(session) };
    } finally {
      await session.close();
    }
  } catch (error) {
    return { place, problems: [toReadError(error).message] };
  }
}
