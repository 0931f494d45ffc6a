# Amazon ECS: a task that was run with the task token in the environment of a container override. The container that
# carries the token is the one that is judged, by its exit code: sidecars may well be killed at the end.
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_task_events.html
def items: arrays | .[] | objects;
def take(keys): . as $o | reduce (keys | select(. as $key | $o | has($key))) as $key ({}; . + {($key): $o[$key]});
def text(reasons): [reasons | strings | select(. != "")] | join("; ");

select(type == "object" and .source == "aws.ecs" and ."detail-type" == "ECS Task State Change")
| .detail | objects
| [
    (.overrides | objects | .containerOverrides | items)
    | .name as $name
    | (.environment | items | select(.name == $meta.tokenNames.environment))
    | {$name, token: .value}
  ][0] as $carrier
| ([.containers | items | select(.name == $carrier.name)][0] // {}) as $container
| if $carrier == null then null
  elif .lastStatus | IN("PROVISIONING", "PENDING", "ACTIVATING", "RUNNING", "DEACTIVATING", "STOPPING", "DEPROVISIONING", "DELETED") then null
  elif .lastStatus != "STOPPED" then error("unknown lastStatus")
  elif $container.exitCode == 0 then
    {
      taskToken: $carrier.token,
      output: (
        take("taskArn", "taskDefinitionArn", "clusterArn", "startedAt", "stoppedAt", "stopCode", "stoppedReason", "containers")
        + ($container | take("exitCode")) + {container: $carrier.name}
      )
    }
  else
    {
      taskToken: $carrier.token,
      error: (if .stopCode == "TaskFailedToStart" then "ECS.TaskFailedToStart" else "ECS.TaskFailed" end),
      cause: text(
        .stoppedReason,
        ($container.reason | strings | "container \($carrier.name): \(.)"),
        ($container | if has("exitCode") then "exit code \(.exitCode)" else "no exit code" end),
        .taskArn
      )
    }
  end
