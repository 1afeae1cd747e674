/**
 * Verifies requests whose body repeats a secret in each of its items (Microsoft Graph).
 *
 * All of them must match: a batch may come from several subscriptions, and one foreign item in it
 * would otherwise pass with the rest. At most `authenticated`, as for every secret that is sent.
 */
import { digestOf, equalDigests } from "../crypto/primitives.ts";
import { utf8AsByteString } from "../encoding/binary-string.ts";
import { lazyContent } from "../events/content.ts";
import { follow } from "../events/value.ts";
import { assertBytes } from "./assert-bytes.ts";
import type { CompiledScheme } from "./compiled-scheme.ts";
import { malformedBody, missingValue, wrongBodyCredentials } from "./failure.ts";
import { checkCredentials } from "./keys.ts";
import { nameOfPlace } from "./place.ts";
import type { BodyTokenRecipe } from "./recipe.ts";
import type { VerifyInput, VerifyResult } from "./result.ts";

/** More than any sender puts in one request; each costs a hash. */
const MAX_ITEMS = 10_000;

export function compileBodyToken(
  { items, at }: BodyTokenRecipe,
  secrets: readonly string[],
): CompiledScheme {
  checkCredentials(secrets);
  const expected = secrets.map((secret) => digestOf(utf8AsByteString(secret)));
  const name = nameOfPlace({ body: [...items, "0", ...at] });

  const verify = ({ body }: VerifyInput): VerifyResult => {
    assertBytes(body);
    const list = follow(lazyContent(body, undefined).json(), items);
    if (!Array.isArray(list) || list.length === 0 || list.length > MAX_ITEMS) {
      return malformedBody("holds no list of items");
    }
    let secretIndex = 0;
    for (const item of list) {
      const presented = follow(item, at);
      if (typeof presented !== "string") return missingValue(name);
      const digest = digestOf(utf8AsByteString(presented));
      const match = expected.findIndex((one) => equalDigests(one, digest));
      if (match === -1) return wrongBodyCredentials(name);
      secretIndex = Math.max(secretIndex, match);
    }
    return { status: "authenticated", secretIndex };
  };
  return { verify };
}
