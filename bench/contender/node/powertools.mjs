// Powertools' batch processor, which works on all messages at once by default.
import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
import { SFNClient, SendTaskFailureCommand, SendTaskSuccessCommand } from "@aws-sdk/client-sfn";
import { serve } from "./runtime.mjs";

const client = new SFNClient({});
const processor = new BatchProcessor(EventType.SQS);

async function complete(record) {
  const { taskToken, output, error, cause } = JSON.parse(record.body);
  if (error !== undefined) await client.send(new SendTaskFailureCommand({ taskToken, error, cause }));
  else await client.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(output) }));
}

const handler = (event, context) =>
  processPartialResponse(event, complete, processor, { context, throwOnFullBatchFailure: false });

await serve(handler);
