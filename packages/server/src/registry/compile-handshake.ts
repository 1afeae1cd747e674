/** What a source answers to the handshakes of its provider, and to what does not verify. */
import { answerHandshake, type Provider } from "@ringdown/receiver";
import type { ActiveSource } from "../model/active.ts";
import type { CompiledVerify } from "./compile-verify.ts";
import { contentOf } from "./event-content.ts";

type Handshakes = Pick<ActiveSource, "handshake" | "asksUnverified" | "refusedStatus">;

/** Who may be answered without a signature. */
const UNVERIFIED: ReadonlySet<string> = new Set(["anybody", "token", "no_secret"]);

/**
 * A handshake that hands over a secret, or a URL to be fetched, is not answered: the provider would
 * take the answer for a promise that nobody here keeps.
 */
export function compileHandshake(
  provider: Provider,
  { secrets, handshakeToken }: CompiledVerify,
): Handshakes {
  const { handshakes, refusedStatus } = provider;
  const known = {
    ...(secrets !== undefined && { secrets }),
    ...(handshakeToken !== undefined && { token: handshakeToken }),
  };
  return {
    asksUnverified: handshakes.some(({ after }) => UNVERIFIED.has(after)),
    ...(refusedStatus !== undefined && { refusedStatus }),
    handshake(input, result, event) {
      const asked = { ...input, ...known, content: contentOf(input, event) };
      const answer = answerHandshake(provider, asked, result);
      const isPromise = answer?.capturedSecret !== undefined || answer?.confirmUrl !== undefined;
      return isPromise ? undefined : answer;
    },
  };
}
