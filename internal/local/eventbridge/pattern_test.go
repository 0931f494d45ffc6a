package eventbridge_test

import (
	"errors"
	"strings"
	"testing"

	"callback-completer/internal/local/awsjson"
	"callback-completer/internal/local/eventbridge"
)

// code is the API's name of an error, "" without one.
func code(err error) string {
	var e *awsjson.Error
	switch {
	case err == nil:
		return ""
	case errors.As(err, &e):
		return e.Code
	default:
		return err.Error()
	}
}

// instance is the example of the user guide's page on event patterns.
const instance = `{
  "version": "0", "id": "6a7e8feb-b491-4cf7-a9f1-bf3703467718", "detail-type": "EC2 Instance State-change Notification",
  "source": "aws.ec2", "account": "111122223333", "time": "2017-12-22T18:43:48Z", "region": "us-west-1",
  "resources": ["arn:aws:ec2:us-west-1:123456789012:instance/i-1234567890abcdef0"],
  "detail": {"instance-id": "i-1234567890abcdef0", "state": "terminated", "source-ip": "10.0.0.33", "c-count": 3, "d-count": 9,
    "x-limit": 301.8, "creation-time": "", "eventVersion": null, "on": true, "off": false, "responseElements": {"a": 1},
    "tags": ["red", "green"], "none": [],
    "containers": [{"name": "app", "exitCode": 0}, {"name": "sidecar", "exitCode": 137}], "deep": [[1], [[2]]]}}`

// TestPatternMatches: the guide's examples of each operator, and what its text says of arrays, exists and numbers.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
func TestPatternMatches(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		pattern string
		want    bool
	}{
		// Equality.
		{`{"source": ["aws.ec2"]}`, true},
		{`{"source": ["aws.fargate", "aws.ec2"]}`, true},
		{`{"source": ["aws.EC2"]}`, false},
		{`{"source": ["aws.ec2"], "detail-type": ["EC2 Instance State-change Notification"], "detail": {"state": ["terminated"]}}`, true},
		{`{"source": ["aws.ec2"], "detail": {"state": ["running"]}}`, false},
		{`{"detail": {"c-count": [3]}}`, true},
		{`{"detail": {"c-count": ["3"]}}`, false},
		{`{"detail": {"c-count": [3.0]}}`, false}, // 300, 300.0 and 3.0e2 are not considered equal
		{`{"detail": {"creation-time": [""]}}`, true},
		{`{"detail": {"state": [""]}}`, false},
		{`{"detail": {"eventVersion": [null]}}`, true},
		{`{"detail": {"state": [null]}}`, false},
		{`{"detail": {"missing": [null]}}`, false},
		{`{"detail": {"on": [true]}}`, true},
		{`{"detail": {"off": [true]}}`, false},
		{`{"detail": {"on": ["true"]}}`, false},
		// Objects and arrays.
		{`{"resources": ["arn:aws:ec2:us-west-1:123456789012:instance/i-1234567890abcdef0", "other"]}`, true},
		{`{"detail": {"tags": ["blue", "green"]}}`, true},
		{`{"detail": {"tags": ["blue"]}}`, false},
		{`{"detail": {"none": ["blue"]}}`, false},
		{`{"detail": {"deep": [2]}}`, true},
		{`{"detail": {"responseElements": {"a": [1]}}}`, true},
		{`{"detail": {"responseElements": {"a": {"b": [1]}}}}`, false},
		{`{"detail": {"responseElements": [1]}}`, false},
		{`{"detail": {"containers": {"name": ["sidecar"]}}}`, true},
		{`{"detail": {"containers": {"name": ["app"], "exitCode": [0]}}}`, true},
		{`{"detail": {"containers": {"name": ["app"], "exitCode": [137]}}}`, false}, // not of the same container
		// Prefix and suffix.
		{`{"time": [{"prefix": "2017-12-22"}]}`, true},
		{`{"time": [{"prefix": "2017-10-02"}]}`, false},
		{`{"detail": {"c-count": [{"prefix": "3"}]}}`, false},
		{`{"detail": {"state": [{"suffix": "nated"}]}}`, true},
		{`{"detail": {"state": [{"suffix": "termi"}]}}`, false},
		// Anything-but.
		{`{"detail": {"state": [{"anything-but": "initializing"}]}}`, true},
		{`{"detail": {"state": [{"anything-but": "terminated"}]}}`, false},
		{`{"detail": {"x-limit": [{"anything-but": 123}]}}`, true},
		{`{"detail": {"x-limit": [{"anything-but": 3.018e2}]}}`, false},
		{`{"detail": {"state": [{"anything-but": ["stopped", "overloaded"]}]}}`, true},
		{`{"detail": {"state": [{"anything-but": ["stopped", "terminated"]}]}}`, false},
		{`{"detail": {"x-limit": [{"anything-but": [100, 200, 300]}]}}`, true},
		{`{"detail": {"x-limit": [{"anything-but": ["301.8"]}]}}`, true},
		{`{"detail": {"state": [{"anything-but": {"prefix": "init"}}]}}`, true},
		{`{"detail": {"state": [{"anything-but": {"prefix": "term"}}]}}`, false},
		{`{"detail": {"state": [{"anything-but": {"suffix": "ated"}}]}}`, false},
		{`{"detail": {"tags": [{"anything-but": "red"}]}}`, true}, // green is
		{`{"detail": {"missing": [{"anything-but": "red"}]}}`, false},
		{`{"detail": {"eventVersion": [{"anything-but": "1"}]}}`, true},
		// Numeric.
		{`{"detail": {"c-count": [{"numeric": [">", 0, "<=", 5]}], "d-count": [{"numeric": ["<", 10]}], "x-limit": [{"numeric": ["=", 3.018e2]}]}}`, true},
		{`{"detail": {"c-count": [{"numeric": [">", 3, "<=", 5]}]}}`, false},
		{`{"detail": {"c-count": [{"numeric": [">=", 3]}]}}`, true},
		{`{"detail": {"c-count": [{"numeric": ["<", 3]}]}}`, false},
		{`{"detail": {"c-count": [{"numeric": ["<=", 3]}]}}`, true},
		{`{"detail": {"c-count": [{"numeric": ["=", 3.0]}]}}`, true},
		{`{"detail": {"state": [{"numeric": ["=", 3]}]}}`, false},
		// Exists.
		{`{"detail": {"state": [{"exists": true}]}}`, true},
		{`{"detail": {"eventVersion": [{"exists": true}]}}`, true},
		{`{"detail": {"missing": [{"exists": true}]}}`, false},
		{`{"detail": {"missing": [{"exists": false}]}}`, true},
		{`{"detail": {"state": [{"exists": false}]}}`, false},
		{`{"detail": {"state": [{"exists": false}, "terminated"]}}`, true},
		{`{"detail": {"missing": {"within": [{"exists": false}]}}}`, true},
		{`{"detail": {"responseElements": [{"exists": true}]}}`, false}, // leaf nodes only
		{`{"detail": {"responseElements": [{"exists": false}]}}`, true},
		{`{"detail": {"none": [{"exists": true}]}}`, false},
		{`{"detail": {"none": {"x": [{"exists": false}]}}}`, true},
		{`{"detail": {"containers": {"reason": [{"exists": false}], "name": ["app"]}}}`, true},
		{`{"detail": {"containers": {"exitCode": [{"exists": false}]}}}`, false},
		// $or.
		{`{"detail": {"$or": [{"c-count": [{"numeric": [">", 5]}]}, {"d-count": [{"numeric": ["<", 10]}]}, {"x-limit": [1]}]}}`, true},
		{`{"detail": {"$or": [{"c-count": [{"numeric": [">", 5]}]}, {"d-count": [{"numeric": ["<", 9]}]}]}}`, false},
		{`{"detail": {"state": ["running"], "$or": [{"c-count": [3]}, {"d-count": [9]}]}}`, false},
		{`{"$or": [{"source": ["x"]}, {"detail": {"state": ["terminated"], "$or": [{"on": [false]}, {"off": [false]}]}}]}`, true},
	} {
		p, err := eventbridge.ParsePattern(tt.pattern)
		if err != nil {
			t.Errorf("%s: %v", tt.pattern, err)
			continue
		}
		if got := p.Matches([]byte(instance)); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.pattern, got, tt.want)
		}
	}
}

