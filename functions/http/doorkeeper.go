package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"callback-completer/internal/api"
	"callback-completer/internal/apigw"
	"callback-completer/internal/approval"
	"callback-completer/internal/config"
	"callback-completer/internal/login"
	"callback-completer/internal/telemetry"
)

// methodLogin is the method of people whom a load balancer logged in.
const methodLogin = "alb-oidc"

// doorkeeper tells who comes to an approval page, by the word of the front door he came through.
type doorkeeper struct {
	logins  *login.Verifier   // of the load balancer; nil: logins of load balancers mean nothing
	demands config.Authorizer // of an API
	log     *slog.Logger
	metrics *telemetry.Metrics
}

func newDoorkeeper(s config.HTTP, keys login.Store, log *slog.Logger, metrics *telemetry.Metrics) *doorkeeper {
	d := &doorkeeper{demands: s.ApprovalsAuthorizer, log: log, metrics: metrics}
	if s.ApprovalsLoadBalancer.ARN != "" {
		d.logins = login.NewVerifier(login.Options{
			LoadBalancer: s.ApprovalsLoadBalancer, Client: s.ApprovalsLoginClient, Store: keys, Now: time.Now, Log: log,
		})
	}
	return d
}

// actor returns who the front door found the caller to be. Everybody else is somebody who holds the link, whatever he says
// of himself. Headers of a load balancer's login are read where one is configured, and believed of the requests alone that
// came through it; elsewhere anybody can send them, and nobody who does is let in.
func (d *doorkeeper) actor(r *http.Request) (approval.Actor, error) {
	facts, _ := apigw.FromContext(r.Context())
	switch {
	case d.logins != nil && facts.FrontDoor == apigw.LoadBalancer:
		return d.loggedIn(r)
	case d.logins != nil && login.Present(r.Header):
		d.log.WarnContext(r.Context(), "login refused", "reason", "FrontDoor", "frontDoor", facts.FrontDoor.String())
		return approval.Actor{}, api.ErrLogin
	case !d.admits(facts.Identity):
		d.log.WarnContext(r.Context(), "login refused", "reason", "Authorizer", "frontDoor", facts.FrontDoor.String())
		return approval.Actor{}, api.ErrLogin
	}
	return authorizedActor(facts.Identity), nil
}

// admits asks again for what the API's routes demand, as for POST /callbacks.
func (d *doorkeeper) admits(who apigw.Identity) bool {
	switch d.demands {
	case config.IAMAuthorizer:
		return who.Authorizer == apigw.IAMAuthorizer
	case config.JWTAuthorizer:
		return who.Authorizer == apigw.JWTAuthorizer
	case config.NoAuthorizer, "":
		return true // the link is the key
	default:
		return false
	}
}

func (d *doorkeeper) loggedIn(r *http.Request) (approval.Actor, error) {
	ctx := r.Context()
	who, ok, err := d.logins.Verify(ctx, r.Header)
	var refusal login.Refusal
	switch {
	case errors.As(err, &refusal):
		d.refused(ctx, refusal)
		return approval.Actor{}, api.ErrLogin
	case err != nil:
		d.log.ErrorContext(ctx, "a login cannot be checked", "error", err)
		return approval.Actor{}, err
	case !ok:
		return approval.Actor{}, nil
	}
	return known(methodLogin, who.Subject, who.Email), nil
}

// refused writes a line and counts. It is a mistake of the installation, or somebody tries: load balancers replace what
// strangers send by their own word.
func (d *doorkeeper) refused(ctx context.Context, reason login.Refusal) {
	d.log.WarnContext(ctx, "login refused", "reason", string(reason), "frontDoor", apigw.LoadBalancer.String())
	if err := d.metrics.Refused(api.TriggerApprovals, telemetry.RequestID(ctx)); err != nil {
		d.log.ErrorContext(ctx, "metrics were not written", "error", err)
	}
}

// authorizedActor returns who an API made sure of. A mail address counts only if its provider says that he verified it; in
// some, people write it themselves.
func authorizedActor(who apigw.Identity) approval.Actor {
	if who.Principal == "" {
		return approval.Actor{}
	}
	switch who.Authorizer {
	case apigw.IAMAuthorizer:
		return known(string(who.Authorizer), approval.Principal(who.Principal), "")
	case apigw.JWTAuthorizer:
		mail := ""
		if who.Claims["email_verified"] == "true" {
			mail = who.Claims["email"]
		}
		return known(string(who.Authorizer), who.Principal, mail)
	case apigw.NoAuthorizer, apigw.LambdaAuthorizer: // what a Lambda authorizer calls the principal may be the same for all
	}
	return approval.Actor{}
}

// known returns somebody by his mail address, if it is known, and by the provider's name for him.
func known(method, subject, mail string) approval.Actor {
	a := approval.Actor{ID: subject, Method: method, Verified: true, Channel: approval.ChannelWeb}
	if mail != "" {
		a.ID, a.Aliases = mail, []string{subject}
	}
	return a
}
