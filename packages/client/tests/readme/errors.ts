import { createClient, isApiError } from "@ringdown/client";

const client = createClient({ baseUrl: process.env["RINGDOWN_URL"] ?? "http://127.0.0.1:8484" });

try {
  await client.get("/api/v1/destinations/{nameOrId}", { path: { nameOrId: "nowhere" } });
} catch (error) {
  if (!isApiError(error) || error.code !== "not_found") throw error;
  console.log(error.message, error.hint);
}
