# Amazon Rekognition Video: the notification of a job whose JobTag is the task token, alone or behind "taskToken=".
# It comes through an SNS topic, whose envelope is open by now.
# https://docs.aws.amazon.com/rekognition/latest/dg/video-notification-payload.html
def take(keys): . as $o | reduce (keys | select(. as $key | $o | has($key))) as $key ({}; . + {($key): $o[$key]});
def text(reasons): [reasons | strings | select(. != "")] | join("; ");

# The token in a text that may as well be somebody's words: nothing, and what has white space in it, is no token.
def carrier:
  "\($meta.tokenNames.parameter)=" as $prefix
  | if . == null or . == "" then null
    elif type == "string" and startswith($prefix) then {token: ltrimstr($prefix)}
    elif type == "string" and test("\\s") then null
    else {token: .}
    end;

# Textract's notifications look alike, with a document in the place of the video.
select(type == "object" and has("JobId") and has("API") and has("Status") and (.Video | type) == "object")
| (.JobTag | carrier) as $carrier
| if $carrier == null or .Status == "IN_PROGRESS" then null
  elif .Status == "SUCCEEDED" then {taskToken: $carrier.token, output: take("JobId", "API", "Video", "Timestamp")}
  elif .Status | IN("FAILED", "ERROR") then
    {
      taskToken: $carrier.token,
      error: "Rekognition.JobFailed",
      cause: text(.StatusMessage, .Message, "\(.API) job \(.JobId)")
    }
  else error("unknown Status")
  end
