/**
 * Named places at which a test may ask the process to die, as if the power of the process were cut:
 * SIGKILL, no handler, no flush. Unarmed it is one string comparison.
 */
export type CrashPoint = (name: string) => void;

/** `armed` is the name of the point to die at, or "" for none; `name#3` dies at its third passing. */
export function createCrashPoint(armed: string): CrashPoint {
  const [armedName, passes] = armed.split("#");
  let passesLeft = Number(passes ?? 1);
  return (name) => {
    if (armed === "" || name !== armedName) return;
    passesLeft -= 1;
    if (passesLeft === 0) process.kill(process.pid, "SIGKILL");
  };
}
