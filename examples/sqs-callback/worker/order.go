package main

// limit is the highest amount that is accepted without a person.
const limit = 10_000

// request is what the state machine sends.
type request struct {
	TaskToken string `json:"taskToken"`
	Order     order  `json:"order"`
}

type order struct {
	ID     string `json:"id"`
	Amount int    `json:"amount"`
}

// callback is one message to the callback queue, in callback-completer's canonical form.
type callback struct {
	TaskToken string  `json:"taskToken"`
	Outcome   string  `json:"outcome,omitempty"`
	Output    *result `json:"output,omitempty"`
	Error     string  `json:"error,omitempty"`
	Cause     string  `json:"cause,omitempty"`
}

type result struct {
	OrderID string `json:"orderId"`
	Status  string `json:"status"`
}

// heartbeat says that the work on r has begun.
func heartbeat(r request) callback {
	return callback{TaskToken: r.TaskToken, Outcome: "heartbeat"}
}

// check decides on the order in r.
func check(r request) callback {
	switch {
	case r.Order.Amount <= 0:
		return reject(r, "the amount is not above zero")
	case r.Order.Amount > limit:
		return reject(r, "the amount is over the limit")
	default:
		return callback{TaskToken: r.TaskToken, Output: &result{OrderID: r.Order.ID, Status: "accepted"}}
	}
}

// reject answers with the error that the state machine catches.
func reject(r request, cause string) callback {
	return callback{TaskToken: r.TaskToken, Error: "OrderRejected", Cause: cause}
}