// TestExistsLooksAtEveryElement: absent means that no element of an array has it.
func TestExistsLooksAtEveryElement(t *testing.T) {
	t.Parallel()
	p, err := eventbridge.ParsePattern(`{"a": {"b": [{"exists": false}]}}`)
	if err != nil {
		t.Fatal(err)
	}
	for event, want := range map[string]bool{
		`{"a": [{"b": 1}, {"c": 2}]}`: false, `{"a": [{"c": 2}]}`: true, `{"a": 1}`: true, `{}`: true, `[]`: false, `{`: false,
	} {
		if got := p.Matches([]byte(event)); got != want {
			t.Errorf("%s: %v, want %v", event, got, want)
		}
	}
}

func TestParsePatternRefuses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ pattern, reason string }{
		{``, "unexpected EOF"},
		{`{`, "unexpected EOF"},
		{`{"a": [1}`, "invalid character"},
		{`null`, "Filter is not an object"},
		{`["a"]`, "Filter is not an object"},
		{`{"a": [1]} x`, "behind the JSON object"},
		{`{}`, "Empty objects are not allowed"},
		{`{"detail": {}}`, "Empty objects are not allowed"},
		{`{"a": []}`, "Empty arrays are not allowed"},
		{`{"source": "aws.ec2"}`, `"source" must be an object or an array`},
		{`{"a": [["b"]]}`, "Match value must be String, number, true, false, or null"},
		{`{"a": [1], "a": [2]}`, "Path `a` cannot be allowed multiple times"},
		{`{"a": [{}]}`, "Only one key allowed in match expression"},
		{`{"a": [{"prefix": "x", "suffix": "y"}]}`, "Only one key allowed in match expression"},
		{`{"a": [{"prefix": 1}]}`, "prefix match pattern must be a string"},
		{`{"a": [{"prefix": {"equals-ignore-case": "x"}}]}`, "prefix match pattern must be a string"},
		{`{"a": [{"suffix": null}]}`, "suffix match pattern must be a string"},
		{`{"a": [{"exists": "true"}]}`, "exists match pattern must be either true or false"},
		{`{"a": [{"equals-ignore-case": "x"}]}`, "equals-ignore-case is not in the stand-in"},
		{`{"a": [{"wildcard": "x*"}]}`, "wildcard is not in the stand-in"},
		{`{"a": [{"cidr": "10.0.0.0/24"}]}`, "cidr is not in the stand-in"},
		{`{"a": [{"regex": "x"}]}`, "Unrecognized match type regex"},
		{`{"a": [{"anything-but": true}]}`, "must be an array or single string/number value"},
		{`{"a": [{"anything-but": []}]}`, "mixed type is not supported"},
		{`{"a": [{"anything-but": ["x", 1]}]}`, "mixed type is not supported"},
		{`{"a": [{"anything-but": [null]}]}`, "start|null|boolean is not supported"},
		{`{"a": [{"anything-but": [6e9]}]}`, "Value must be between"},
		{`{"a": [{"anything-but": {"wildcard": "x"}}]}`, "Unsupported anything-but pattern: wildcard"},
		{`{"a": [{"anything-but": {"prefix": ""}}]}`, "Null prefix/suffix not allowed"},
		{`{"a": [{"anything-but": {"prefix": ["x"]}}]}`, "prefix match pattern must be a string"},
		{`{"a": [{"numeric": 1}]}`, "Value of numeric must be an array"},
		{`{"a": [{"numeric": []}]}`, "one operator and number"},
		{`{"a": [{"numeric": [1, 2]}]}`, "Invalid member in numeric match: 1"},
		{`{"a": [{"numeric": ["=", "1"]}]}`, "Value of = must be numeric"},
		{`{"a": [{"numeric": ["!=", 1]}]}`, "Unrecognized numeric range operator: !="},
		{`{"a": [{"numeric": ["<", 5, ">", 1]}]}`, "Too many elements in numeric expression"},
		{`{"a": [{"numeric": [">", 5, "=", 6]}]}`, "Bad numeric range operator: ="},
		{`{"a": [{"numeric": [">", 5, "<", 5]}]}`, "Bottom must be less than top"},
		{`{"a": [{"numeric": [">", 5, "<", "6"]}]}`, "Value of < must be numeric"},
		{`{"a": [{"numeric": ["=", 5000000001]}]}`, "Value must be between -5e+09 and 5e+09"},
		{`{"$or": {"a": [1]}}`, "must be an Array followed with $or"},
		{`{"$or": [{"a": [1]}]}`, "at least 2 Objects in $or"},
		{`{"$or": [{"a": [1]}, "b"]}`, "Only JSON object is allowed in array of $or"},
		{`{"$or": [{"a": [1]}, {}]}`, "Empty objects are not allowed"},
	} {
		p, err := eventbridge.ParsePattern(tt.pattern)
		if p != nil || code(err) != "InvalidEventPatternException" ||
			!strings.Contains(err.Error(), "Event pattern is not valid. Reason: ") || !strings.Contains(err.Error(), tt.reason) {
			t.Errorf("%s: %v, want %s", tt.pattern, err, tt.reason)
		}
	}
}

