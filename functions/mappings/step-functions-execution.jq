# AWS Step Functions: an execution of a standard workflow that was started with the task token in its input.
# https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
def take(keys): . as $o | reduce (keys | select(. as $key | $o | has($key))) as $key ({}; . + {($key): $o[$key]});
def text(reasons): [reasons | strings | select(. != "")] | join("; ");

# The input is JSON in a string. An event leaves out one that is too large: then nobody can say whether a token is in
# it, and that is no reason to drop the event.
def carrier:
  $meta.tokenNames.parameter as $name
  | if .input | type != "string" then error("the event leaves the input out")
    else [.input | fromjson | objects | select(has($name)) | {token: .[$name]}][0]
    end;

select(type == "object" and .source == "aws.states" and ."detail-type" == "Step Functions Execution Status Change")
| .detail | objects
| {FAILED: "StepFunctions.ExecutionFailed", TIMED_OUT: "StepFunctions.ExecutionTimedOut", ABORTED: "StepFunctions.ExecutionAborted"} as $errors
| .status as $status
| if $status | IN("RUNNING", "PENDING_REDRIVE") then null
  else
    carrier as $carrier
    | if $carrier == null then null
      elif $status == "SUCCEEDED" then
        {
          taskToken: $carrier.token,
          output: (
            take("executionArn", "stateMachineArn", "name", "startDate", "stopDate", "outputDetails")
            + (if (.output | type) == "string" then {output: (.output | fromjson)} else {} end)
          )
        }
      elif $status | IN($errors | keys[]) then
        {
          taskToken: $carrier.token,
          error: $errors[$status],
          cause: text(([.error, .cause | strings] | join(": ")), .executionArn)
        }
      else error("unknown status")
      end
  end
