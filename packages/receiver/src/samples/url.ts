/** Adds to a URL's query without touching the rest of it, which may be what is signed. */

export function withQuery(url = "", parameters: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams(parameters).toString();
  if (query === "") return url;
  return `${url}${url.includes("?") ? "&" : "?"}${query}`;
}
