package main

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"time"

	"callback-completer/internal/approval"
	"callback-completer/internal/telemetry"
)

const trigger = "approval"

// longAddress is the length from which on an address may not reach people whole: Outlook has been seen to cut it off after 1,024
// characters. Only those of sealed links are so long.
const longAddress = 1000

// handler asks people on behalf of states.
type handler struct {
	service  *approval.Service
	channels *channels
	pages    string // what the link follows in the address of a page
	metrics  *telemetry.Metrics
	log      *slog.Logger
}

// receipt is what the function answers. A state that waits for its token does not see it; it is for those who call the function
// themselves. Neither the link nor the token is in it.
type receipt struct {
	RequestID approval.ID `json:"requestId"`
	Expires   time.Time   `json:"expires"`
}

// handle asks for one approval: the event is the request. It fails with one of the types in failure.go, unless the link is with
// those who are asked. A schedule's event has no receipt.
func (h *handler) handle(ctx context.Context, event json.RawMessage) (*receipt, error) {
	if h.service.Store != nil && forSurvey(event) {
		return nil, h.survey(ctx)
	}
	r, err := h.ask(ctx, event)
	if failed := h.metrics.Asked(trigger, telemetry.RequestID(ctx), err == nil); failed != nil {
		h.log.ErrorContext(ctx, "metrics were not written", "error", failed)
	}
	return r, err
}

func (h *handler) ask(ctx context.Context, event json.RawMessage) (*receipt, error) {
	request, channel, err := h.read(event)
	if err != nil {
		return nil, err
	}
	minted, err := h.service.Mint(ctx, request)
	switch {
	case errors.Is(err, approval.ErrUnanswerable):
		return nil, &InvalidApprovalRequest{Reason: err.Error()}
	case err != nil:
		return nil, &ApprovalNotStored{err}
	}
	id := minted.ID()
	if minted.Delivered {
		h.log.InfoContext(ctx, "there was nothing to deliver: the request was handed over before, or is over", "approvalId", id)
	} else if err := h.deliver(ctx, &minted, channel); err != nil {
		return nil, err
	}
	return &receipt{id, minted.Request.Expires}, nil
}

// deliver hands the link over and notes that it did. Where the process ends in between, or the note cannot be written, whoever
// calls again sends a second message: that is better than none.
func (h *handler) deliver(ctx context.Context, m *approval.Minted, channel approval.Channel) error {
	address, id := h.pages+m.Link.Expose(), m.ID()
	if len(address) > longAddress {
		h.log.WarnContext(ctx, "the address of the page is so long that mail programs may cut it off", "approvalId", id, "characters", len(address))
	}
	notice, err := m.Notice(address)
	if err == nil {
		err = channel.Deliver(ctx, notice)
	}
	if err != nil {
		return &ApprovalNotDelivered{err}
	}
	switch err := h.service.Delivered(ctx, m.Link); {
	case errors.Is(err, approval.ErrNotFound): // the link that was sent leads nowhere
		return &ApprovalNotStored{err}
	case err != nil: // people can answer, so the state must not fail
		h.log.ErrorContext(ctx, "the link was handed over, which could not be noted; another call sends it again", "approvalId", id, "error", err)
	default:
		h.log.InfoContext(ctx, "the link was handed over", "approvalId", id)
	}
	return nil
}
