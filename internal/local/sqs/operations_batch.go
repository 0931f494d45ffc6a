package sqs

import (
	"context"
	"errors"

	"callback-completer/internal/local/awsjson"
)

// maxEntries is how many entries a batch request may have.
const maxEntries = 10

type failedEntry struct {
	Id          string //nolint:revive // AWS's spelling
	Code        string
	Message     string
	SenderFault bool
}

// batchOutput lists what succeeded and what did not; together they name every entry once.
type batchOutput[T any] struct {
	Successful []T
	Failed     []failedEntry `json:",omitempty"`
}

// entry is implemented by the entries of every batch.
type entry interface{ entryID() string }

type entryRef struct {
	Id string //nolint:revive // AWS's spelling
}

func (e entryRef) entryID() string { return e.Id }

// checkEntries refuses a whole batch for its ids or its length.
func checkEntries[E entry](kind string, entries []E) error {
	if len(entries) == 0 {
		return errorf("EmptyBatchRequest", "There should be at least one %s in the request.", kind)
	}
	if len(entries) > maxEntries {
		return errorf("TooManyEntriesInBatchRequest", "Maximum number of entries per request are %d. You have sent %d.",
			maxEntries, len(entries))
	}
	seen := map[string]bool{}
	for _, e := range entries {
		id := e.entryID()
		if !isName(id) || len(id) > 80 {
			return errorf("InvalidBatchEntryId", "A batch entry id can only contain alphanumeric characters, "+
				"hyphens and underscores. It can be at most 80 letters long.")
		}
		if seen[id] {
			return errorf("BatchEntryIdsNotDistinct", "Id %s repeated.", id)
		}
		seen[id] = true
	}
	return nil
}

// each runs do for every entry: one that fails does not hold up the others.
func each[E entry, T any](entries []E, do func(E) (T, error)) batchOutput[T] {
	out := batchOutput[T]{Successful: []T{}}
	for _, e := range entries {
		done, err := do(e)
		var api *awsjson.Error
		switch {
		case err == nil:
			out.Successful = append(out.Successful, done)
		case errors.As(err, &api):
			out.Failed = append(out.Failed, failedEntry{e.entryID(), api.Code, api.Message, true})
		default:
			out.Failed = append(out.Failed, failedEntry{e.entryID(), "InternalError", err.Error(), false})
		}
	}
	return out
}

type sendEntry struct {
	entryRef
	sendInput
}

type sendBatchInput struct {
	target
	Entries []sendEntry
}

type sentEntry struct {
	entryRef
	sendOutput
}

func (s *Service) opSendMessageBatch(_ context.Context, in sendBatchInput) (any, error) {
	if _, err := s.url(in.QueueUrl); err != nil {
		return nil, err
	}
	if err := checkEntries("SendMessageBatchRequestEntry", in.Entries); err != nil {
		return nil, err
	}
	total := 0
	for _, e := range in.Entries {
		m, _, _ := e.message() // its error is that entry's, below
		total += size(m)
	}
	if total > MaxMessageBytes {
		return nil, errorf("BatchRequestTooLong", "Batch requests cannot be longer than %d bytes. You have sent %d bytes.",
			MaxMessageBytes, total)
	}
	return each(in.Entries, func(e sendEntry) (sentEntry, error) {
		e.QueueUrl = in.QueueUrl
		out, err := s.sendMessage(e.sendInput)
		return sentEntry{e.entryRef, out}, err
	}), nil
}

type deleteEntry struct {
	entryRef
	deleteInput
}

type deleteBatchInput struct {
	target
	Entries []deleteEntry
}

func (s *Service) opDeleteMessageBatch(ctx context.Context, in deleteBatchInput) (any, error) {
	if _, err := s.url(in.QueueUrl); err != nil {
		return nil, err
	}
	if err := checkEntries("DeleteMessageBatchRequestEntry", in.Entries); err != nil {
		return nil, err
	}
	return each(in.Entries, func(e deleteEntry) (entryRef, error) {
		e.QueueUrl = in.QueueUrl
		_, err := s.opDeleteMessage(ctx, e.deleteInput)
		return e.entryRef, err
	}), nil
}

type visibilityEntry struct {
	entryRef
	visibilityInput
}

type visibilityBatchInput struct {
	target
	Entries []visibilityEntry
}

func (s *Service) opChangeMessageVisibilityBatch(_ context.Context, in visibilityBatchInput) (any, error) {
	q, err := s.url(in.QueueUrl)
	if err != nil {
		return nil, err
	}
	if err := checkEntries("ChangeMessageVisibilityBatchRequestEntry", in.Entries); err != nil {
		return nil, err
	}
	return each(in.Entries, func(e visibilityEntry) (entryRef, error) {
		return e.entryRef, q.change(e.visibilityInput)
	}), nil
}
