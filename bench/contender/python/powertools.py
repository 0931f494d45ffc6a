"""Powertools' asynchronous batch processor around boto3, whose calls block and so go to 32 threads."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor

import boto3
from aws_lambda_powertools.utilities.batch import AsyncBatchProcessor, EventType, async_process_partial_response
from botocore.config import Config

CONCURRENCY = 32

client = boto3.client("stepfunctions", config=Config(max_pool_connections=CONCURRENCY))
pool = ThreadPoolExecutor(CONCURRENCY)
processor = AsyncBatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)


def complete(body):
    message = json.loads(body)
    if "error" in message:
        client.send_task_failure(
            taskToken=message["taskToken"], error=message["error"], cause=message.get("cause", "")
        )
    else:
        client.send_task_success(taskToken=message["taskToken"], output=json.dumps(message["output"]))


async def attempt(record):
    await asyncio.get_running_loop().run_in_executor(pool, complete, record.body)


def handler(event, context):
    return async_process_partial_response(event=event, record_handler=attempt, processor=processor, context=context)
