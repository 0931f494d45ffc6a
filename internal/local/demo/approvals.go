package demo

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"callback-completer/internal/local"
	"callback-completer/internal/local/awsjson"
	"callback-completer/internal/local/eventbridge"
	"callback-completer/internal/local/lambda"
	"callback-completer/internal/local/link"
	"callback-completer/internal/store/bolt"
)

// approvalsTable is the name of the table of approval requests.
const approvalsTable = "approvals"

// approvals are where the requests are kept: in a file, from which the stand-in's table has them.
type approvals struct {
	file   *bolt.Store
	folder string // to be removed; empty: it is the user's
}

// openApprovals opens the file in folder, or makes it there. Without one it goes with the application.
func (a *application) openApprovals(folder string) (err error) {
	if folder == "" {
		if folder, err = os.MkdirTemp("", "callback-approvals-"); err != nil {
			return fmt.Errorf("make a folder for the approval requests: %w", err)
		}
		a.folder = folder
	} else if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("make the folder for the approval requests: %w", err)
	}
	if a.file, err = bolt.Open(filepath.Join(folder, "approvals.db"), time.Now); err != nil {
		return err
	}
	a.stack.DynamoDB.KeepApprovals(approvalsTable, a.file)
	return nil
}

func (a *application) closeApprovals() {
	if a.file != nil {
		_ = a.file.Close() // every write is on disk already
	}
	if a.folder != "" {
		_ = os.RemoveAll(a.folder) // what is left is in the system's folder for temporary files
	}
}

const (
	askedRule    = "approval-requests"
	askedPattern = `{"source": ["callback-completer"], "detail-type": ["Approval Requested"]}`
	screenTarget = "screen"
)

// connectApprovals lets states invoke functions/approval, and makes a rule that hands its events to a queue and to h.
func (a *application) connectApprovals(h hooks) error {
	functions, bus := a.stack.Functions, a.stack.EventBridge
	functions.Add(approvalFunction, a.watched(approvalFunction, h))
	if _, err := bus.PutRule(eventbridge.Rule{Name: askedRule, EventPattern: askedPattern}); err != nil {
		return err
	}
	targets := []eventbridge.Target{{ID: askedRule, ARN: a.asked.ARN()}}
	if h.asked != nil {
		functions.Add(screenTarget, lambda.InvokerFunc(func(_ context.Context, event []byte) ([]byte, error) {
			h.asked(event)
			return nil, nil
		}))
		targets = append(targets, eventbridge.Target{ID: screenTarget, ARN: functions.ARN(screenTarget)})
	}
	return bus.PutTargets(askedRule, targets)
}

// pagePath is what the address of a page goes on with before its link.
const pagePath = "/approvals/"

// links are the operations of the stand-in that `callback link` calls.
func (a *application) links(stack *local.Stack) map[string]map[string]awsjson.Operation {
	return map[string]map[string]awsjson.Operation{link.TargetPrefix: link.Operations(func(ctx context.Context) (link.Place, error) {
		select {
		case <-a.deployed:
			return link.Place{Pages: a.api.URL() + pagePath, Table: approvalsTable, Region: stack.Region()}, nil
		case <-ctx.Done():
			return link.Place{}, ctx.Err()
		}
	}, stack.StepFunctions.Waiting)}
}
