// Package login tells who a load balancer found the caller to be.
//
// A rule of an Application Load Balancer can log people in with an identity provider (authenticate-oidc,
// authenticate-cognito). It then adds the claims of the person to each request, in a token that the load balancer
// signs, and with it two headers that nobody signs and that are read by nobody here. A token is believed if the signature
// is that of a key of the load balancer's region and the load balancer that signed is the expected one. The second
// matters as much as the first: every load balancer of a region signs with the same keys, a stranger's too.
//
// It refuses, with a [Refusal], every request that brings such a header and not one good token. Nothing of a token is
// logged or quoted in an error. What it needs a key for that cannot be fetched is another error: nobody can tell yet.
//
// Who calls makes sure that the request came through a load balancer: elsewhere anybody can send these headers.
//
// The token is described in
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html. It is a JSON Web
// Token but for the padding of its base64, which the standard forbids.
package login
