package main

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
)

// said is what a workflow is told.
type said struct {
	Decision string
	Approved bool
	Comment  string
	Approver struct {
		ID, Method string
		Verified   bool
	}
	Channel string
}

// told reads what the task was closed with.
func told(t *testing.T, closing string) said {
	t.Helper()
	text := strings.TrimPrefix(strings.TrimPrefix(closing, "output "), "error ApprovalRejected ")
	var s said
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		t.Fatalf("%v: %q", err, closing)
	}
	return s
}

// TestAPersonDecides through each front door: the page, the form, the redirect to the page, and what it says then.
func TestAPersonDecides(t *testing.T) {
	t.Parallel()
	for _, d := range doors() {
		for decision, prefix := range map[string]string{"approve": "output ", "reject": "error ApprovalRejected "} {
			t.Run(d.name+" "+decision, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					r := newAsked(t)
					a := r.ask("")
					get := d.event(wire{method: http.MethodGet, path: a.path()})
					page := r.visit(get)
					if page.Status != 200 || !strings.Contains(page.Body, "Deploy version 7") || !strings.Contains(page.Body, `<form method="post"`) {
						t.Fatalf("page %+v", page)
					}
					if page.Header.Get("Content-Type") != "text/html; charset=utf-8" || page.Header.Get("Content-Security-Policy") == "" {
						t.Errorf("headers %v", page.Header)
					}
					sent := r.visit(d.event(form(a.path(), "comment", canaryComment, "decision", decision)))
					if sent.Status != 303 || sent.Header.Get("Location") != a.link || sent.Body != "" {
						t.Fatalf("answer %+v", sent)
					}
					closing := r.closing(a)
					got := told(t, closing)
					want := said{Decision: decision, Approved: decision == "approve", Comment: canaryComment, Channel: "web"}
					want.Approver.Method = "link"
					if diff := cmp.Diff(want, got); diff != "" || !strings.HasPrefix(closing, prefix) {
						t.Errorf("%s (-want +got):\n%s", closing, diff)
					}
					after := r.visit(get)
					if after.Status != 200 || !strings.Contains(after.Body, "CANARY-COMMENT looks &lt;b&gt;good") || strings.Contains(after.Body, "<form") {
						t.Errorf("page afterwards %+v", after)
					}
					if out := r.Out.String(); !strings.Contains(out, `"outcome":"answered"`) || !strings.Contains(out, `"ApprovalsAnswered":1,"ApprovalsUnanswered":0`) {
						t.Errorf("the log and the metrics do not say what became of the form: %s", out)
					}
					r.quiet()
				})
			})
		}
	}
}

// TestTheRedirectLeadsBack behind whatever a front door puts before the path.
func TestTheRedirectLeadsBack(t *testing.T) {
	t.Parallel()
	v2 := func(path, stage string) func(wire, string) map[string]any {
		return func(w wire, link string) map[string]any {
			event := format2(w, "api.example.com")
			event["rawPath"], event["routeKey"] = path+link, w.verb()+" /approvals/{link}"
			event["pathParameters"] = map[string]string{"link": link}
			context, _ := event["requestContext"].(map[string]any)
			context["stage"], context["routeKey"] = stage, event["routeKey"]
			return event
		}
	}
	v1 := func(path, public string) func(wire, string) map[string]any {
		return func(w wire, link string) map[string]any {
			w.path = path + link
			event := format1(w, map[string]any{"resourceId": "r1", "stage": "live", "path": public + link, "identity": map[string]any{}})
			event["resource"], event["pathParameters"] = "/approvals/{link}", map[string]string{"link": link}
			return event
		}
	}
	tests := []struct {
		name, public string // the path as the browser has it
		event        func(wire, string) map[string]any
	}{
		{"HTTP API", "/approvals/", v2("/approvals/", "$default")},
		{"HTTP API, stage", "/live/approvals/", v2("/live/approvals/", "live")},
		{"HTTP API, base path", "/tools/approvals/", v2("/tools/approvals/", "$default")},
		{"REST API, stage", "/live/approvals/", v1("/approvals/", "/live/approvals/")},
		{"REST API, base path", "/tools/approvals/", v1("/tools/approvals/", "/tools/approvals/")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := newAsked(t)
				a := r.ask("")
				sent := r.visit(tt.event(form("", "decision", "approve"), a.link))
				page, err := url.Parse("https://api.example.com" + tt.public + a.link + "?lang=de")
				if err != nil {
					t.Fatal(err)
				}
				to, err := page.Parse(sent.Header.Get("Location"))
				if err != nil || sent.Status != 303 || to.String() != "https://api.example.com"+tt.public+a.link {
					t.Errorf("%d to %v, %v", sent.Status, to, err)
				}
				if got := r.visit(tt.event(wire{method: http.MethodGet}, a.link)); got.Status != 200 || strings.Contains(got.Body, "<form") {
					t.Errorf("page afterwards %+v", got)
				}
				r.quiet()
			})
		})
	}
}

// TestLanguage: the browser's where the request names none.
func TestLanguage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newAsked(t)
		for more, want := range map[string]string{"": `lang="de"`, `, "locale": "en"`: `lang="en"`} {
			got := r.visit(doors()[1].event(wire{
				method: "GET", path: r.ask(more).path(), header: header(map[string]string{"accept-language": "fr, de-CH;q=0.9, en;q=0.8"}),
			}))
			if !strings.Contains(got.Body, want) || got.Header.Get("Vary") != "Accept-Language" {
				t.Errorf("%s: %+v", want, got)
			}
		}
	})
}
