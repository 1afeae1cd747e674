/** What the baselines do to a request: as little as an honest check can be. */
import { createHmac, timingSafeEqual } from "node:crypto";
import { SECRET } from "./signed-body.ts";

export function isGenuine(header: string | undefined, body: Buffer): boolean {
  if (header === undefined) return false;
  const comma = header.indexOf(",v1=");
  const seconds = header.slice(2, comma);
  const expected = createHmac("sha256", SECRET).update(`${seconds}.`).update(body).digest();
  const given = Buffer.from(header.slice(comma + 4), "hex");
  return given.length === expected.length && timingSafeEqual(given, expected);
}
