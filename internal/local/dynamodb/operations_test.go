package dynamodb_test

import (
	"encoding/json"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"callback-completer/internal/local/awsjson"
	"callback-completer/internal/local/dynamodb"
	"callback-completer/internal/race"
)

func TestMain(m *testing.M) {
	race.Plays(10)
	goleak.VerifyTestMain(m)
}

// server is where the calls go.
type server struct {
	client *http.Client
	url    string
}

func (s server) call(t *testing.T, operation, body string) (status int, answer string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-amz-json-1.0")
	r.Header.Set("X-Amz-Target", dynamodb.TargetPrefix+"."+operation)
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0")
	response, err := s.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

// fill creates a table with the content.
func (s server) fill(t *testing.T, table string) {
	t.Helper()
	calls := []string{"CreateTable " + definition}
	for _, item := range content {
		calls = append(calls, "PutItem "+put(item, ``))
	}
	for _, call := range calls {
		operation, body, _ := strings.Cut(call, " ")
		if status, answer := s.call(t, operation, strings.ReplaceAll(body, "TABLE", table)); status != http.StatusOK {
			t.Fatalf("%s: %d %s", operation, status, answer)
		}
	}
}

// brief is what the rows say of an answer: the code of an error, and items in their order with sorted attributes.
func brief(t *testing.T, answer string) (code, items string) {
	t.Helper()
	var a struct {
		Type                    string `json:"__type"`
		Item, Items             any
		LastEvaluatedKey, Table any
	}
	if err := json.Unmarshal([]byte(answer), &a); err != nil {
		t.Fatalf("%v: %s", err, answer)
	}
	text := func(v any) string {
		if v == nil {
			return ""
		}
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	items = text(a.Item) + text(a.Items)
	if a.LastEvaluatedKey != nil {
		items += " from " + text(a.LastEvaluatedKey)
	}
	return a.Type[strings.Index(a.Type, "#")+1:], items
}

func (s server) run(t *testing.T, rows []row) {
	t.Helper()
	for n, tt := range rows {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			table := fmt.Sprintf("table-%d", n)
			s.fill(t, table)
			status, answer := s.call(t, tt.operation, strings.ReplaceAll(tt.body, "TABLE", table))
			code, items := brief(t, answer)
			if code != tt.code || items != tt.want || (status == http.StatusOK) != (code == "") {
				t.Errorf("%d %.500s\nit is %s %s\nwant  %s %s", status, answer, code, items, tt.code, tt.want)
			}
		})
	}
}

func newServer(t *testing.T) server {
	t.Helper()
	api := awsjson.NewServer(nil)
	api.Register(dynamodb.TargetPrefix, dynamodb.New(dynamodb.Options{}).Operations())
	s := httptest.NewServer(api)
	t.Cleanup(s.Close)
	t.Cleanup(s.Client().CloseIdleConnections)
	return server{s.Client(), s.URL}
}

func TestOperations(t *testing.T) {
	t.Parallel()
	newServer(t).run(t, shared)
}

func TestWhatTheStandInRefuses(t *testing.T) {
	t.Parallel()
	newServer(t).run(t, refused)
}

// TestScan shows everything; DescribeTable says where it is.
func TestScan(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.fill(t, "table")
	status, answer := s.call(t, "Scan", `{"TableName": "arn:aws:dynamodb:us-east-1:000000000000:table/table"}`)
	var got struct {
		Count int
		Items []map[string]map[string]string
	}
	if err := json.Unmarshal([]byte(answer), &got); err != nil || status != http.StatusOK || got.Count != len(content) {
		t.Fatalf("%v: %d %s", err, status, answer)
	}
	var want []map[string]map[string]string
	for _, n := range []int{2, 4, 0, 3, 1} { // by key
		var item map[string]map[string]string
		if err := json.Unmarshal([]byte(content[n]), &item); err != nil {
			t.Fatal(err)
		}
		want = append(want, item)
	}
	if diff := cmp.Diff(want, got.Items); diff != "" {
		t.Errorf("items (-want +got):\n%s", diff)
	}
	_, answer = s.call(t, "DescribeTable", `{"TableName": "table"}`)
	if want := `{"Table":{"GlobalSecondaryIndexes":[{"IndexName":"pending","IndexStatus":"ACTIVE"}],` +
		`"TableArn":"arn:aws:dynamodb:us-east-1:000000000000:table/table","TableName":"table","TableStatus":"ACTIVE"}}`; answer != want {
		t.Errorf("the description is %s, want %s", answer, want)
	}
}

// TestLargePages: a page of an index ends when it has read a megabyte.
func TestLargePages(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.fill(t, "table")
	for n := range 7 {
		item := fmt.Sprintf(`{"id": {"S": "%d"}, "pending": {"S": "3"}, "at": {"N": "%d"}, "note": {"S": %q}}`, n, n, strings.Repeat("x", 300_000))
		if status, answer := s.call(t, "PutItem", strings.ReplaceAll(put(item, ``), "TABLE", "table")); status != http.StatusOK {
			t.Fatalf("%d %s", status, answer)
		}
	}
	first := strings.NewReplacer(`{"S": "1"}`, `{"S": "3"}`, "TABLE", "table").Replace(query(``))
	for _, want := range []struct {
		body  string
		count int
		last  string
	}{
		{first, 4, "3"},
		{strings.TrimSuffix(first, "}") + `, "ExclusiveStartKey": {"id": {"S": "3"}, "pending": {"S": "3"}, "at": {"N": "3"}}}`, 3, ""},
	} {
		_, answer := s.call(t, "Query", want.body)
		var got struct {
			Count            int
			LastEvaluatedKey struct{ ID struct{ S string } }
		}
		if err := json.Unmarshal([]byte(answer), &got); err != nil || got.Count != want.count || got.LastEvaluatedKey.ID.S != want.last {
			t.Errorf("%v: %d entries until %q, want %d until %q", err, got.Count, got.LastEvaluatedKey.ID.S, want.count, want.last)
		}
	}
}

// TestChecksum: DynamoDB's clients complain in the functions' logs where an answer has none.
func TestChecksum(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url, strings.NewReader(`{"TableName": "none"}`))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Amz-Target", dynamodb.TargetPrefix+".DescribeTable")
	response, err := s.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if want := strconv.Itoa(int(crc32.ChecksumIEEE(text))); err != nil || response.Header.Get("X-Amz-Crc32") != want {
		t.Errorf("the checksum is %q, not %s, %v", response.Header.Get("X-Amz-Crc32"), want, err)
	}
}
