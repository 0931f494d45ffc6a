package awscall_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"go.uber.org/goleak"

	"callback-completer/internal/awscall"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const canary = "CANARY-what-was-answered"

// reply is how an attempt ends.
type reply struct {
	status int
	body   string
	stalls bool  // behind the body; without a status, before it
	err    error // instead of an answer
}

// network gives each attempt of a call its reply, the last one for good.
type network struct {
	replies  []reply
	attempts int
}

func (n *network) Do(r *http.Request) (*http.Response, error) {
	n.attempts++
	reply := n.replies[min(n.attempts, len(n.replies))-1]
	switch {
	case reply.err != nil:
		return nil, &url.Error{Op: "Post", URL: canary, Err: reply.err}
	case reply.status == 0:
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	var body io.Reader = strings.NewReader(reply.body)
	if reply.stalls {
		body = io.MultiReader(body, readerFunc(func([]byte) (int, error) {
			<-r.Context().Done()
			return 0, r.Context().Err()
		}))
	}
	return &http.Response{StatusCode: reply.status, Header: http.Header{}, Body: io.NopCloser(body)}, nil
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func answer(status int, body string) reply { return reply{status: status, body: body} }

func broken(err error) reply { return reply{err: err} }

func hang() reply { return reply{stalls: true} }

func hangMidway() reply {
	return reply{status: http.StatusOK, body: `{"Parameter": {"Value": "` + canary, stalls: true}
}

// call makes a call with two attempts of two seconds.
func call(ctx context.Context, n *network, credentials error) error {
	client := ssm.New(ssm.Options{
		Region: "eu-west-1", BaseEndpoint: aws.String("http://127.0.0.1"), HTTPClient: n, Retryer: awscall.Retryer(2),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKID", SecretAccessKey: "SECRET"}, credentials
		}),
	}, func(o *ssm.Options) { o.APIOptions = append(o.APIOptions, awscall.Timeout(2*time.Second)) })
	_, err := client.GetParameter(ctx, &ssm.GetParameterInput{Name: aws.String(canary)})
	return err
}

func TestDescribe(t *testing.T) {
	t.Parallel()
	type replies = []reply
	for _, tt := range []struct {
		name        string
		replies     replies
		credentials error
		want        string
		attempts    int
	}{
		{"denied", replies{answer(400, `{"__type":"AccessDeniedException","message":"`+canary+`"}`)}, nil, "AccessDeniedException", 1},
		{"modelled", replies{answer(400, `{"__type":"com.amazonaws.ssm#ParameterNotFound","message":"`+canary+`"}`)}, nil, "ParameterNotFound", 1},
		{"throttled", replies{answer(400, `{"__type":"ThrottlingException","message":"`+canary+`"}`)}, nil, "ThrottlingException", 2},
		{"server error", replies{answer(500, `{"__type":"InternalServerError"}`)}, nil, "InternalServerError", 2},
		{"a code that is no code", replies{answer(400, `{"__type":"a `+canary+`"}`)}, nil, "HTTP status 400 without an error code", 1},
		{"over-long code", replies{answer(400, `{"__type":"`+strings.Repeat("E", 65)+`"}`)}, nil, "HTTP status 400 without an error code", 1},
		{"no code", replies{answer(403, `{"Message":"`+canary+`"}`)}, nil, "HTTP status 403 without an error code", 1},
		{"load balancer", replies{answer(503, "<html>"+canary)}, nil, "HTTP status 503 without an error code", 2},
		{"broken answer", replies{answer(200, `{"Parameter": {"Value": "`+canary)}, nil, "the answer cannot be read", 1},
		{"answer of another type", replies{answer(200, `["`+canary+`"]`)}, nil, "the answer cannot be read", 1},
		{"no such host", replies{broken(&net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{
			Err: "no such host", Name: "ssm.eu-west-9.amazonaws.com", IsNotFound: true,
		}})}, nil, "dial tcp: lookup ssm.eu-west-9.amazonaws.com: no such host", 1},
		{"reset", replies{broken(&net.OpError{Op: "read", Net: "tcp", Err: errors.New("connection reset by peer")})}, nil, "read tcp: connection reset by peer", 2},
		{"no HTTP", replies{broken(errors.New(`malformed HTTP response "` + canary + `"`))}, nil, "the connection broke", 2},
		{"no credentials", nil, errors.New(canary), "the call could not be made, or its answer not be used", 0},
		{"hanging", replies{hang()}, nil, "no answer within 2s", 2},
		{"hanging midway", replies{hangMidway()}, nil, "no answer within 2s", 2},
		{"hanging, then denied", replies{hang(), answer(400, `{"__type":"AccessDeniedException"}`)}, nil, "AccessDeniedException", 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				n := &network{replies: tt.replies}
				err := call(t.Context(), n, tt.credentials)
				if err == nil {
					t.Fatal("the call succeeded")
				}
				if got := awscall.Describe(err).Error(); got != tt.want || n.attempts != tt.attempts {
					t.Errorf("%q after %d attempts, want %q after %d", got, n.attempts, tt.want, tt.attempts)
				}
			})
		})
	}
}

// TestAnotherAttempt: what hangs or is throttled once costs no more than its time and a short pause.
func TestAnotherAttempt(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		first       reply
		least, most time.Duration
	}{
		"hanging":        {hang(), 2 * time.Second, 2200 * time.Millisecond},
		"hanging midway": {hangMidway(), 2 * time.Second, 2200 * time.Millisecond},
		"throttled":      {answer(400, `{"__type":"ThrottlingException"}`), 0, 200 * time.Millisecond},
		"unavailable":    {answer(503, ""), 0, 200 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				n := &network{replies: []reply{tt.first, answer(200, "{}")}}
				if err := call(t.Context(), n, nil); err != nil || n.attempts != 2 {
					t.Errorf("%v after %d attempts", err, n.attempts)
				}
				if took := time.Since(began); took < tt.least || took > tt.most {
					t.Errorf("it took %v, want %v to %v", took, tt.least, tt.most)
				}
			})
		})
	}
}

// TestTheCallersTime ends a call at once, and says so.
func TestTheCallersTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		n := &network{replies: []reply{hang()}}
		err := awscall.Describe(call(ctx, n, nil))
		if took := time.Since(began); !errors.Is(err, context.DeadlineExceeded) || n.attempts != 1 || took != time.Second {
			t.Errorf("%v after %d attempts and %v", err, n.attempts, took)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		n := &network{replies: []reply{hang()}}
		time.AfterFunc(time.Second, cancel)
		if err := awscall.Describe(call(ctx, n, nil)); !errors.Is(err, context.Canceled) || n.attempts != 1 {
			t.Errorf("%v after %d attempts", err, n.attempts)
		}
	})
}
