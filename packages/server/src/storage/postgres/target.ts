/** Where the database is: an URL that may hold a password, and so is passed about as a secret (I8). */

/** What is needed of config/secret.ts; backends do not import the configuration. */
export type Secret = { readonly reveal: () => string };

/** Host, port and database, for messages; never the account or the password. */
export function placeOf(url: Secret): string {
  const text = url.reveal();
  if (!URL.canParse(text)) return "PostgreSQL";
  const { host, pathname } = new URL(text);
  return `PostgreSQL at ${host === "" ? "the local socket" : host}${pathname}`;
}
