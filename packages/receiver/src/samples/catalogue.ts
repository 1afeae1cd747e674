/** Every provider's samples. The order does not matter: whoever lists them sorts. */
import { businessSamples } from "./business.ts";
import { chatSamples } from "./chat-and-social.ts";
import { developmentSamples } from "./development.ts";
import { documentSamples } from "./documents.ts";
import { githubSamples } from "./github.ts";
import { mailSamples } from "./mail-and-phone.ts";
import { operationSamples } from "./operations.ts";
import { paymentSamples } from "./payments.ts";
import { platformSamples } from "./platforms.ts";
import type { SampleCatalogue } from "./sample.ts";
import { shopifySamples } from "./shopify.ts";
import { slackSamples } from "./slack.ts";
import { standardSamples } from "./standard.ts";
import { stripeSamples } from "./stripe.ts";

export const catalogue: SampleCatalogue = {
  ...businessSamples,
  ...chatSamples,
  ...developmentSamples,
  ...documentSamples,
  ...githubSamples,
  ...mailSamples,
  ...operationSamples,
  ...paymentSamples,
  ...platformSamples,
  ...shopifySamples,
  ...slackSamples,
  ...standardSamples,
  ...stripeSamples,
};
