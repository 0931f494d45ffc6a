package secret

import (
	"errors"
	"fmt"

	"callback-completer/internal/jsonspan"
)

// document returns the value as it is where there is no key, and the text under the key otherwise.
func document(value, key string) (string, error) {
	if key == "" {
		return value, nil
	}
	return text(value, key)
}

// text returns the secret that value is, or the member key of the JSON object that it is. Errors quote neither: somebody
// may have taken the one for the other.
func text(value, key string) (string, error) {
	members, isObject, err := jsonspan.Members([]byte(value))
	if key == "" {
		if isObject {
			return "", errors.New("the secret is a JSON object; name one of its keys behind the ARN of the reference")
		}
		return value, nil
	}
	if err != nil {
		return "", fmt.Errorf("the reference names a key, but the secret is no JSON object: %w", err)
	}
	if !isObject {
		return "", errors.New("the reference names a key, but the secret is no JSON object")
	}
	seen := map[string]bool{}
	var found []byte
	for _, m := range members {
		if seen[m.Key] {
			return "", errors.New("a key stands twice in the secret")
		}
		seen[m.Key] = true
		if m.Key == key {
			found = m.Value
		}
	}
	if found == nil {
		return "", errors.New("the secret has no key of the name in the reference")
	}
	s, isString := jsonspan.String(found)
	if !isString {
		return "", errors.New("what stands under the reference's key in the secret is no string")
	}
	return s, nil
}
