# AWS Batch: a job that was submitted with the task token in its environment or among its parameters. Children of an
# array job and nodes of a multi-node job carry the token of their parent: only the parent's end counts.
# https://docs.aws.amazon.com/batch/latest/userguide/batch_job_events.html
def items: arrays | .[] | objects;
def take(keys): . as $o | reduce (keys | select(. as $key | $o | has($key))) as $key ({}; . + {($key): $o[$key]});
def text(reasons): [reasons | strings | select(. != "")] | join("; ");

def variables:
  (
    .container,
    (.ecsProperties | objects | .taskProperties | items | .containers | items),
    (.nodeProperties | objects | .nodeRangeProperties | items | .container)
    | objects | .environment | items
  ),
  (.eksProperties | objects | .podProperties | objects | .containers | items | .env | items);

def child:
  any(
    (.arrayProperties | objects | has("index")),
    (.nodeDetails | objects | has("nodeIndex")),
    (.jobId | strings | test("[:#]"));
    .
  );

select(type == "object" and .source == "aws.batch" and ."detail-type" == "Batch Job State Change")
| .detail | objects
| $meta.tokenNames as $names
| [
    (variables | select(.name == $names.environment) | {token: .value}),
    (.parameters | objects | select(has($names.parameter)) | {token: .[$names.parameter]})
  ][0] as $carrier
| ((.container | objects) // {}) as $container
| if $carrier == null or child then null
  elif .status | IN("SUBMITTED", "PENDING", "RUNNABLE", "STARTING", "RUNNING") then null
  elif .status == "SUCCEEDED" then
    {
      taskToken: $carrier.token,
      output: (
        take("jobId", "jobArn", "jobName", "jobQueue", "jobDefinition", "createdAt", "startedAt", "stoppedAt", "attempts", "eksAttempts", "arrayProperties")
        + ($container | take("exitCode", "logStreamName"))
      )
    }
  elif .status == "FAILED" then
    {
      taskToken: $carrier.token,
      error: "Batch.JobFailed",
      cause: text(
        .statusReason,
        $container.reason,
        ($container | select(has("exitCode")) | "exit code \(.exitCode)"),
        .jobArn
      )
    }
  else error("unknown status")
  end
