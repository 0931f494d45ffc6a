// Package notice tells those who are asked that their decision is needed: by an SNS topic, by mail, in Slack, or by an event
// that somebody else turns into a message. Each way is an [approval.Channel].
//
// All of them carry the link, which is a secret, and none the task token. What a workflow wrote is quoted for each
// format, stands apart from our own words, and shows its control and formatting characters as code points, so that it
// can neither look like ours nor hide anything. People are shown at most what a request may hold; where a channel takes less,
// it says that the page shows everything. An event carries the texts as they are: whoever takes it quotes them for his format.
//
// A call that fails is tried again a few times, also where it may have arrived: two messages are better than none. Errors
// name the service's code and quote neither link nor text nor address.
//
// Limits follow
//
//   - SNS: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
//   - SES: https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html
//   - EventBridge: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
//   - Slack: https://docs.slack.dev/reference/block-kit/blocks and
//     https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
package notice
