# Amazon SageMaker AI: a training job that was created with the task token among its hyperparameters.
# https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html#eventbridge-training
def items: arrays | .[] | objects;
def take(keys): . as $o | reduce (keys | select(. as $key | $o | has($key))) as $key ({}; . + {($key): $o[$key]});
def text(reasons): [reasons | strings | select(. != "")] | join("; ");

select(type == "object" and .source == "aws.sagemaker" and ."detail-type" == "SageMaker Training Job State Change")
| .detail | objects
| $meta.tokenNames.parameter as $name
| ((.HyperParameters | objects | select(has($name)) | {token: .[$name]}) // null) as $carrier
| .TrainingJobStatus as $status
| if $carrier == null then null
  elif $status | IN("InProgress", "Stopping", "Deleting") then null
  elif $status == "Completed" then
    {
      taskToken: $carrier.token,
      output: take("TrainingJobName", "TrainingJobArn", "ModelArtifacts", "OutputDataConfig", "FinalMetricDataList", "TrainingStartTime", "TrainingEndTime")
    }
  elif $status | IN("Failed", "Stopped") then
    {
      taskToken: $carrier.token,
      error: (if $status == "Failed" then "SageMaker.TrainingJobFailed" else "SageMaker.TrainingJobStopped" end),
      cause: text(
        .FailureReason // [.SecondaryStatusTransitions | items | .StatusMessage | strings][-1],
        (.SecondaryStatus | select(. != $status)),
        .TrainingJobArn
      )
    }
  else error("unknown TrainingJobStatus")
  end
