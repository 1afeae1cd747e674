/**
 * Key pairs of the test senders. Made for these tests, used nowhere else, and public: not secrets.
 *
 * The certificates are valid from 2020 to 2100, one of them until 2024.
 */
import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { publicPoint } from "./ecdsa.ts";

const RSA_CURRENT = [
  "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC3p8339BgxddxZacns+CDb8wQmFvMK0rhdZD/S",
  "L2yS8WwyO8aRT0eKNwZsp6sHgaSGPBmE0PujlXubW3TD34qdu2p64nER5cV4Q1xkiTXzAL7c75OYdzQBW0Sa48Pd",
  "sQc+SR/XBc2EyHSm0l+yezMbUQXEFlRNCE9qasCM801CTsMO0mIGI0NguuuDTJEFACMZsas4USMKmG9JRTDmg525",
  "p7qLdvaw3M0+QwpuQeP2gicY48HSXHukN5Q7KZsxGzfGzYFdP+61VjUOeyHwsoYb9TZrbYItTiGzs4v1u9NUzTdK",
  "1bJHhcpwbJQ74b2Ugdgis26KIJeyS16GZ7HuTmhdAgMBAAECggEAAW/RWtY+djW9aW48TJuWDjlQV/7Mifa1fj/W",
  "GbK2tgXe7K5BCZP8xgGdDfezjPoyhuG+6e87eL9wNNWn53xjgaiu+0mzp+V5krrcLgpQw5c0nekDoCkESv7+y2f9",
  "C5Nii9YOVLZ1DUvidb6Blye6KMWMyP+CAi+zK+yscvb845pTmte9OYOxYN+tZFwUE7FbtUGokgtQUgF+oyYgDr33",
  "0vfc56pRTtpDECPchJJt7oM2qZDZu6bxoJqUlMeiIrw1A0La/iqB6zKxdBZahb3oU8pKp3PhK7Yrh8JczIO38/3N",
  "NbDi8jN12edI/4cppPdABxMq6iyRkI1OzOuqsjYflQKBgQDcHvd29z+VD7CK/LfIy7vqEUcPt5pHrRsElQ3XAal/",
  "qM4qioYhOQPILaBsDqVmRlFJWnplpTVxtAENJ+Ea9rRqmeu/RPwfYqDjFfhBS7ROj2zaqcoooNq4fGU+hGn6K7GA",
  "k+VS7x0/iHIBo5ftru81mA4wEF6U+4nsLsdphjxsKwKBgQDVlzw/q6P3XCPZ+wpmVPBaiTJFxWQBJxY9OzfRlDzE",
  "pqeNh1sy5URpgnFbv+6Nn6Qwc/knJFONH9QSjsoTn7tPQn0zNkIywpp14zV3YvEO1A1O1LOogAMW8AfDxIQv5hwv",
  "Fgs7EQTerccNBHxMX4becDpBcYcUoOvap2yL8dNRlwKBgBT38jTn+quVcgjbaBp9pen3OWC66bx4NgGqvUXFB8N8",
  "bh9JUNurVbvk9Mo2XvUuL6IgN1aldUDel9cL/HqYE7mv7fArfyTyPUdEmYCG2Kc/LGxsDjDumcdHOlHJRVsqfF82",
  "N3s+AfhCZDHZxqhCqNDfKkLT3F6u04WnMyHPQsQ/AoGAMlirwvZad/woF0GteeGbpjugtgGJSRxFibljtusSR+hg",
  "pmO5g423SoeM4Ouk940hzqoHmMpfR2yxOI6f43BLXqt1h5TKldx5PECKYdHYsH4bhPFuR9Gk6Ms7iVHRNtku24p+",
  "qzWfyD1+JftgsT/zMouRr8tq49nqvmeolnQyM5ECgYEAoWVbKcAk/KvVO6tDFbizhc2PhIKbVElsKDqdw/HFmlsR",
  "Aze8MsfAQMIZA2qBbADV7tVI8I8ZB/AZhRjxUvKBfHjG2BMn2DzWgQYdQSdnxKBqzdnXIQZbnQxAS1EuJu9WNIi/",
  "Lz3s3+J7/nlO8XZr9zV1dhJ/Ni3kHuaFKtJun7k=",
].join("");

