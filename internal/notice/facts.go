package notice

import "callback-completer/internal/approval"

// Facts returns what there is to know beside what is asked: who asks whom, until when, and which answers there are. Each is
// one line.
func (m *message) Facts() []approval.NoticeField {
	var facts []approval.NoticeField
	for _, f := range []approval.NoticeField{
		{Label: m.AskedBy, Value: m.Requester},
		{Label: m.AskedOf, Value: m.Approvers},
		{Label: m.Before, Value: m.Deadline},
		{Label: m.Choices, Value: m.Answers()},
		{Label: m.Request, Value: m.ID},
	} {
		if f.Value != "" {
			facts = append(facts, f)
		}
	}
	return facts
}
