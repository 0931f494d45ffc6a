package dynamo_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"callback-completer/internal/approval"
	"callback-completer/internal/store/dynamo"
)

type item = map[string]types.AttributeValue

func text(s string) types.AttributeValue   { return &types.AttributeValueMemberS{Value: s} }
func number(s string) types.AttributeValue { return &types.AttributeValueMemberN{Value: s} }
func binary(s string) types.AttributeValue { return &types.AttributeValueMemberB{Value: []byte(s)} }

var sameValues = cmpopts.IgnoreUnexported(
	types.AttributeValueMemberS{}, types.AttributeValueMemberN{}, types.AttributeValueMemberB{})

// TestItem holds the item to what the package says of the table.
func TestItem(t *testing.T) {
	t.Parallel()
	b := newBench(t, dynamo.Patient)
	r := b.created(t)
	want := item{
		"id": text("00112233445566778899aabbccddeeff"), "revision": number("1"), "state": text("open"), "pending": text("1"),
		"createdAt": number("1795435200007"), "expiresAt": number("1795438800007"), "purgeAt": number("1795442400007"),
		"purgeAfter": number("1795442401"), // not before its time
		"execution":  text("CANARY-execution"), "request": binary("CANARY-request"), "progress": binary("CANARY-progress"),
	}
	writes := map[string]bool{}
	holds := func() {
		t.Helper()
		out, err := b.client.Scan(t.Context(), &dynamodb.ScanInput{TableName: aws.String(table)})
		if err != nil || len(out.Items) != 1 {
			t.Fatalf("%v, %v", out, err)
		}
		write, _ := out.Items[0]["write"].(*types.AttributeValueMemberB)
		if write == nil || len(write.Value) != 16 || writes[string(write.Value)] {
			t.Errorf("the write is %v", out.Items[0]["write"])
		} else {
			writes[string(write.Value)] = true
		}
		delete(out.Items[0], "write")
		if diff := cmp.Diff(want, out.Items[0], sameValues); diff != "" {
			t.Errorf("the item (-want +got):\n%s", diff)
		}
	}
	holds()
	r.State, r.Progress, r.Execution = approval.Answered, []byte{}, ""
	r.DeliveredAt, r.PurgeAt = r.CreatedAt.Add(time.Second), r.CreatedAt.Truncate(time.Second)
	if _, err := b.Update(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	want = item{
		"id": text("00112233445566778899aabbccddeeff"), "revision": number("2"), "state": text("answered"),
		"createdAt": number("1795435200007"), "expiresAt": number("1795438800007"), "purgeAt": number("1795435200000"),
		"purgeAfter": number("1795435200"), "deliveredAt": number("1795435201007"), "request": binary("CANARY-request"),
	}
	holds()
	r.Revision, r.State, r.PurgeAt, r.DeliveredAt = 2, approval.Revoked, time.Time{}, time.Time{}
	if _, err := b.Update(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	want["revision"], want["state"] = number("3"), text("revoked")
	for _, name := range []string{"purgeAt", "purgeAfter", "deliveredAt"} {
		delete(want, name)
	}
	holds()
}

// TestTheLargestRecord: what the store takes, the table takes; and little is refused that it would have taken.
func TestTheLargestRecord(t *testing.T) {
	t.Parallel()
	createLargest(t, newBench(t, dynamo.Patient).Store)
}

func createLargest(t *testing.T, s *dynamo.Store) {
	t.Helper()
	r := record()
	r.Revision, r.DeliveredAt = 1_234_567_890_123, r.CreatedAt
	largest := 0
	for n := 409_600; n > 409_000 && largest == 0; n-- {
		r.Request = make([]byte, n)
		if err := s.Create(t.Context(), r); err == nil {
			largest = n
		} else if !strings.Contains(err.Error(), "an item at most 409600") {
			t.Fatalf("%d bytes: %v", n, err)
		}
	}
	if largest < 409_250 {
		t.Errorf("the largest request that is taken has %d bytes", largest)
	}
}

// TestWhatIsNoRecord: somebody has written to the table.
func TestWhatIsNoRecord(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		change map[string]types.AttributeValue
		want   string
	}{
		"revision missing":   {item{"revision": nil}, "it lacks an ID, a revision or a state"},
		"revision zero":      {item{"revision": number("0")}, "it lacks an ID, a revision or a state"},
		"state missing":      {item{"state": nil}, "it lacks an ID, a revision or a state"},
		"revision a text":    {item{"revision": text("CANARY")}, "its attribute revision is of another kind"},
		"revision too large": {item{"revision": number("12345678901234567890")}, "its attribute revision is of another kind"},
		"state a number":     {item{"state": number("1")}, "its attribute state is of another kind"},
		"time a text":        {item{"expiresAt": text("CANARY")}, "its attribute expiresAt is of another kind"},
		"request a text":     {item{"request": text("CANARY")}, "its attribute request is of another kind"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, dynamo.Patient)
			in := item{"id": text(string(id)), "revision": number("1"), "state": text("open"), "createdAt": number("1")}
			for name, v := range tt.change {
				if in[name] = v; v == nil {
					delete(in, name)
				}
			}
			if _, err := b.client.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String(table), Item: in}); err != nil {
				t.Fatal(err)
			}
			_, err := b.Get(t.Context(), id)
			if want := "read the record: GetItem: the item is no record: " + tt.want; err == nil || err.Error() != want {
				t.Errorf("%v, want %q", err, want)
			}
		})
	}
}