const RSA_FOREIGN = [
  "MIIEvAIBADANBgkqhkiG9w0BAQEFAASCBKYwggSiAgEAAoIBAQDOdCu13CRgYcOJdx1wBwit+MkCJR2yQmeYf2FT",
  "hU+vXnK0kTIigUu47RddR8aEJfAhaWCD7oLgILKnQZ5niyDlx9jqiQRTjh7n5FxNhWW5kULLA3Xs6NckKggKohmG",
  "S7nduk1dgzBNXdjvNsOc6WFpbbVndcPE5DNMFJlNn8yrCyKtVdea5vWuqd40dYGr1sXcBZ3LgF1XG8v/3lpY9FcP",
  "cwtlS9ig/evEYY9i+mMphpi8Khb1cwDtiaPnHr3uwbTaXAzuRAf9viOG4+io1q2l/ZvwhWGo15b13Y94g3TCCH/j",
  "sdYmom6+6rqG+VMmAqBDrRBXyr9C7/7vevwk0fJ9AgMBAAECggEADIgMpytHofoNLmjmhohGxJiXSuQJ22ogc6c3",
  "tyQeZBythbxSeLm0aPMrOeRDbn4HB2AoFZoCo6wYbAKVpN9TDd+FkSbj9lZoFddMqv/v3sWscjoxjEHN3UoX1t1k",
  "AzzReV33mDeAVRHfOxXt5bZczVN1cWQ6j9byLioJ7CZI/BDC//wF5jRR0nyj9DYDypH1xCQvzZ2NCw/6n3jQiciK",
  "R0jgJrWz4bWGkUmeXXWQuDHndSxm/YQZyJtWYj/ckkATvPTP0V5/rGdJhjZf3gEI3g2rC9hd87w/tv4eaVgeTbx6",
  "qGqWY+ZfXyLhOjmBGkel3Zcrc2kBp8M39FbnuB8ymQKBgQD1ef7ar3PIFadEj5xs2uv23V6ZWGl5tKwRqNWulyJv",
  "QtODgTBgSQ8ozJjpCn6PUH7i/D5L3btkGcNKVqyjKQTjovH7HRODh6Qaz43BIXRgcHg1dazqg1mYl0KpUWweVy9I",
  "Tdz4yABkDhxQCUAVZhP1s0fqkZnsYHJUS8ob67RxywKBgQDXTeqfl4SuQPG2CJk99wff+keFCp7DKSC4s71gS7m0",
  "U9ImOnrN+NsNLhYnf758mWiFSULrBHg0Zk0LFDoQVwHOMI6zl2EaFy6hyDQrn4XlyV87ZN/Ql4OxMZFpugqePuii",
  "/62Oka5Q3jlZTUhHaq3qtaddd6ZD+C+wEtbXRrMD1wKBgC32ZLivp18sZsBYn3JmX04+zsqpmj42jQ1VboUdOU5Z",
  "1d7Gnrc4lsUN4geodmABM3Dux/9OihrJFB7kMbjvIkI5LVPWcuPqzthSSnmB+Rdhl7By0yip5WnD0LCBVVws+OZx",
  "5dETKbeSSMzXno8jKNOVeP67unVe7alI85Pcw1GXAoGAJMZgPuYoeYMKRidt1VGufKlJMgZAW+FYf3Pj8uC8VXrD",
  "uFfgxfGtqLCohBKjvLCPU8TRs0bOKVUX776CtGvIGSneFfrTURuIkYWas6DJxBgDNifiusRGcCuhRMfMLH9eSQkW",
  "4fUsKw/qB8DVia1FC4P/lE1tjsqDirWNELQ4u30CgYB/Nfjbpo8HgZBUec6M1D31PAUWgUQct/s0pNdm2cf2poW2",
  "NHslEn7ooWE/eSTQ3skchOCLOOniIwzBJ4ELE1yFQp4PNz+Fm0EQKYtasrELJBM9o14g7RQj1JGbNBlpr2gjMnxF",
  "bjEwQ07aNUZOTA5AMNy7WKM0oqeLubWOE6JKmg==",
].join("");

const CERTIFICATE_CURRENT = [
  "MIICrDCCAZQCAQEwDQYJKoZIhvcNAQELBQAwGzEZMBcGA1UEAwwQdGVzdC5leGFtcGxlLmNvbTAgFw0yMDAxMDEw",
  "MDAwMDBaGA8yMTAwMDEwMTAwMDAwMFowGzEZMBcGA1UEAwwQdGVzdC5leGFtcGxlLmNvbTCCASIwDQYJKoZIhvcN",
  "AQEBBQADggEPADCCAQoCggEBALenzff0GDF13Flpyez4INvzBCYW8wrSuF1kP9IvbJLxbDI7xpFPR4o3BmynqweB",
  "pIY8GYTQ+6OVe5tbdMPfip27anricRHlxXhDXGSJNfMAvtzvk5h3NAFbRJrjw92xBz5JH9cFzYTIdKbSX7J7MxtR",
  "BcQWVE0IT2pqwIzzTUJOww7SYgYjQ2C664NMkQUAIxmxqzhRIwqYb0lFMOaDnbmnuot29rDczT5DCm5B4/aCJxjj",
  "wdJce6Q3lDspmzEbN8bNgV0/7rVWNQ57IfCyhhv1Nmttgi1OIbOzi/W701TNN0rVskeFynBslDvhvZSB2CKzboog",
  "l7JLXoZnse5OaF0CAwEAATANBgkqhkiG9w0BAQsFAAOCAQEASZ+bcGFnHIRBKeULciTLJU//BBYiWr5M9IZIAZ2P",
  "zXVUokFr4TZdwJmjfp3MGVgKMpcSo3e+vCTeMnnFrLgnDor2tir75ez4ZFNZsZOsgyd/A7r2Mg1yCjQCQkzQrrYs",
  "7gtRIEXa7KP0VT0XFx5b99o8qQGQ2HKdi4Fh7OacniWhx8UyhDNRjnIOVuXnfCz53SsUMZ0+Fllkw93y7j2XSyBt",
  "kE81NYuheG0XzRIi8dqc72M+CEOKCUWX8llEXB5UHsB2Lg3sV81dX3R/fkNxHIIBW9+yygFzJ43oX3zZAxm4jC5W",
  "HYv8ZNNwsfIfbnnY1275zvVb257rVFrePXR1Ng==",
].join("");

