/** What a check of `ringdown doctor` found. */

export type Finding = {
  readonly check: string;
  /** fail: something does not work. warn: it works, and should be looked at. */
  readonly level: "ok" | "warn" | "fail";
  /** One sentence without a full stop. */
  readonly found: string;
  /** What to do; for warn and fail. */
  readonly advice?: string;
};
