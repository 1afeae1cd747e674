import type { EventPayloadMap } from "@octokit/webhooks-types";
import type Stripe from "stripe";
import { type ActionEvent, type BodyEvent, github, receiver, stripe } from "@ringdown/receiver";

export const payments = receiver<BodyEvent<Stripe.Event>>({
  provider: stripe,
  secrets: process.env["STRIPE_WHSEC"],
  onEvent: (event) => {
    if (event.type !== "invoice.paid") return;
    console.log(event.body.data.object.amount_paid); // Stripe.Invoice
  },
});

export const repository = receiver<ActionEvent<EventPayloadMap>>({
  provider: github,
  secrets: process.env["GITHUB_SECRET"],
  onEvent: (event) => {
    if (event.type !== "pull_request.opened") return;
    console.log(event.body.pull_request.title);
  },
});
