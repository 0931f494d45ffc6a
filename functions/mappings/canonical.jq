# The canonical form of a callback, as it is: an SQS body, the Message of an SNS notification.
select(type == "object" and (has("taskToken") or has("TaskToken")))
