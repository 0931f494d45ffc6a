package webhook

// Refusal is why a request was not believed. Its value is a stable name for logs and metrics; its text is fixed and
// quotes nothing of the request. All of them deserve the same answer, so that the sender learns nothing.
type Refusal string

// The refusals that [Scheme.Verify] gives.
const (
	// ErrNoSecret: there is no secret of this scheme to check with, or there are more than [MaxSecrets].
	ErrNoSecret Refusal = "NoSecret"
	// ErrNoSignature: there is no signature header, or no signature of a kind that the scheme knows is in it.
	ErrNoSignature Refusal = "NoSignature"
	// ErrMissingHeader: another header that the scheme needs is not there.
	ErrMissingHeader Refusal = "MissingHeader"
	// ErrMalformedHeader: a header was sent twice, is empty or is not written as the sender writes it.
	ErrMalformedHeader Refusal = "MalformedHeader"
	// ErrBadSignature: no secret made any of the signatures. It is the one refusal after which it makes sense to look
	// for a newer secret.
	ErrBadSignature Refusal = "BadSignature"
	// ErrTooOld: the signature is good, but was made longer ago than the tolerance.
	ErrTooOld Refusal = "TooOld"
	// ErrTooNew: the signature is good, but is dated further ahead than the tolerance.
	ErrTooNew Refusal = "TooNew"
)

// Error returns a fixed text.
func (r Refusal) Error() string {
	switch r {
	case ErrNoSecret:
		return "webhook: no secret of this scheme to check with, or too many"
	case ErrNoSignature:
		return "webhook: not signed"
	case ErrMissingHeader:
		return "webhook: a header of the scheme is missing"
	case ErrMalformedHeader:
		return "webhook: a header of the scheme is malformed, empty or repeated"
	case ErrBadSignature:
		return "webhook: signed with none of the secrets"
	case ErrTooOld:
		return "webhook: signed too long ago"
	case ErrTooNew:
		return "webhook: signed in the future"
	default:
		return "webhook: refused"
	}
}
