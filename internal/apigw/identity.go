package apigw

import (
	"bytes"
	"encoding/json"
)

// Authorizer is how a front door made sure of the caller.
type Authorizer string

// The kinds of authorizer.
const (
	NoAuthorizer     Authorizer = ""       // it did not: the caller is a stranger
	IAMAuthorizer    Authorizer = "iam"    // a request signed with AWS credentials
	JWTAuthorizer    Authorizer = "jwt"    // a bearer token, a Cognito user pool's included
	LambdaAuthorizer Authorizer = "lambda" // a Lambda authorizer let it pass
)

// Identity is who the front door found the caller to be. What it cannot read of an authorizer counts as none.
type Identity struct {
	Authorizer Authorizer
	Principal  string            // IAM: the ARN; JWT: the claim sub; Lambda: the principalId, if it gave one
	Account    string            // IAM: the AWS account
	Claims     map[string]string // JWT: as API Gateway writes them; lists look like "[a b]"
	Scopes     []string          // JWT: those that the route asks for
	Context    map[string]any    // Lambda: what the authorizer passed on; numbers are json.Number
	APIKeyID   string            `json:",omitempty"` // REST API: of the key that the method requires, whatever the authorizer
}

func (e *event) identity() Identity {
	context := e.RequestContext
	switch {
	case e.door == LoadBalancer:
		return Identity{} // it passes what it found on in headers, signed, for the handler to check
	case e.format2():
		return identity2(context.Authorizer)
	case context.Identity.UserARN != "":
		return Identity{
			Authorizer: IAMAuthorizer, Principal: context.Identity.UserARN, Account: context.Identity.AccountID, APIKeyID: context.Identity.APIKeyID,
		}
	default:
		identity := identity1(context.Authorizer)
		identity.APIKeyID = context.Identity.APIKeyID
		return identity
	}
}

// identity2 reads requestContext.authorizer of payload format 2.0. Tools that write such events often fill in all
// three kinds and leave two empty.
func identity2(raw json.RawMessage) Identity {
	var found struct {
		IAM struct {
			UserARN   string `json:"userArn"`
			AccountID string `json:"accountId"`
		} `json:"iam"`
		JWT    map[string]any `json:"jwt"`
		Lambda map[string]any `json:"lambda"`
	}
	if !read(raw, &found) {
		return Identity{}
	}
	if found.IAM.UserARN != "" {
		return Identity{Authorizer: IAMAuthorizer, Principal: found.IAM.UserARN, Account: found.IAM.AccountID}
	}
	if identity, ok := token(found.JWT); ok {
		return identity
	}
	return custom(found.Lambda)
}

// identity1 reads requestContext.authorizer of payload format 1.0, where the claims of a token and the context of a
// Lambda authorizer share one object.
func identity1(raw json.RawMessage) Identity {
	var context map[string]any
	if !read(raw, &context) {
		return Identity{}
	}
	if identity, ok := token(context); ok {
		return identity
	}
	return custom(context)
}

func token(found map[string]any) (Identity, bool) {
	list, _ := found["claims"].(map[string]any)
	if len(list) == 0 {
		return Identity{}, false
	}
	claims := make(map[string]string, len(list))
	for name, v := range list {
		if s, ok := v.(string); ok {
			claims[name] = s
		} else if text, err := json.Marshal(v); err == nil {
			claims[name] = string(text)
		}
	}
	var scopes []string
	allowed, _ := found["scopes"].([]any)
	for _, v := range allowed {
		if s, ok := v.(string); ok {
			scopes = append(scopes, s)
		}
	}
	return Identity{Authorizer: JWTAuthorizer, Principal: claims["sub"], Claims: claims, Scopes: scopes}, true
}

func custom(context map[string]any) Identity {
	if len(context) == 0 {
		return Identity{}
	}
	principal, _ := context["principalId"].(string)
	return Identity{Authorizer: LambdaAuthorizer, Principal: principal, Context: context}
}

func read(raw json.RawMessage, into any) bool {
	if len(raw) == 0 {
		return false
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	return d.Decode(into) == nil
}
