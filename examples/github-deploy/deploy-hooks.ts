/**
 * Stands in for the deploy hooks of Vercel and Netlify, and refuses what they would refuse: another
 * method than POST, another path than a hook's.
 *
 * Sources: vercel.com/docs/deploy-hooks (`/v1/integrations/deploy/prj_…/…`, answered with 201 and
 * `{"job":{"id","state":"PENDING","createdAt"}}`); docs.netlify.com/configure-builds/build-hooks
 * (`/build_hooks/…`, POST only). Nobody signs: the address is the secret.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export const HOOK_PATHS = {
  vercel: "/v1/integrations/deploy/prj_Xk3vQ0aSdFgHjKlZxCvBnM12/yT9sWq4RbN",
  netlify: "/build_hooks/5c23354f454e1350f8543e78",
} as const;

type Vendor = keyof typeof HOOK_PATHS;

export type DeployHooks = {
  readonly url: string;
  /** Builds begun, by vendor, oldest first. */
  readonly builds: readonly Vendor[];
  /** What a vendor would have refused. */
  readonly refused: readonly string[];
  close(): Promise<void>;
};

export async function startDeployHooks(): Promise<DeployHooks> {
  const builds: Vendor[] = [];
  const refused: string[] = [];
  const server = createServer((request, response) => {
    request.resume();
    request.on("end", () => {
      const { method = "", url = "" } = request;
      const vendor = (["vercel", "netlify"] as const).find((each) => HOOK_PATHS[each] === url);
      if (vendor === undefined || method !== "POST") {
        refused.push(`${method} ${url}`);
        response.writeHead(vendor === undefined ? 404 : 405).end();
        return;
      }
      builds.push(vendor);
      const job = { id: `build-${String(builds.length)}`, state: "PENDING", createdAt: Date.now() };
      const answer =
        vendor === "vercel" ? { status: 201, json: { job } } : { status: 200, json: {} };
      response.writeHead(answer.status, { "content-type": "application/json" });
      response.end(JSON.stringify(answer.json));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    builds,
    refused,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
