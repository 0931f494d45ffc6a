# AWS Lambda: the record of an asynchronous invocation whose payload carries the task token, from the destination of a
# success or a failure. On an event bus the record is the detail; a queue or topic gets it as it is. The record of a
# failure never arrives here as it is: it is an envelope, and its request is tried again.
# https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
def text(reasons): [reasons | strings | select(. != "")] | join("; ");

select(type == "object")
| (."detail-type" // "") as $type
| if has("detail-type") then
    select(.source == "lambda" and ($type | type == "string" and startswith("Lambda Function Invocation Result"))) | .detail
  else .
  end
| select(type == "object" and (.requestContext | type == "object" and has("functionArn") and has("condition")))
| $meta.tokenNames.parameter as $name
| (.requestContext.condition == "Success") as $succeeded
| if has("requestPayload") | not then error("the record leaves the request out")
  elif .requestPayload | type != "object" or (has($name) | not) then null
  elif $type | endswith(if $succeeded then "Failure" else "Success" end) then error("detail-type and condition disagree")
  elif $succeeded and has("responsePayload") then
    {taskToken: .requestPayload[$name], output: .responsePayload}
  elif $succeeded then error("the record leaves the response out")
  else
    {
      taskToken: .requestPayload[$name],
      error: "Lambda.FunctionFailed",
      cause: text(
        .requestContext.condition,
        (.responsePayload | objects | [.errorType, .errorMessage | strings] | join(": ")),
        .requestContext.functionArn,
        (.requestContext.requestId | strings | "request \(.)")
      )
    }
  end
