/** Where a value is in a request, in a phrase. */
import type { ValueLocation, ValueRule } from "../../packages/receiver/src/events/value.ts";

export function placeOf(location: ValueLocation): string {
  if ("header" in location) return `the header \`${location.header}\``;
  if ("query" in location) return `the query's \`${location.query}\``;
  const place =
    location.body.length === 0 ? "the body" : `\`${location.body.join(".")}\` of the body`;
  if ("keyAmong" in location) {
    const keys = location.keyAmong.map((key) => `\`${key}\``).join(", ");
    return `which of ${keys} is in ${place}`;
  }
  if (location.json === undefined) return place;
  return `\`${location.json.join(".")}\` of the JSON in ${place}`;
}

/** The rule's places, first to last. */
export function placesOf(rules: readonly ValueRule[]): string {
  return rules.map(placesOfRule).join("; else ");
}

function placesOfRule(rule: ValueRule): string {
  const { suffix = [], with: together = [] } = rule;
  const joined = [placeOf(rule), ...together.map(placeOf)].join(" with ");
  return suffix.length === 0
    ? joined
    : `${joined}, followed by ${suffix.map(placeOf).join(" or ")}`;
}
