# Amazon Redshift Data API: a statement that was run WithEvent and whose name is the task token, alone or behind
# "taskToken=".
# https://docs.aws.amazon.com/redshift/latest/mgmt/data-api-monitoring-events.html
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

select(type == "object" and .source == "aws.redshift-data" and ."detail-type" == "Redshift Data Statement Status Change")
| .detail | objects
| (.statementName | carrier) as $carrier
| if $carrier == null then null
  elif .state | IN("SUBMITTED", "PICKED", "STARTED") then null
  elif .state == "FINISHED" then
    {
      taskToken: $carrier.token,
      output: take("statementId", "clusterId", "workgroupName", "database", "principal", "redshiftQueryId", "rows", "expireAt")
    }
  elif .state | IN("FAILED", "ABORTED") then
    {
      taskToken: $carrier.token,
      error: (if .state == "FAILED" then "RedshiftData.StatementFailed" else "RedshiftData.StatementAborted" end),
      cause: text(.errorMessage, (.statementId | strings | "statement \(.)"))
    }
  else error("unknown state")
  end
