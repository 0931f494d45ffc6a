package login

// Refusal is why a login was not believed. Its value is a stable name for logs; its text is fixed and quotes nothing of
// the request. All of them deserve the same answer.
type Refusal string

// The refusals that [Verifier.Verify] gives.
const (
	// ErrNoToken: other headers of a login are there, the token is not.
	ErrNoToken Refusal = "NoToken"
	// ErrMalformed: there are two tokens, or it is none of the form that a load balancer writes.
	ErrMalformed Refusal = "Malformed"
	// ErrAlgorithm: it is signed in another way than load balancers sign, or not at all.
	ErrAlgorithm Refusal = "Algorithm"
	// ErrSigner: it names another load balancer, or none.
	ErrSigner Refusal = "Signer"
	// ErrClient: the login was for another client of the identity provider than the expected one.
	ErrClient Refusal = "Client"
	// ErrExpired: it is good no more, or does not say until when it is.
	ErrExpired Refusal = "Expired"
	// ErrUnknownKey: it names a key that the load balancer's region does not have.
	ErrUnknownKey Refusal = "UnknownKey"
	// ErrSignature: the key did not make the signature.
	ErrSignature Refusal = "Signature"
	// ErrClaims: it is good, but its claims name nobody, or in two ways.
	ErrClaims Refusal = "Claims"
)

// Error returns a fixed text.
func (r Refusal) Error() string { return "login: not believed: " + string(r) }
