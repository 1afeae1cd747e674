/** Names the place of a value for messages: "the header x-signature", "the field a.b of the body". */
import type { ValueLocation } from "../events/value.ts";

export function nameOfPlace(location: ValueLocation): string {
  if ("header" in location) return `the header ${location.header}`;
  if ("query" in location) return `the parameter ${location.query} of the URL`;
  const path = [...location.body, ...("json" in location ? (location.json ?? []) : [])];
  if (path.length === 0) return "the body";
  return `the field ${path.join(".")} of the body`;
}
