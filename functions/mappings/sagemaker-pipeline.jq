# Amazon SageMaker AI: a pipeline execution whose description is the task token, alone or behind "taskToken=".
# https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html#eventbridge-pipeline
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

select(type == "object" and .source == "aws.sagemaker" and ."detail-type" == "SageMaker Model Building Pipeline Execution Status Change")
| .detail | objects
| (.pipelineExecutionDescription | carrier) as $carrier
| .currentPipelineExecutionStatus as $status
| if $carrier == null then null
  elif $status | IN("Executing", "Stopping") then null
  elif $status == "Succeeded" then
    {
      taskToken: $carrier.token,
      output: take("pipelineArn", "pipelineExecutionArn", "pipelineExecutionDisplayName", "executionStartTime", "executionEndTime")
    }
  elif $status | IN("Failed", "Stopped") then
    {
      taskToken: $carrier.token,
      error: (if $status == "Failed" then "SageMaker.PipelineFailed" else "SageMaker.PipelineStopped" end),
      cause: text(.failureReason, .pipelineExecutionArn)
    }
  else error("unknown currentPipelineExecutionStatus")
  end
