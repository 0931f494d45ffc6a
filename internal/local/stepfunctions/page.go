package stepfunctions

import (
	"fmt"
	"strconv"

	"callback-completer/internal/local/awsjson"
)

// page is the part of a list's input that chooses a page of it.
type page struct {
	MaxResults int    `json:"maxResults"` // 0 is 100
	NextToken  string `json:"nextToken"`
}

const defaultPage = 100

// pageOf returns the items of a page and the token of the next one, empty at the end. A token is the number of items before it.
func pageOf[T any](p page, all []T) ([]T, string, error) {
	var v violations
	v.length("nextToken", p.NextToken, 0, maxPageToken)
	if p.MaxResults < 0 || p.MaxResults > maxPage {
		v.add("maxResults", fmt.Sprintf("Member must have value from 0 to %d", maxPage))
	}
	if err := v.err(); err != nil {
		return nil, "", err
	}
	start := 0
	if p.NextToken != "" {
		n, err := strconv.Atoi(p.NextToken)
		if err != nil || n < 0 || n > len(all) {
			return nil, "", awsjson.Errorf("InvalidToken", "Invalid Token: 'Invalid token'")
		}
		start = n
	}
	size := p.MaxResults
	if size == 0 {
		size = defaultPage
	}
	end := min(start+size, len(all))
	if end == len(all) {
		return all[start:], "", nil
	}
	return all[start:end], strconv.Itoa(end), nil
}
