package approval_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"callback-completer/internal/approval"
)

func TestParseSubmission(t *testing.T) {
	t.Parallel()
	const none, required, onReject, phrase = `,"comment":"none"`, `,"comment":"required"`, `,"comment":"required-on-reject"`, `,"confirmPhrase":"Deploy 7"`
	for _, tt := range []struct {
		name, more string
		form       url.Values
		decision   string
		comment    string
		problems   []approval.Problem
	}{
		{"approve", ``, form("approve"), "approve", "", nil},
		{"reject with a comment", ``, form("reject", " a\r\nb\rc\t "), "reject", "a\nb\nc", nil},
		{"nothing", ``, url.Values{}, "", "", []approval.Problem{"decision"}},
		{"nil", ``, nil, "", "", []approval.Problem{"decision"}},
		{"empty", ``, form(""), "", "", []approval.Problem{"decision"}},
		{"capital", ``, form("Approve"), "", "", []approval.Problem{"decision"}},
		{"padded", ``, form("approve "), "", "", []approval.Problem{"decision"}},
		{"with a line break", ``, form("approve\n"), "", "", []approval.Problem{"decision"}},
		{"with a NUL", ``, form("approve\x00"), "", "", []approval.Problem{"decision"}},
		{"unknown", ``, form("maybe"), "", "", []approval.Problem{"decision"}},
		{"twice the same", ``, url.Values{"decision": {"approve", "approve"}}, "", "", []approval.Problem{"decision"}},
		{"both", ``, url.Values{"decision": {"approve", "reject"}}, "", "", []approval.Problem{"decision"}},
		{"under another name", ``, url.Values{"Decision": {"approve"}, "decision[]": {"approve"}}, "", "", []approval.Problem{"decision"}},
		{"not offered", `,"decisions":[{"value":"ok","label":"OK"}]`, form("approve"), "", "", []approval.Problem{"decision"}},
		{"JSON", ``, url.Values{`{"decision":"approve"}`: {""}}, "", "", []approval.Problem{"decision"}},

		{"comment where none is wanted", none, form("approve", "x"), "approve", "x", []approval.Problem{"comment-unwanted"}},
		{"blank where none is wanted", none, form("approve", " \r\n"), "approve", "", nil},
		{"comment required", required, form("approve", "\x00 \n"), "approve", "", []approval.Problem{"comment-missing"}},
		{"no comment required to approve", onReject, form("approve"), "approve", "", nil},
		{"comment required to reject", onReject, form("reject"), "reject", "", []approval.Problem{"comment-on-reject"}},
		{"no decision, no comment", onReject, form(""), "", "", []approval.Problem{"decision"}},
		{"two comments", ``, url.Values{"decision": {"approve"}, "comment": {"a", "b"}}, "approve", "", []approval.Problem{"comment-unreadable"}},
		{"comment that is no text", ``, form("approve", "\xff"), "approve", "", []approval.Problem{"comment-unreadable"}},
		{"control characters", ``, form("approve", "a\x00\x1b[31mb\x7f\u009bc\u2028"), "approve", "a[31mbc", nil},
		{"formatting characters", ``, form("approve", "a\u202eb\u200bc"), "approve", "a\u202eb\u200bc", nil},
		{"as long as may be", ``, form("approve", strings.Repeat("é", 8192)), "approve", strings.Repeat("é", 8192), nil},
		{"as long as may be, with a browser's line breaks", ``, form("approve", strings.Repeat("x\r\n", 8192)), "approve", strings.TrimSpace(strings.Repeat("x\n", 8192)), nil},
		{"too long", ``, form("approve", strings.Repeat("x", 16385)), "approve", strings.Repeat("x", 16385), []approval.Problem{"comment-too-long"}},
		{"too long where several approve", `,"approvals":2` + team, form("approve", strings.Repeat("x", 4097)), "approve", strings.Repeat("x", 4097), []approval.Problem{"comment-too-long"}},
		{"a megabyte", ``, form("approve", strings.Repeat("x", 1<<20)), "approve", strings.Repeat("x", 1<<20), []approval.Problem{"comment-too-long"}},

		{"phrase", phrase, form("approve", "", " Deploy 7\t"), "approve", "", nil},
		{"phrase to reject", phrase, form("reject", "", "Deploy 7"), "reject", "", nil},
		{"no phrase", phrase, form("approve"), "approve", "", []approval.Problem{"phrase"}},
		{"phrase in another case", phrase, form("approve", "", "deploy 7"), "approve", "", []approval.Problem{"phrase"}},
		{"phrase with two spaces", phrase, form("approve", "", "Deploy  7"), "approve", "", []approval.Problem{"phrase"}},
		{"two phrases", phrase, url.Values{"decision": {"approve"}, "phrase": {"Deploy 7", "Deploy 7"}}, "approve", "", []approval.Problem{"phrase"}},
		{"phrase that nobody asked for", ``, form("approve", "", "x"), "approve", "", nil},
		{"everything", phrase + required, url.Values{}, "", "", []approval.Problem{"decision", "comment-missing", "phrase"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := asking(t, tt.more)
			s, problems := approval.ParseSubmission(&r, tt.form)
			if diff := cmp.Diff(tt.problems, problems); diff != "" || s.Option.Value != tt.decision || s.Comment.Text() != tt.comment {
				t.Errorf("decision %q, comment %.60q, problems %v", s.Option.Value, s.Comment.Text(), problems)
			}
		})
	}
}

// TestExactlyOneDecision: a form decides only if it says one allowed word once.
func TestExactlyOneDecision(t *testing.T) {
	t.Parallel()
	request := asking(t, "")
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom([]string{"approve", "reject", "Approve", "approve ", "", "approved"}), rapid.String()), 0, 3).Draw(t, "values")
		s, problems := approval.ParseSubmission(&request, url.Values{"decision": values})
		allowed := len(values) == 1 && (values[0] == "approve" || values[0] == "reject")
		if allowed != (s.Option.Value != "") || allowed == slices.Contains(problems, approval.ProblemDecision) {
			t.Fatalf("%q decides %q with %v", values, s.Option.Value, problems)
		}
	})
}

func FuzzParseSubmission(f *testing.F) {
	for _, seed := range []string{"decision=approve", "decision=reject&comment=a%0D%0Ab&phrase=x", "decision=approve&decision=reject", "decision=%ff&comment=%00", "%", "decision"} {
		f.Add(seed)
	}
	request, err := approval.ParseRequest([]byte(`{"taskToken":"T","title":"x","expires":60}`), start())
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body string) {
		form, _ := url.ParseQuery(body)
		s, problems := approval.ParseSubmission(&request, form)
		comment := s.Comment.Text()
		if !utf8.ValidString(comment) || strings.ContainsFunc(comment, func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' }) {
			t.Fatalf("the comment %q holds control characters", comment)
		}
		if len(problems) == 0 && (form.Get("decision") != s.Option.Value || len(form["decision"]) != 1 || len(comment) > 16*1024) {
			t.Fatalf("%q decides %q", body, s.Option.Value)
		}
	})
}
