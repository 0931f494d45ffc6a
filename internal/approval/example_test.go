package approval_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"regexp"
	"time"

	"callback-completer/internal/approval"
	"callback-completer/internal/callback"
)

// completed prints what a workflow is told, but for the id of the request, which is another one each time.
type completed struct{}

func (completed) Complete(_ context.Context, c callback.Callback) error {
	fmt.Println(c.Outcome, c.Error, regexp.MustCompile(`"requestId":"[0-9a-f]{32}"`).ReplaceAllString(c.Cause, `"requestId":"…"`))
	return nil
}

func Example() {
	now := func() time.Time { return time.Date(2026, time.November, 23, 15, 4, 5, 0, time.UTC) }
	service := approval.Service{Store: &memory{}, Completer: completed{}, Now: now, Log: slog.New(slog.DiscardHandler)}
	ctx := context.Background()

	request, err := approval.ParseRequest([]byte(`{"taskToken": "AAAA", "title": "Deploy version 7?", "expires": 3600, "approvers": ["bob@example.com"]}`), now())
	if err != nil {
		fmt.Println(err)
		return
	}
	minted, err := service.Mint(ctx, request)
	if err != nil {
		fmt.Println(err)
		return
	}
	link := minted.Link.Expose() // goes into the message to Bob

	fmt.Println(service.Show(ctx, link, approval.Actor{}).Screen)
	view := service.Decide(ctx, link, approval.Actor{}, url.Values{"decision": {"reject"}, "comment": {"Not on a Friday."}})
	fmt.Println(view.Outcome, view.Status)
	fmt.Println(service.Show(ctx, link, approval.Actor{}).Screen)
	// Output:
	// request
	// failure ApprovalRejected {"decision":"reject","approved":false,"comment":"Not on a Friday.","approver":{"id":"bob@example.com","method":"link","verified":false},"decidedAt":"2026-11-23T15:04:05Z","requestId":"…","channel":"web"}
	// answered 303
	// answered
}
