import express from "express";
import { receiver, stripe } from "@ringdown/receiver";
import { expressHandler } from "@ringdown/receiver/express";

const webhooks = receiver({
  provider: stripe,
  secrets: process.env["STRIPE_WHSEC"], // missing or malformed: the program stops here
  onEvent: (event) => {
    console.log(`${event.type} ${event.id}`);
  },
});

const app = express();
app.all("/stripe", expressHandler(webhooks)); // before express.json(): the bytes are what is signed
app.use(express.json());

export const server = app.listen(Number(process.env["PORT"] ?? 3000));
