/**
 * `ringdown trigger <provider> --handshake`: asks what the provider asks before it sends anything, and
 * judges the answer as the provider would.
 */
import { getProvider } from "@ringdown/receiver";
import { makeHandshakes } from "@ringdown/receiver/samples";
import { randomUUID } from "node:crypto";
import type { ExitName } from "../exit-codes.ts";
import { CliError } from "../failure.ts";
import { sendRequest, type Simulation } from "./simulation.ts";

/** All handshakes of the provider, one after another; every one has to succeed. */
export async function performHandshakes(
  simulation: Simulation,
  more: { readonly token: string | undefined; readonly id: string | undefined },
): Promise<ExitName> {
  const { session, provider, secret, recipe, target } = simulation;
  const handshakes = makeHandshakes({
    provider,
    secret,
    recipe,
    nowMs: session.io.nowMs(),
    id: more.id ?? randomUUID(),
    url: target.url.href,
    ...(more.token !== undefined && { token: more.token }),
  });
  if (handshakes.length === 0) throw noHandshake(provider);
  let exit: ExitName = "done";
  for (const { name, request, check } of handshakes) {
    const { status, headers, body, durationMs } = await sendRequest(simulation, request);
    const problems = check({
      status,
      header: (wanted) => [headers[wanted]].flat().join(", ") || undefined,
      body: body.toString("utf8"),
    });
    const ok = problems.length === 0;
    if (!ok) exit = "no";
    const { url, method } = request;
    const record = { provider, handshake: name, method, url, ms: Math.round(durationMs) };
    session.output.show({ type: "handshake", ok, status, problems, ...record }, () => {
      const { style } = session.output;
      const mark = ok ? style.good(`✓ ${String(status)}`) : style.bad(`✗ ${String(status)}`);
      return [`${mark}  ${name}`, ...problems.map((problem) => `  ${problem}`)].join("\n");
    });
  }
  return exit;
}

function noHandshake(provider: string): CliError {
  const { title } = getProvider(provider);
  return new CliError(
    "usage",
    `${title} asks nothing before it sends events.`,
    `Send one: ringdown trigger ${provider} --list`,
  );
}