// TestPages: an index is read page by page, some of which may be empty, until there are enough entries or no more.
func TestPages(t *testing.T) {
	t.Parallel()
	entry := `{"id":{"S":"a"},"pending":{"S":"1"},"createdAt":{"N":"1"}}`
	page := func(entries int, next string) string {
		body := `{"Items":[` + strings.TrimSuffix(strings.Repeat(entry+",", entries), ",") + `]`
		if next != "" {
			body += `,"LastEvaluatedKey":{"id":{"S":"` + next + `"}}`
		}
		return body + `}`
	}
	for name, tt := range map[string]struct {
		limit int
		pages []string
		found int
		want  []string // the limit and the start of each call
	}{
		"until there are no more": {100, []string{page(3, "x"), page(0, "y"), page(2, "")}, 5, []string{"100", "97 x", "97 y"}},
		"until there are enough":  {5, []string{page(3, "x"), page(2, "y")}, 5, []string{"5", "2 x"}},
		"in pages of a thousand":  {1500, []string{page(1000, "x"), page(500, "y")}, 1500, []string{"1000", "500 x"}},
		"none wanted":             {0, nil, 0, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			s := dynamo.Patient(config(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				var in struct {
					Limit             json.Number
					ExclusiveStartKey struct{ ID struct{ S string } }
				}
				body, err := io.ReadAll(r.Body)
				if err != nil || json.NewDecoder(bytes.NewReader(body)).Decode(&in) != nil {
					t.Errorf("the request is %s, %v", body, err)
				}
				if len(got) < len(tt.pages) {
					_, _ = io.WriteString(w, tt.pages[len(got)])
				}
				got = append(got, strings.TrimSpace(in.Limit.String()+" "+in.ExclusiveStartKey.ID.S))
			})), table)
			records, err := s.Pending(t.Context(), tt.limit)
			if err != nil || len(records) != tt.found {
				t.Errorf("%d records, %v, want %d", len(records), err, tt.found)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("calls (-want +got):\n%s", diff)
			}
		})
	}
}

// TestReadsAreConsistent: a page that did not see the answer would take another one.
func TestReadsAreConsistent(t *testing.T) {
	t.Parallel()
	consistent := false
	s := dynamo.Patient(config(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in struct{ ConsistentRead bool }
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			t.Error(err)
		}
		consistent = in.ConsistentRead
		_, _ = io.WriteString(w, `{}`)
	})), table)
	if _, err := s.Get(context.WithoutCancel(t.Context()), id); err == nil || !consistent {
		t.Errorf("consistent: %t, %v", consistent, err)
	}
}
