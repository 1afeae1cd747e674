/** The Node that runs this command. */
import type { Finding } from "./finding.ts";

/** Where `node:sqlite` stopped being experimental; `engines` says the same. */
const FLOOR = [24, 15] as const;

export function checkNode(version: string): Finding {
  const check = "Node";
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const isEnough = major > FLOOR[0] || (major === FLOOR[0] && minor >= FLOOR[1]);
  if (isEnough) return { check, level: "ok", found: version };
  const wanted = FLOOR.join(".");
  return {
    check,
    level: "fail",
    found: `${version} is too old`,
    advice: `Install Node ${wanted} or newer.`,
  };
}
