/**
 * Cursors: where the next page of a list begins, in a form that callers can only hand back.
 *
 * A cursor holds its position and a truncated HMAC over the position and the list it belongs to
 * (name and filters). The key comes from the store's tag, so cursors outlive restarts and hold on
 * every node of one store, and a cursor of another store, list or filter is refused instead of
 * silently showing the wrong page. The HMAC guards against mistakes and meddling; it protects no
 * secret: a position only ever selects what the caller may list anyway.
 */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { RingdownError } from "../errors/ringdown-error.ts";

export type Cursors = {
  /** `list` names the list and its filters. */
  encode(list: string, position: readonly number[]): string;
  /** @throws invalid_cursor */
  decode(list: string, cursor: string): readonly number[];
};

const MAC_BYTES = 9;
/** No position has more parts, and no part more digits, than fit. */
const LONGEST_CURSOR = 120;
const POSITION = /^\d{1,16}(?:\.\d{1,16}){0,3}$/;

export function createCursors(storeTag: number): Cursors {
  const key = createHash("sha256")
    .update(`ringdown cursor ${String(storeTag)}`)
    .digest();

  function macOf(list: string, position: string): Buffer {
    const mac = createHmac("sha256", key).update(`${position}\n${list}`).digest();
    return mac.subarray(0, MAC_BYTES);
  }

  return {
    encode(list, position) {
      const text = position.join(".");
      return Buffer.concat([macOf(list, text), Buffer.from(text)]).toString("base64url");
    },
    decode(list, cursor) {
      const bytes = Buffer.from(cursor.slice(0, LONGEST_CURSOR), "base64url");
      const position = bytes.subarray(MAC_BYTES).toString("latin1");
      const isGenuine =
        // Buffer.from skips what is not base64url: the canonical form is the only one accepted.
        bytes.toString("base64url") === cursor &&
        POSITION.test(position) &&
        timingSafeEqual(bytes.subarray(0, MAC_BYTES), macOf(list, position));
      if (!isGenuine) {
        throw new RingdownError("invalid_cursor", "This cursor does not belong to this list.");
      }
      return position.split(".").map(Number);
    },
  };
}
