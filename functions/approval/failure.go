package main

import "fmt"

// The names of these types are what a state's Retry and Catch know the failures by, so they are part of the contract. Their texts
// go to the execution's history: they quote nothing of a request.

// InvalidApprovalRequest means that what the state asks for cannot be asked here. Another try fails the same way.
type InvalidApprovalRequest struct{ Reason string }

func (e *InvalidApprovalRequest) Error() string { return e.Reason }

// ApprovalNotStored means that the request could not be kept. Nobody was asked, and another try may succeed.
type ApprovalNotStored struct{ Err error }

func (e *ApprovalNotStored) Error() string {
	return fmt.Sprintf("the approval request could not be stored: %v", e.Err)
}

func (e *ApprovalNotStored) Unwrap() error { return e.Err }

// ApprovalNotDelivered means that the link did not reach all the channels that were asked for. Another try may succeed.
type ApprovalNotDelivered struct{ Err error }

func (e *ApprovalNotDelivered) Error() string {
	return fmt.Sprintf("the link could not be delivered: %v", e.Err)
}

func (e *ApprovalNotDelivered) Unwrap() error { return e.Err }
