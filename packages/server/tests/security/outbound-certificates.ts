/**
 * Makes X.509 certificates for the TLS tests: a small authority and what it signs, or what nobody
 * signed. Node can read certificates but not write them, so the DER is put together here.
 *
 * ECDSA P-256 with SHA-256, version 3, with subject alternative names. For tests only.
 * Sources: RFC 5280 (profile), RFC 5758 (ECDSA), X.690 (DER).
 */
import { generateKeyPairSync, sign } from "node:crypto";
import type { KeyObject } from "node:crypto";

export type Certificate = {
  /** PEM. */
  readonly cert: string;
  /** PEM. */
  readonly key: string;
  readonly name: string;
  readonly privateKey: KeyObject;
};

export type CertificateOptions = {
  readonly name: string;
  /** DNS names and IPv4 addresses. */
  readonly altNames?: readonly string[];
  /** Signs itself when absent. */
  readonly issuer?: Certificate;
  readonly isAuthority?: true;
  /** Days from now. */
  readonly validFrom?: number;
  readonly validTo?: number;
};

const DAY_MS = 24 * 60 * 60 * 1000;

let serial = 1;

export function makeCertificate(options: CertificateOptions): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const { name, altNames = [], issuer, isAuthority, validFrom = -1, validTo = 1 } = options;
  const algorithm = sequence(oid("1.2.840.10045.4.3.2"));
  const toBeSigned = sequence(
    explicit(0, integer(2)),
    integer(serial++),
    algorithm,
    distinguishedName(issuer?.name ?? name),
    sequence(time(validFrom), time(validTo)),
    distinguishedName(name),
    publicKey.export({ type: "spki", format: "der" }),
    explicit(3, sequence(...extensions(altNames, isAuthority === true))),
  );
  const signature = sign("sha256", toBeSigned, issuer?.privateKey ?? privateKey);
  const der = sequence(toBeSigned, algorithm, bitString(signature));
  return {
    cert: pem("CERTIFICATE", der),
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    name,
    privateKey,
  };
}

function extensions(altNames: readonly string[], isAuthority: boolean): Buffer[] {
  const names = altNames.map((name) =>
    /^[\d.]+$/.test(name)
      ? tagged(0x87, Buffer.from(name.split(".").map(Number)))
      : tagged(0x82, Buffer.from(name, "ascii")),
  );
  const constraints = sequence(...(isAuthority ? [tagged(0x01, Buffer.from([0xff]))] : []));
  return [
    extension("2.5.29.19", constraints),
    ...(names.length > 0 ? [extension("2.5.29.17", sequence(...names))] : []),
  ];
}

function extension(id: string, value: Buffer): Buffer {
  return sequence(oid(id), tagged(0x04, value));
}

function distinguishedName(commonName: string): Buffer {
  const attribute = sequence(oid("2.5.4.3"), tagged(0x0c, Buffer.from(commonName, "utf8")));
  return sequence(tagged(0x31, attribute));
}

function time(daysFromNow: number): Buffer {
  const iso = new Date(Date.now() + daysFromNow * DAY_MS).toISOString();
  return tagged(0x18, Buffer.from(`${iso.slice(0, 19).replaceAll(/[-T:]/g, "")}Z`, "ascii"));
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts));
}

function explicit(tag: number, content: Buffer): Buffer {
  return tagged(0xa0 + tag, content);
}

function integer(value: number): Buffer {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex");
  return tagged(0x02, (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes);
}

function bitString(bytes: Buffer): Buffer {
  return tagged(0x03, Buffer.concat([Buffer.from([0]), bytes]));
}

function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split(".").map(Number);
  return tagged(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(value: number): number[] {
  const digits = [value & 0x7f];
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) digits.unshift((rest & 0x7f) | 0x80);
  return digits;
}

function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  const hex = length.toString(16);
  const size = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex");
  return Buffer.concat([Buffer.from([tag, 0x80 + size.length]), size, content]);
}

function pem(label: string, der: Buffer): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}
