# AWS CodeBuild: a build that was started with the task token in a plaintext environment variable.
# https://docs.aws.amazon.com/codebuild/latest/userguide/sample-build-notifications-ref.html
def items: arrays | .[] | objects;
def text(reasons): [reasons | strings | select(. != "")] | join("; ");

# Phases that did not succeed, with what CodeBuild says about them.
def failures:
  .phases | items
  | select((."phase-status" | strings) != "SUCCEEDED")
  | "\(."phase-type") \(."phase-status")" as $phase
  | [."phase-context" | arrays | .[] | strings | select(test("[^: ]"))]
  | if . == [] then $phase else "\($phase): \(join(", "))" end;

select(type == "object" and .source == "aws.codebuild" and ."detail-type" == "CodeBuild Build State Change")
| .detail | objects
| ((."additional-information" | objects) // {}) as $more
# Of a variable of another type the event holds the parameter's or secret's name only: no token.
| [
    ($more.environment | objects | ."environment-variables" | items | select(.name == $meta.tokenNames.environment))
    | {token: (if .type | IN("PLAINTEXT", null) then .value else null end)}
  ][0] as $carrier
| {FAILED: "CodeBuild.BuildFailed", FAULT: "CodeBuild.BuildFault", TIMED_OUT: "CodeBuild.BuildTimedOut", STOPPED: "CodeBuild.BuildStopped"} as $errors
| ."build-status" as $status
| if $carrier == null or $status == "IN_PROGRESS" then null
  elif $status == "SUCCEEDED" then
    {
      taskToken: $carrier.token,
      output: (
        {buildId: ."build-id", projectName: ."project-name"}
        + ($more | {buildNumber: ."build-number", sourceVersion: ."source-version", artifact, logs})
        | with_entries(select(.value != null))
      )
    }
  elif $status | IN($errors | keys[]) then
    {
      taskToken: $carrier.token,
      error: $errors[$status],
      cause: text(($more | failures), ."build-id", ($more.logs | objects | ."deep-link"))
    }
  else error("unknown build-status")
  end
