/** The target of a call: a path of the OpenAPI document with its parameters and the query in place. */

export type QueryValue = string | number | boolean | null | undefined;

/** `/a/{id}` and `{ id: "x y" }` as `/a/x%20y`; undefined and null parameters are left out. */
export function targetOf(
  template: string,
  parameters: Readonly<Record<string, string>> = {},
  query: Readonly<Record<string, QueryValue>> = {},
): string {
  const path = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = parameters[name];
    // An empty one would silently call another path: the list instead of the item.
    if (value === undefined || value === "") {
      throw new TypeError(`The path parameter ${name} of ${template} is missing.`);
    }
    return encodeURIComponent(value);
  });
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null) search.set(name, String(value));
  }
  return search.size === 0 ? path : `${path}?${search.toString()}`;
}