func FuzzParsePattern(f *testing.F) {
	f.Add(`{"source": ["aws.ec2"], "detail": {"state": [{"anything-but": {"prefix": "x"}}, {"exists": false}, null]}}`, instance)
	f.Add(`{"a": [{"numeric": [">", 0, "<=", 5]}], "$or": [{"b": [1.50]}, {"b": [true]}]}`, `{"a": [[1], {"b": 2}], "b": [{}]}`)
	f.Add(`{"a": {"a": {"a": [{"suffix": ""}]}}}`, `{"a": [{"a": [{"a": "x"}]}]}`)
	f.Add(`[`, `[`)
	f.Fuzz(func(t *testing.T, pattern, event string) {
		if len(pattern) > 4096 {
			t.Skip("PutRule refuses it")
		}
		p, err := eventbridge.ParsePattern(pattern)
		if err != nil {
			if p != nil || code(err) != "InvalidEventPatternException" {
				t.Fatalf("%q: %v", pattern, err)
			}
			return
		}
		got := p.Matches([]byte(event))
		// A pattern that also demands what no event has matches nothing; one that allows it as well matches the same.
		more, err := eventbridge.ParsePattern(`{"$or": [` + pattern + `, {"\u0000": ["\u0000none"]}]}`)
		if err != nil {
			t.Fatalf("%q is a pattern, but no alternative: %v", pattern, err)
		}
		if strings.Contains(event, `none"`) {
			t.Skip("the event has it")
		}
		if more.Matches([]byte(event)) != got {
			t.Fatalf("%q: %v, as an alternative %v", pattern, got, !got)
		}
	})
}
