# The canonical form in the detail of an EventBridge event.
select(type == "object" and has("detail-type") and has("source"))
| .detail
| select(type == "object" and (has("taskToken") or has("TaskToken")))
