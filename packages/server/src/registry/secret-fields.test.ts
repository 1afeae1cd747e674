import { describe, expect, test } from "vitest";
import { formatPath, formatProblem } from "../model/config-problem.ts";
import {
  isCredentialHeader,
  literalSecretProblems,
  maskSecrets,
  secretPaths,
  type Spec,
  unmaskSecrets,
} from "./secret-fields.ts";

const LONG = "whsec_0123456789abcdefghij";

const source: Spec = {
  verify: { secrets: [LONG, "${env:OLD}", "short"], header: "x-signature" },
};
const destination: Spec = {
  url: "https://a.example",
  sign: { secret: LONG },
  headers: { Authorization: "Bearer abc", "x-kind": "plain", "x-api-key": "${env:KEY}" },
};

describe("[I8] secrets of a specification", () => {
  test("are known by their place", () => {
    expect(secretPaths("sources", source).map(formatPath)).toEqual([
      "verify.secrets[0]",
      "verify.secrets[1]",
      "verify.secrets[2]",
    ]);
    expect(
      secretPaths("sources", { verify: { username: "u", password: "p", token: "t" } }).map(
        formatPath,
      ),
    ).toEqual(["verify.password", "verify.token"]);
    expect(secretPaths("destinations", destination).map(formatPath)).toEqual([
      "sign.secret",
      "headers.Authorization",
      "headers.x-api-key",
    ]);
    expect(secretPaths("routes", { to: "a" })).toEqual([]);
    expect(secretPaths("sources", { verify: "none" })).toEqual([]);
  });

  test.each([
    ["Authorization", true],
    ["cookie", true],
    ["X-Api-Key", true],
    ["x-webhook-secret", true],
    ["x-auth-token", true],
    ["x-author", false],
    ["idempotency-key", false],
    ["content-type", false],
  ])("the header %s carries a credential: %s", (name, expected) => {
    expect(isCredentialHeader(name)).toBe(expected);
  });

  test("are shown masked, references as they are", () => {
    expect(maskSecrets("sources", source)).toEqual({
      verify: { secrets: ["••••ghij", "${env:OLD}", "••••"], header: "x-signature" },
    });
    expect(maskSecrets("destinations", destination)).toMatchObject({
      sign: { secret: "••••ghij" },
      headers: { Authorization: "••••", "x-kind": "plain", "x-api-key": "${env:KEY}" },
    });
    expect(source["verify"]).toMatchObject({ secrets: [LONG, "${env:OLD}", "short"] });
  });

  test("masked ones that are sent back are what they were", () => {
    const shown = maskSecrets("sources", source);
    expect(unmaskSecrets("sources", shown, source)).toEqual({ spec: source, problems: [] });
  });

  test("also at another place of the same list, if there is only one it can be", () => {
    const rotated = { verify: { secrets: ["new-secret", "••••ghij"] } };
    expect(unmaskSecrets("sources", rotated, source).spec).toEqual({
      verify: { secrets: ["new-secret", LONG] },
    });
    const two = { verify: { secrets: ["short", "tiny"] } };
    const ambiguous = unmaskSecrets("sources", { verify: { secrets: ["x", "y", "••••"] } }, two);
    expect(ambiguous.problems.map(formatProblem)).toEqual([
      "verify.secrets[2]: is a masked secret, and none here has this mask; send the secret",
    ]);
  });

  test("a mask of nothing is a problem, not a secret", () => {
    const shown = { verify: { secret: "••••ghij" } };
    for (const before of [undefined, { verify: "none" }, { verify: { secret: "other" } }]) {
      expect(unmaskSecrets("sources", shown, before).problems).toHaveLength(1);
    }
  });

  test("files hold references only", () => {
    expect(literalSecretProblems("sources", source).map(formatProblem)).toEqual([
      "verify.secrets[0]: secrets are given by reference only: write ${env:NAME} or ${file:/path}",
      "verify.secrets[2]: secrets are given by reference only: write ${env:NAME} or ${file:/path}",
    ]);
    expect(
      literalSecretProblems("destinations", { headers: { authorization: "Bearer ${env:T}" } }),
    ).toEqual([]);
  });
});
