// Package webhook decides whether a request comes from who signed it. It reads the headers and the raw bytes of the
// body, never what is in the body, and fails closed: whatever it cannot read exactly as the sender writes it is refused.
// Where secrets are kept is a [Store]'s part and answering HTTP its callers'; the clock is passed in.
//
// [ParseScheme] gives a sender's [Scheme], [Scheme.ParseSecret] its secrets, [Scheme.Verify] the verdict:
//
//	name               headers                                           signed
//	standard-webhooks  webhook-id, webhook-timestamp, webhook-signature  {id}.{timestamp}.{body}
//	svix               svix-id, svix-timestamp, svix-signature           {id}.{timestamp}.{body}
//	github             X-Hub-Signature-256                               {body}
//	stripe             Stripe-Signature                                  {timestamp}.{body}
//	slack              X-Slack-Signature, X-Slack-Request-Timestamp      v0:{timestamp}:{body}
//	shopify            X-Shopify-Hmac-SHA256                             {body}
//	hmac               as Options say                                    {body} or {timestamp}.{body}
//
// The senders' pages:
//   - standard-webhooks: github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
//   - svix: docs.svix.com/receiving/verifying-payloads/how-manual
//   - github: docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
//   - stripe: docs.stripe.com/webhooks#verify-manually
//   - slack: docs.slack.dev/authentication/verifying-requests-from-slack
//   - shopify: shopify.dev/docs/apps/build/webhooks/verify-deliveries
//
// All are HMACs, with SHA-256 unless [Options] say SHA-512, but one: Standard Webhooks has v1 (HMAC) and v1a (ed25519). Which
// of them a secret is for, its prefix says, and a signature of one kind is never held against a secret of the other.
// GitHub's SHA-1 header is not read. Twilio, which signs the URL that it believes to have called, is not among the schemes.
//
// # What is refused
//
// A header that is missing, empty, sent twice or longer than 4,096 bytes; more than 16 signatures in a list, or more than four of
// ed25519; a timestamp that is not plain decimal seconds, or that is further than five minutes ([Options.Tolerance]) from the
// clock on either side; a webhook id with a dot, which would let a crafted body be dated anew. A gateway that joins
// repeated headers with a comma makes them unreadable here too. [ErrTooOld] and [ErrTooNew] are said only of requests
// whose signature is good, so they mean a replay or a wrong clock and nothing else.
//
// # Sources
//
// [ParseSources] reads who may send, each with a scheme and with references to one to four secrets ([ParseReference]); a
// [Verifier] keeps the secrets of one source. Both secrets are valid while one is exchanged for the other: either each
// has a name of its own, or both are versions of one secret, as after a rotation in Secrets Manager:
//
//	"secrets": ["arn:aws:secretsmanager:…:secret:acme", "arn:aws:secretsmanager:…:secret:acme::AWSPREVIOUS"]
//
// A version that does not exist (yet) counts as no secret. A secret that was withdrawn is believed for up to five minutes
// more, and for as long as the store cannot be read.
//
// # What is not decided here
//
// GitHub and Shopify sign no time, so their requests can be replayed for ever: what protects is that a task token is good once.
// A [Delivery] carries the sender's id for finding duplicates. Stripe's and Slack's are in the body (id, event_id).
//
// Greetings are signed like all else. [Scheme.Greeting] knows GitHub's ping and Slack's url_verification once they are
// verified; that nothing is completed then, and what the answer looks like otherwise, is the callers' part.
package webhook
