/**
 * Remembers events in Redis or Valkey, over a client that you made: `redis` (node-redis) or
 * `ioredis`. For any number of processes and machines.
 *
 * Each operation is one command or script on one key, hence atomic, also in a cluster. Redis forgets
 * by itself; it also forgets when it may evict keys or loses its memory, and then a retry is worked
 * on again.
 */
import { ReceiverError } from "../errors.ts";
import type { ClaimOutcome, EventClaim, EventStore } from "./event-store.ts";

/** node-redis sends a list of words, ioredis a command and its arguments. */
export type RedisClient =
  | { sendCommand(words: string[]): Promise<unknown> }
  | { call(command: string, ...args: string[]): Promise<unknown> };

export type RedisStoreOptions = {
  /** What keys begin with; default "ringdown:event:". */
  readonly prefix?: string;
};

const DEFAULT_PREFIX = "ringdown:event:";

/** Tokens are never this. */
const COMPLETED = "completed";

/** KEYS[1], token, lease → 1: claimed; else who holds it. */
const CLAIM_SCRIPT = `
local held = redis.call('GET', KEYS[1])
if held then return held end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`;

const RELEASE_SCRIPT = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`;

/** @throws {option_invalid} for a client of neither shape */
export function redisStore(client: RedisClient, options: RedisStoreOptions = {}): EventStore {
  const { prefix = DEFAULT_PREFIX } = options;
  const send = senderOf(client);

  const claim = async ({ key, token }: EventClaim, leaseMs: number): Promise<ClaimOutcome> => {
    const words = ["EVAL", CLAIM_SCRIPT, "1", prefix + key, `token:${token}`, String(leaseMs)];
    const reply = await send(words);
    if (Number(reply) === 1) return "claimed";
    return String(reply) === COMPLETED ? "completed" : "busy";
  };

  const complete = async ({ key }: EventClaim, keepMs: number): Promise<void> => {
    await send(["SET", prefix + key, COMPLETED, "PX", String(keepMs)]);
  };

  const release = async ({ key, token }: EventClaim): Promise<void> => {
    await send(["EVAL", RELEASE_SCRIPT, "1", prefix + key, `token:${token}`]);
  };

  return { claim, complete, release };
}

function senderOf(client: RedisClient): (words: string[]) => Promise<unknown> {
  // ioredis has a sendCommand, too, which takes something else: its `call` comes first.
  if ("call" in client && typeof client.call === "function") {
    return ([command = "", ...args]) => client.call(command, ...args);
  }
  if ("sendCommand" in client && typeof client.sendCommand === "function") {
    return (words) => client.sendCommand(words);
  }
  throw new ReceiverError(
    "option_invalid",
    "The Redis client has neither call (ioredis) nor sendCommand (node-redis).",
    "Pass the client itself, connected or about to connect.",
  );
}
