/** A secret that does not print itself: in a log, a JSON text or an inspection it is `[secret]` (I8). */
import { inspect } from "node:util";

export type Secret = {
  readonly reveal: () => string;
  readonly toString: () => string;
  readonly toJSON: () => string;
};

const SHOWN = "[secret]";

export function createSecret(text: string): Secret {
  const secret = {
    reveal: () => text,
    toString: () => SHOWN,
    toJSON: () => SHOWN,
    [inspect.custom]: () => SHOWN,
  };
  return Object.freeze(secret);
}
