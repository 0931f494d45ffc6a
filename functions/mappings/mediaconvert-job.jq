# AWS Elemental MediaConvert: a job that was created with the task token in its userMetadata. Each STATUS_UPDATE, one
# a minute, is a heartbeat.
# https://docs.aws.amazon.com/mediaconvert/latest/ug/mediaconvert_event_list.html
def take(keys): . as $o | reduce (keys | select(. as $key | $o | has($key))) as $key ({}; . + {($key): $o[$key]});
def text(reasons): [reasons | strings | select(. != "")] | join("; ");

select(type == "object" and .source == "aws.mediaconvert" and ."detail-type" == "MediaConvert Job State Change")
| .detail | objects
| $meta.tokenNames.parameter as $name
| ((.userMetadata | objects | select(has($name)) | {token: .[$name]}) // null) as $carrier
| if $carrier == null then null
  elif .status | IN("SUBMITTED", "INPUT_INFORMATION", "PROGRESSING", "NEW_WARNING", "QUEUE_HOP") then null
  elif .status == "STATUS_UPDATE" then {taskToken: $carrier.token, outcome: "heartbeat"}
  elif .status == "COMPLETE" then
    {taskToken: $carrier.token, output: take("jobId", "queue", "timestamp", "outputGroupDetails", "warnings")}
  elif .status | IN("ERROR", "CANCELED") then
    {
      taskToken: $carrier.token,
      error: (if .status == "ERROR" then "MediaConvert.JobError" else "MediaConvert.JobCanceled" end),
      cause: text(
        .errorMessage,
        (select(has("errorCode")) | "error code \(.errorCode)"),
        (.jobId | strings | "job \(.)")
      )
    }
  else error("unknown status")
  end
