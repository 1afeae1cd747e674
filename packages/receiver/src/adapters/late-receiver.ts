/**
 * A receiver that is made when the first request comes, where a program is loaded before its secrets
 * are there: `next build` loads every route, Workers get their environment with the request.
 *
 * Made once. If making it throws, the request fails, and the next one tries again.
 */
import type { Receiver } from "../receive/receiver.ts";

/** A receiver, or what makes it from what the platform passes beside the first request. */
export type LateReceiver = Receiver | ((...platform: never[]) => Receiver);

/** @param check sees the receiver when it is there: at once, or when it is made */
export function lateReceiver(
  source: LateReceiver,
  check: (webhooks: Receiver) => void = () => undefined,
): (...platform: unknown[]) => Receiver {
  if (typeof source !== "function") {
    check(source);
    return () => source;
  }
  let made: Receiver | undefined;
  return (...platform) => {
    if (made === undefined) {
      const fresh = source(...(platform as never[]));
      check(fresh);
      made = fresh;
    }
    return made;
  };
}
