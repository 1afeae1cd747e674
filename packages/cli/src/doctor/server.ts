/** The server: whether it answers, is ready, takes the key, and agrees about the time. */
import { systemCodeOf } from "../failure.ts";
import type { Globals } from "../globals.ts";
import { formatDuration } from "../output/units.ts";
import type { Finding } from "./finding.ts";

const TIMEOUT_MS = 5000;
/** `Date` has whole seconds, and the answer takes time. */
const CLOCK_TOLERANCE_MS = 10_000;

export async function checkServer(
  { server, token }: Pick<Globals, "server" | "token">,
  nowMs: () => number,
): Promise<readonly Finding[]> {
  const answer = await ask(`${server}/readyz`);
  if (answer instanceof Error) {
    const found = `nothing answers at ${server} (${systemCodeOf(answer) ?? "no answer"})`;
    return [
      {
        check: "server",
        level: "warn",
        found,
        advice: "Start one with: ringdown dev   or name it with --server.",
      },
    ];
  }
  const clock = compareClocks(answer, nowMs());
  return [await readReadiness(server, answer), clock, await checkKey(server, token)];
}

async function ask(url: string, token?: string): Promise<Response | Error> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return fetch(url, { headers, signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(
    (error: Error) => error,
  );
}

async function readReadiness(server: string, answer: Response): Promise<Finding> {
  const check = "server";
  const body = (await answer.json().catch(() => undefined)) as
    | { readonly ready?: unknown; readonly reasons?: unknown }
    | undefined;
  if (typeof body?.ready !== "boolean") {
    const advice = "Name the Ringdown server with --server.";
    return { check, level: "fail", found: `what answers at ${server} is not Ringdown`, advice };
  }
  if (body.ready) return { check, level: "ok", found: `ready at ${server}` };
  const reasons = Array.isArray(body.reasons) ? body.reasons.join(", ") : "";
  return {
    check,
    level: "fail",
    found: `not ready at ${server}: ${reasons}`,
    advice: "Look at the server's log; docs/reference/errors.md says what each code asks for.",
  };
}

function compareClocks(answer: Response, nowMs: number): Finding {
  const check = "server clock";
  const serverMs = Date.parse(answer.headers.get("date") ?? "");
  const apartMs = nowMs - serverMs;
  if (Number.isNaN(apartMs)) return { check, level: "ok", found: "the server tells no time" };
  if (Math.abs(apartMs) < CLOCK_TOLERANCE_MS)
    return { check, level: "ok", found: "agrees with ours" };
  const where = apartMs > 0 ? "behind" : "ahead of";
  return {
    check,
    level: "warn",
    found: `the server's clock is ${formatDuration(Math.abs(apartMs))} ${where} ours`,
    advice: "Set both from a time server; signatures with a timestamp depend on it.",
  };
}

async function checkKey(server: string, token: string | undefined): Promise<Finding> {
  const check = "API key";
  const answer = await ask(`${server}/api/v1/sources?limit=1`, token);
  const status = answer instanceof Error ? 0 : answer.status;
  if (status === 200) return { check, level: "ok", found: "the server lets us in" };
  const found = token === undefined ? "the server wants one" : "the server refuses the key";
  if (status !== 401 && status !== 403) {
    return { check, level: "warn", found: `the API answered ${String(status)}` };
  }
  return { check, level: "warn", found, advice: "Set RINGDOWN_TOKEN to a valid API key." };
}
