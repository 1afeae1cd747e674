/**
 * Leaves out what is undefined: a query parameter that was not given must not become a property
 * whose value is `undefined` (`exactOptionalPropertyTypes`).
 */
type Defined<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

export function defined<T extends object>(fields: T): Defined<T> {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Defined<T>;
}
