/**
 * Tells the live stream and the console what happened. Listeners are told that something is durable;
 * a defect in one of them must not reach the hot path, so it is reported and dropped.
 */
import type { SettledAttempt } from "../delivery/types.ts";
import type { StoredRequest } from "../model/request.ts";

export type GatewayEvent =
  | { readonly type: "request"; readonly request: StoredRequest }
  | ({ readonly type: "attempt" } & SettledAttempt)
  | { readonly type: "config"; readonly version: number };

export type Feed = {
  publish(event: GatewayEvent): void;
  subscribe(listener: (event: GatewayEvent) => void): () => void;
};

export function createFeed(onDefect: (error: unknown) => void): Feed {
  const listeners = new Set<(event: GatewayEvent) => void>();
  return {
    publish(event) {
      for (const listener of listeners) {
        try {
          listener(event);
        } catch (error) {
          onDefect(error);
        }
      }
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
