/** Oracle: `jose` mints the tokens of Netlify, LiveKit, FusionAuth, Plaid and Kinde. */
import { exportJWK, exportSPKI, generateKeyPair, SignJWT } from "jose";
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import {
  compileVerifier,
  fusionauth,
  type HeaderRecord,
  headersFromRecord,
  kinde,
  livekit,
  netlify,
  plaid,
  type Recipe,
  type VerifyResult,
} from "../../src/index.ts";
import { NOW_MS, NOW_S } from "../verify.ts";

const BODY = Buffer.from('{"state":"ready","name":"Zoë"}');
const SECRET = "a-secret-of-this-source-0123456789";
const HEX = createHash("sha256").update(BODY).digest("hex");
const BASE64 = createHash("sha256").update(BODY).digest("base64");

type Arriving = {
  readonly headers?: HeaderRecord;
  readonly body?: Uint8Array;
  readonly key?: string;
};

function judge(recipe: Recipe, secret: string, arriving: Arriving): VerifyResult {
  const { headers = {}, body = BODY, key } = arriving;
  return compileVerifier(recipe, [secret]).verify({
    method: "POST",
    url: "https://hooks.example.com/in/source",
    headers: headersFromRecord(headers),
    body,
    nowMs: NOW_MS,
    ...(key !== undefined && { keys: () => key }),
  });
}

describe("HS256", () => {
  const mint = (claims: Record<string, unknown>): Promise<string> =>
    new SignJWT(claims).setProtectedHeader({ alg: "HS256" }).sign(Buffer.from(SECRET));

  test("Netlify", async () => {
    const token = await mint({ iss: "netlify", sha256: HEX });
    const headers = { "X-Webhook-Signature": token };
    expect(judge(netlify.recipe, SECRET, { headers }).status).toBe("verified");
    expect(judge(netlify.recipe, SECRET, { headers, body: Buffer.from("{}") })).toMatchObject({
      reason: "wrong_secret_or_modified_body",
    });
  });

  test("LiveKit", async () => {
    const headers = { Authorization: await mint({ sha256: BASE64, exp: NOW_S + 300 }) };
    expect(judge(livekit.recipe, SECRET, { headers }).status).toBe("verified");
  });
});

test.each(["RS256", "ES256", "EdDSA"])("FusionAuth with %s", async (alg) => {
  const pair = await generateKeyPair(alg, { extractable: true });
  const other = await generateKeyPair(alg, { extractable: true });
  const token = await new SignJWT({ request_body_sha256: BASE64 })
    .setProtectedHeader({ alg })
    .sign(pair.privateKey);
  const headers = { "X-FusionAuth-Signature-JWT": token };
  const pem = await exportSPKI(pair.publicKey);
  expect(judge(fusionauth.recipe, pem, { headers }).status).toBe("verified");
  const foreign = await exportSPKI(other.publicKey);
  expect(judge(fusionauth.recipe, foreign, { headers })).toMatchObject({
    reason: "wrong_secret_or_modified_body",
  });
});

test("Plaid: the key as its endpoint gives it, and the five minutes", async () => {
  const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: "k1", alg: "ES256", use: "sig" };
  const mint = (issuedAt: number): Promise<string> =>
    new SignJWT({ request_body_sha256: HEX })
      .setProtectedHeader({ alg: "ES256", kid: "k1" })
      .setIssuedAt(issuedAt)
      .sign(privateKey);
  const ask = async (issuedAt: number, expiredAt: number | null = null): Promise<VerifyResult> =>
    judge(plaid.recipe, "client_id:secret", {
      headers: { "Plaid-Verification": await mint(issuedAt) },
      key: JSON.stringify({ key: { ...jwk, expired_at: expiredAt } }),
    });
  expect(await ask(NOW_S - 300)).toEqual({ status: "verified", secretIndex: 0, ageMs: 300_000 });
  expect(await ask(NOW_S - 301)).toMatchObject({ reason: "timestamp_too_old" });
  expect(await ask(NOW_S, NOW_S - 1)).toMatchObject({ reason: "key_unusable" });
});

test("Kinde: the body is the token, the key one of a set", async () => {
  const issuer = "https://example.kinde.com";
  const pair = await generateKeyPair("RS256", { extractable: true });
  const other = await generateKeyPair("RS256", { extractable: true });
  const keys = [
    { ...(await exportJWK(other.publicKey)), kid: "k0" },
    { ...(await exportJWK(pair.publicKey)), kid: "k1" },
  ];
  const token = await new SignJWT({ type: "user.created" })
    .setProtectedHeader({ alg: "RS256", kid: "k1" })
    .setIssuer(issuer)
    .sign(pair.privateKey);
  const arriving = { body: Buffer.from(token), key: JSON.stringify({ keys }) };
  expect(judge(kinde.recipe, issuer, arriving)).toEqual({ status: "verified", secretIndex: 0 });
  expect(judge(kinde.recipe, "https://other.kinde.com", arriving)).toMatchObject({
    reason: "wrong_claim",
  });
});
