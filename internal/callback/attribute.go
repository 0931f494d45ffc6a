package callback

// Attribute is an SQS message attribute. Binary is nil unless DataType starts with "Binary".
type Attribute struct {
	DataType string
	String   string
	Binary   []byte
}

// The message attributes without which a dead letter, or a callback that waits for another try, could not be read as what
// it is when it comes from the callback queue. All are of type String.
const (
	AttributeWebhookSource   = "WebhookSource"   // the webhook source that it came from, whose mapping may be its own
	AttributeContentType     = "ContentType"     // the media type, if it was a form
	AttributePayloadEncoding = "PayloadEncoding" // "base64" where SQS does not take the payload's own bytes
	AttributePayloadForm     = "PayloadForm"     // [CanonicalForm] for what was mapped already
)

// CanonicalForm says that a message holds a callback in canonical form, which no other mapping may touch.
const CanonicalForm = "canonical"
