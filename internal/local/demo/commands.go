package demo

import "fmt"

// command is a line for a shell. Its comment holds no quote: a shell that does not know comments must get through it.
type command struct{ about, text string }

// commands complete an execution when they are copied one by one; the last ones show other ways and other ends.
//
// They are for bash and zsh, with the AWS CLI in version 1 or 2, curl from 7.75 and OpenSSL or LibreSSL.
func commands(a *application, machine, asking string) []command {
	c := commander{a}
	answer := func(members string) string {
		return c.aws(`sqs send-message --queue-url %s --message-body "{\"taskToken\":\"$TOKEN\",%s}"`, a.callbacks.URL(), members)
	}
	describe := c.aws(`stepfunctions describe-execution --execution-arn "$EXECUTION"`)
	list := []command{
		{"The CLI asks for credentials; the stand-in looks at no more than the name of the key.", "export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local AWS_PAGER="},

		{"1. Start a workflow. It sends an order with its task token to the request queue.", `EXECUTION=$(` + c.aws(
			`stepfunctions start-execution --state-machine-arn %s --input '{"order":{"id":"A-1","amount":120}}' --query executionArn --output text)`, machine)},
		{"2. It is RUNNING: it waits.", describe},
		{"3. Take the order, as a worker does.", `MESSAGE=$(` + c.aws(
			`sqs receive-message --queue-url %s --wait-time-seconds 5 --query 'Messages[0].[ReceiptHandle,Body]' --output text)`, a.requests.URL())},
		{"", `HANDLE=$(cut -f1 <<< "$MESSAGE")`},
		{"", `TOKEN=$(sed 's/.*"taskToken":"\([^"]*\)".*/\1/' <<< "$MESSAGE")`},
		// Earlier than a worker should: whoever reads on for half a minute would find this order behind the next one.
		{"", c.aws(`sqs delete-message --queue-url %s --receipt-handle "$HANDLE"`, a.requests.URL())},
		{"4. Answer on the callback queue. The function completes the workflow.", answer(`\"output\":{\"status\":\"accepted\"}`)},
		{"5. It has SUCCEEDED with the output of the worker.", describe},
		{"", c.aws(`stepfunctions get-execution-history --execution-arn "$EXECUTION" --query 'events[].type' --output text`)},

		{
			"A message that is no callback is in the dead-letter queue, with its reason.",
			c.aws(`sqs send-message --queue-url %s --message-body 'approved'`, a.callbacks.URL()),
		},
		{"", c.aws(`sqs receive-message --queue-url %s --wait-time-seconds 5 --message-attribute-names All`, a.deadLetters.URL())},

		{"Other answers, each in the place of step 4 after another start: a rejection,", answer(`\"error\":\"OrderRejected\",\"cause\":\"over the limit\"`)},
		{"a heartbeat,", answer(`\"outcome\":\"heartbeat\"`)},
	}
	list = append(list, c.event())
	list = append(list, c.webhook()...)
	list = append(list, c.call(), command{
		"and one past the functions, straight to Step Functions.",
		c.aws(`stepfunctions send-task-success --task-token "$TOKEN" --task-output '{"status":"accepted"}'`),
	})
	return append(list, c.approval(asking)...)
}

// commander writes commands for the application.
type commander struct{ *application }

// aws is a command of the AWS CLI.
func (c commander) aws(format string, args ...any) string {
	return fmt.Sprintf("aws --endpoint-url %s --region %s ", c.stack.URL(), c.stack.Region()) + fmt.Sprintf(format, args...)
}

func (c commander) event() command {
	return command{"an event on the bus,", c.aws(
		`events put-events --entries "Source=shop,DetailType=OrderAccepted,Detail='{\"taskToken\":\"$TOKEN\",\"output\":{\"status\":\"accepted\"}}'"`)}
}

// webhook is signed by Standard Webhooks: over the id, the time and the body.
func (c commander) webhook() []command {
	return []command{
		{"a webhook of the partner acme, who signs it with the secret that was agreed on,", "SECRET=" + standardSecret(c.partners.acme.key)},
		{"", `BODY="{\"taskToken\":\"$TOKEN\",\"output\":{\"status\":\"accepted\"}}"; ID=msg_$RANDOM; NOW=$(date +%s)`},
		{"", `SIGNATURE=$(printf %s "$ID.$NOW.$BODY" | openssl dgst -sha256 -hmac "$(printf %s "${SECRET#whsec_}" | openssl base64 -d -A)" -binary | openssl base64 -A)`},
		{"", fmt.Sprintf(`curl -i %s -H 'Content-Type: application/json' -H "Webhook-Id: $ID" -H "Webhook-Timestamp: $NOW" `+
			`-H "Webhook-Signature: v1,$SIGNATURE" --data-raw "$BODY"`, c.api.URL()+c.partners.acme.path())},
	}
}

func (c commander) call() command {
	return command{
		"a call that is signed with AWS credentials,",
		fmt.Sprintf(`curl -i --aws-sigv4 aws:amz:%s:execute-api --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" `+
			`-H 'Content-Type: application/json' --data-raw "{\"taskToken\":\"$TOKEN\",\"output\":{\"status\":\"accepted\"}}" %s`,
			c.stack.Region(), c.api.URL()+"/callbacks"),
	}
}

// approval asks people. The links that they are sent are shown where this runs, too.
func (c commander) approval(machine string) []command {
	return []command{
		{"Ask people. Their link is shown here, where this runs, and this gets it once more. Open it in a browser,", `EXECUTION=$(` + c.aws(
			`stepfunctions start-execution --state-machine-arn %s --input '{"title":"Deploy to production","seconds":3600}' `+
				`--query executionArn --output text)`, machine)},
		{"", `LINK=$(` + c.link(`mint --execution "$EXECUTION"`) + `); echo "$LINK"`},
		{"or answer as its form does: approve, or reject with a comment.", `curl -i "$LINK" --data-urlencode decision=approve --data-urlencode 'comment=Go ahead.'`},
		{"The requests that are open, and what is known of one.", c.link("list")},
		{"", c.link(`show "$LINK"`)},
		{"Before it is answered a request can be revoked. Its page says so then, and the workflow waits on.", c.link(`revoke "$LINK"`)},
		{
			"Every execution that waits can be given a link, whatever it waits for: an order after another start.",
			c.link(`mint --execution "$EXECUTION" --title 'Accept order A-1' --field amount=120 --expires 10m`),
		},
	}
}

// link is a command of `callback link`.
func (c commander) link(command string) string {
	return "go run ./cmd/callback link " + command + " --endpoint " + c.stack.URL()
}
