"""boto3 and 32 threads, with a connection for each of them."""

import json
import logging
from concurrent.futures import ThreadPoolExecutor

import boto3
from botocore.config import Config

CONCURRENCY = 32

client = boto3.client("stepfunctions", config=Config(max_pool_connections=CONCURRENCY))
pool = ThreadPoolExecutor(CONCURRENCY)


def complete(record):
    message = json.loads(record["body"])
    if "error" in message:
        client.send_task_failure(
            taskToken=message["taskToken"], error=message["error"], cause=message.get("cause", "")
        )
    else:
        client.send_task_success(taskToken=message["taskToken"], output=json.dumps(message["output"]))


def attempt(record):
    try:
        complete(record)
    except Exception:
        logging.exception("not completed: %s", record["messageId"])
        return record["messageId"]
    return None


def handler(event, context):
    failed = pool.map(attempt, event["Records"])
    return {"batchItemFailures": [{"itemIdentifier": i} for i in failed if i is not None]}
