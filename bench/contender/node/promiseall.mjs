// All messages at once with Promise.allSettled, which waits for every one as a partial batch response needs it. The SDK
// keeps 50 connections at most by default.
import { SFNClient, SendTaskFailureCommand, SendTaskSuccessCommand } from "@aws-sdk/client-sfn";
import { serve } from "./runtime.mjs";

const client = new SFNClient({});

async function complete(record) {
  const { taskToken, output, error, cause } = JSON.parse(record.body);
  if (error !== undefined) await client.send(new SendTaskFailureCommand({ taskToken, error, cause }));
  else await client.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(output) }));
}

async function handler(event) {
  const results = await Promise.allSettled(event.Records.map(complete));
  const batchItemFailures = [];
  results.forEach((result, i) => {
    if (result.status === "fulfilled") return;
    console.error("not completed", event.Records[i].messageId, result.reason);
    batchItemFailures.push({ itemIdentifier: event.Records[i].messageId });
  });
  return { batchItemFailures };
}

await serve(handler);
