/**
 * Secrets at rest (I8): what is stored is AES-256-GCM under one key, with a fresh random nonce each
 * time and the place of the secret as additional data, so that a ciphertext copied to another
 * resource does not open there.
 *
 *   enc:v1:<key id>:<base64url of nonce (12) | ciphertext | tag (16)>
 *
 * The key id is the beginning of a hash of the key: a wrong key is told apart from damage.
 *
 * Source: NIST SP 800-38D; random 96-bit nonces are safe for 2^32 encryptions under one key, far
 * more than configurations are changed.
 */
import { createCipheriv, createDecipheriv, createHash } from "node:crypto";
import { RingdownError } from "../errors/ringdown-error.ts";

export const SECRET_KEY_BYTES = 32;

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const PREFIX = "enc:v1:";
const ALGORITHM = "aes-256-gcm";

export type SecretBox = {
  /** `place` names the secret for good: kind, id and path. */
  seal(secret: string, place: string): string;
  /** @throws secret_key_invalid for another key, another place or damaged text */
  open(sealed: string, place: string): string;
};

export type SecretBoxDeps = { readonly randomBytes: (size: number) => Uint8Array };

export function isSealed(text: string): boolean {
  return text.startsWith(PREFIX);
}

/** @throws secret_key_invalid for a key that is not 32 bytes */
export function createSecretBox(key: Uint8Array, { randomBytes }: SecretBoxDeps): SecretBox {
  if (key.length !== SECRET_KEY_BYTES) {
    throw keyInvalid(`The secret key has ${key.length} bytes instead of ${SECRET_KEY_BYTES}.`);
  }
  const keyId = createHash("sha256").update(key).digest("hex").slice(0, 8);

  return {
    seal(secret, place) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(ALGORITHM, key, nonce).setAAD(Buffer.from(place));
      const ciphertext = Buffer.concat([cipher.update(secret, "utf8"), cipher.final()]);
      const sealed = Buffer.concat([nonce, ciphertext, cipher.getAuthTag()]);
      return `${PREFIX}${keyId}:${sealed.toString("base64url")}`;
    },
    open(sealed, place) {
      const [sealedKeyId, text = ""] = sealed.slice(PREFIX.length).split(":");
      if (sealedKeyId !== keyId) {
        throw keyInvalid("Stored secrets were encrypted with another key than this one.");
      }
      const bytes = Buffer.from(text, "base64url");
      if (bytes.length < NONCE_BYTES + TAG_BYTES) throw damaged();
      const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      })
        .setAAD(Buffer.from(place))
        .setAuthTag(bytes.subarray(-TAG_BYTES));
      const ciphertext = bytes.subarray(NONCE_BYTES, -TAG_BYTES);
      try {
        return decipher.update(ciphertext, undefined, "utf8") + decipher.final("utf8");
      } catch {
        throw damaged();
      }
    },
  };
}

function keyInvalid(message: string): RingdownError {
  return new RingdownError("secret_key_invalid", message);
}

/** Says nothing of what is in it, nor which part does not fit. */
function damaged(): RingdownError {
  return keyInvalid(
    "A stored secret cannot be decrypted: it is damaged or stands in another place.",
  );
}
