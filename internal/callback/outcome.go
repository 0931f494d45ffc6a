package callback

// Outcome is what a callback tells the waiting state.
type Outcome int

// The outcomes and the calls that they become. The zero Outcome is none of them.
const (
	Success   Outcome = iota + 1 // SendTaskSuccess
	Failure                      // SendTaskFailure
	Heartbeat                    // SendTaskHeartbeat
)

// String returns the canonical form's word, "success".
func (o Outcome) String() string {
	switch o {
	case Success:
		return "success"
	case Failure:
		return "failure"
	case Heartbeat:
		return "heartbeat"
	default:
		return "unknown"
	}
}

func parseOutcome(word string) (Outcome, bool) {
	for _, o := range []Outcome{Success, Failure, Heartbeat} {
		if o.String() == word {
			return o, true
		}
	}
	return 0, false
}
