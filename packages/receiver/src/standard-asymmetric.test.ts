import { createPublicKey, generateKeyPairSync, sign, verify } from "node:crypto";
import { expect, test } from "vitest";
import {
  compileStandardVerifier,
  createStandardSigner,
  generateSecret,
  generateStandardKeyPair,
  verifyStandardWebhook,
} from "./index.ts";

const body = Buffer.from('{"type":"contact.created","name":"Ren\u00e9"}');
const NOW_S = 1_764_000_000;
const { privateKey, publicKey } = generateStandardKeyPair();

function headersOf(signature: string) {
  return {
    "webhook-id": "msg_1",
    "webhook-timestamp": String(NOW_S),
    "webhook-signature": signature,
  };
}

function check(secrets: readonly string[], signature: string, bytes: Uint8Array = body) {
  const headers = headersOf(signature);
  return verifyStandardWebhook({ headers, body: bytes, secrets, nowMs: NOW_S * 1000 });
}

test("a v1a signature is Ed25519 over id, time and body, as node's own verification says", () => {
  const signature = createStandardSigner([privateKey]).sign("msg_1", NOW_S, body);
  const [mark, base64 = ""] = signature.split(",");
  const x = Buffer.from(publicKey.slice(5), "base64").toString("base64url");
  const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
  const signed = Buffer.concat([Buffer.from(`msg_1.${NOW_S}.`), body]);

  expect(mark).toBe("v1a");
  expect(verify(null, signed, key, Buffer.from(base64, "base64"))).toBe(true);
});

test("what node signs, the public key verifies; another body or another key does not", () => {
  const pair = generateKeyPairSync("ed25519");
  const raw = pair.publicKey.export({ format: "der", type: "spki" }).subarray(-32);
  const signed = Buffer.concat([Buffer.from(`msg_1.${NOW_S}.`), body]);
  const signature = `v1a,${sign(null, signed, pair.privateKey).toString("base64")}`;
  const theirs = `whpk_${raw.toString("base64")}`;

  expect(check([theirs], signature)).toMatchObject({ status: "verified", secretIndex: 0 });
  expect(check([publicKey, theirs], signature)).toMatchObject({ secretIndex: 1 });
  expect(check([publicKey], signature).status).toBe("failed");
  expect(check([theirs], signature, Buffer.from("{}")).status).toBe("failed");
});

test("both forms side by side: each receiver finds its own, and ignores the other", () => {
  const shared = generateSecret();
  const signature = createStandardSigner([shared, privateKey]).sign("msg_1", NOW_S, body);

  expect(signature).toMatch(/^v1,\S+ v1a,\S+$/);
  expect(check([shared], signature).status).toBe("verified");
  expect(check([publicKey], signature).status).toBe("verified");
  const both = [generateSecret(), publicKey, shared];
  expect(check(both, signature)).toMatchObject({ status: "verified", secretIndex: 2 });
  expect(check([generateSecret(), publicKey], signature)).toMatchObject({ secretIndex: 1 });
});

test("the seed alone is a private key too", () => {
  const seed = `whsk_${Buffer.from(privateKey.slice(5), "base64").subarray(0, 32).toString("base64")}`;
  const signature = createStandardSigner([seed]).sign("msg_1", NOW_S, body);
  expect(check([publicKey], signature).status).toBe("verified");
});

test.each([
  ["nothing", "whsk_"],
  ["no base64", "whsk_!!!"],
  ["too short", "whsk_AAAA"],
  ["a public half of another key", `whsk_${Buffer.alloc(64, 7).toString("base64")}`],
])("a private key that is %s is refused when the signer is made", (_, secret) => {
  expect(() => createStandardSigner([secret])).toThrow(
    expect.objectContaining({ code: "secret_undecodable" }),
  );
});

test("an old signature fails with its age, whichever key made it", () => {
  const signature = createStandardSigner([privateKey]).sign("msg_1", NOW_S, body);
  const result = compileStandardVerifier([publicKey]).verify({
    method: "POST",
    url: "",
    headers: {
      get: (name) => headersOf(signature)[name as "webhook-id"],
      all: (name) => [headersOf(signature)[name as "webhook-id"]].filter(Boolean),
    },
    body,
    nowMs: (NOW_S + 301) * 1000,
  });
  expect(result).toMatchObject({ status: "failed", reason: "timestamp_too_old" });
});
