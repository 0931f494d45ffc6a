package mapping

import "callback-completer/internal/jsonspan"

// open is [open] without a tree. It reports false for whatever is rare: what is no JSON, forms, base64.
func (r *fast) open(payload string) bool {
	if isBase64(r.meta) {
		return false
	}
	if t := mediaType(r.meta); t != "" && t != "application/json" && isForm(t) {
		return false
	}
	root, ok := r.Read([]byte(payload))
	for more := ok; ok && more && len(r.envelopes) < maxEnvelopes; {
		if root.First() != '{' {
			break
		}
		root, more, ok = r.next(root)
	}
	r.root = root
	return ok
}

// next takes one envelope off, if there is one with another payload inside.
func (r *fast) next(root jsonspan.Value) (inside jsonspan.Value, more, ok bool) {
	switch {
	case r.isNotification(root):
		r.envelopes = append(r.envelopes, envelopeSNS)
		message, _ := root.Member("Message")
		if attributes, ok := root.Member("MessageAttributes"); ok && attributes.First() == '{' {
			if _, ok := attributes.Member("ContentType"); ok { // perhaps of a form
				return root, false, false
			}
		}
		inside, ok = r.ReadString(message)
		return inside, true, ok
	case isRecord(root):
		r.envelopes = append(r.envelopes, envelopeOnFailure)
		inside, _ = root.Member("requestPayload")
		if inside.First() == '"' {
			inside, ok = r.ReadString(inside)
			return inside, true, ok
		}
		return inside, true, true
	case hasMember(root, "detail") && isString(root, "source") && isString(root, "detail-type"):
		r.envelopes = append(r.envelopes, envelopeEventBridge)
	}
	return root, false, true
}

func (r *fast) isNotification(root jsonspan.Value) bool {
	kind, ok := root.Member("Type")
	if !ok {
		return false
	}
	return isText(kind, "Notification") && isString(root, "MessageId") && isString(root, "TopicArn") && isString(root, "Message")
}

// isRecord is [isFailureRecord] without a tree.
func isRecord(root jsonspan.Value) bool {
	request, ok := root.Member("requestContext")
	if !ok || request.First() != '{' || !hasMember(root, "requestPayload") || !isString(request, "functionArn") || !isString(request, "condition") {
		return false
	}
	condition, _ := request.Member("condition")
	return !isText(condition, "Success")
}

func hasMember(v jsonspan.Value, key string) bool {
	_, ok := v.Member(key)
	return ok
}

func isString(v jsonspan.Value, key string) bool {
	found, ok := v.Member(key)
	return ok && found.First() == '"'
}

func isText(v jsonspan.Value, text string) bool {
	s, ok := jsonspan.String(v.Raw())
	return ok && s == text
}