const CERTIFICATE_EXPIRED = [
  "MIICqjCCAZICAQMwDQYJKoZIhvcNAQELBQAwGzEZMBcGA1UEAwwQdGVzdC5leGFtcGxlLmNvbTAeFw0yMDAxMDEw",
  "MDAwMDBaFw0yNDAxMDEwMDAwMDBaMBsxGTAXBgNVBAMMEHRlc3QuZXhhbXBsZS5jb20wggEiMA0GCSqGSIb3DQEB",
  "AQUAA4IBDwAwggEKAoIBAQC3p8339BgxddxZacns+CDb8wQmFvMK0rhdZD/SL2yS8WwyO8aRT0eKNwZsp6sHgaSG",
  "PBmE0PujlXubW3TD34qdu2p64nER5cV4Q1xkiTXzAL7c75OYdzQBW0Sa48PdsQc+SR/XBc2EyHSm0l+yezMbUQXE",
  "FlRNCE9qasCM801CTsMO0mIGI0NguuuDTJEFACMZsas4USMKmG9JRTDmg525p7qLdvaw3M0+QwpuQeP2gicY48HS",
  "XHukN5Q7KZsxGzfGzYFdP+61VjUOeyHwsoYb9TZrbYItTiGzs4v1u9NUzTdK1bJHhcpwbJQ74b2Ugdgis26KIJey",
  "S16GZ7HuTmhdAgMBAAEwDQYJKoZIhvcNAQELBQADggEBAGW+T/SCGEqIiLfWecoaABC3ECEZcRoHqbZGgCwEiDty",
  "5403Fu9ZWjTAHa/fGZDckccnkHjOxS50Fpva3OZakXmg0tmOaaJGcK9z++jTizWVFmcEUKi5IsKO+VWXpJfV93rn",
  "XEGLwJBBEVnNdqxvJy4YbpLwJ/hifRszZFAmEyDDsSUfrmNa7AXyPYs66rJ+duf51zfVe3Sos9Q/c62uEBIsJIFn",
  "D0dysX7HWrPbhFA5ayT1L++DG+zPA9jgZxtI6Ifb9QbzVhvA70m7yy6EVIi+yokAtyDA8lTmx+u9UAyutDtJDkdf",
  "VAC4VWomYrQLsu+QRNIN/wyKNhvKxBW15bM=",
].join("");

const pem = (label: string, base64: string): string =>
  `-----BEGIN ${label}-----\n${base64.replaceAll(/.{64}/g, "$&\n")}\n-----END ${label}-----\n`;

const rsa = (base64: string): KeyObject => createPrivateKey(pem("PRIVATE KEY", base64));

export const rsaCurrent: KeyObject = rsa(RSA_CURRENT);
export const rsaForeign: KeyObject = rsa(RSA_FOREIGN);
export const certificate: string = pem("CERTIFICATE", CERTIFICATE_CURRENT);
export const expiredCertificate: string = pem("CERTIFICATE", CERTIFICATE_EXPIRED);

/** An Ed25519 pair from a seed that is one byte, 32 times. */
export function ed25519(byte: number): KeyObject {
  const prefix = Buffer.from("302e020100300506032b657004220420", "hex");
  return createPrivateKey({
    key: Buffer.concat([prefix, Buffer.alloc(32, byte)]),
    format: "der",
    type: "pkcs8",
  });
}

/** The 32 bytes of an Ed25519 public key. */
export function rawPublicKey(pair: KeyObject): Buffer {
  return createPublicKey(pair).export({ format: "der", type: "spki" }).subarray(-32);
}

export function spkiBase64(key: KeyObject): string {
  const publicKey = key.type === "private" ? createPublicKey(key) : key;
  return publicKey.export({ format: "der", type: "spki" }).toString("base64");
}

/** A P-256 public key from its private number. */
export function ecPublicKey(d: bigint): KeyObject {
  return createPublicKey({ key: { kty: "EC", crv: "P-256", ...publicPoint(d) }, format: "jwk" });
}
