package main

import (
	"context"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"callback-completer/functions/internal/service"
	"callback-completer/internal/apigw"
	"callback-completer/internal/callback"
	"callback-completer/internal/config"
	"callback-completer/internal/local"
	"callback-completer/internal/local/gateway"
	"callback-completer/internal/local/lambda"
	"callback-completer/internal/local/rig"
	"callback-completer/internal/local/sqs"
	"callback-completer/internal/telemetry"
)

// world is the function with everything around it that the promise is about: workflows that wait, an API before the
// function, execution environments that die, senders that repeat, and the function behind the callback queue.
type world struct {
	*httpRig

	environments *rig.Environments[*apigw.Adapter]
	front        local.Direct
	callbacks    *sqs.Queue
	consumer     *service.Service // completes what is on the callback queue
	tasks        []rig.Task
	sent         []*request
	senders      sync.WaitGroup
	consumed     []string // bodies that were on the callback queue

	disturbed bool // something happened that makes a good request fail
	withQueue bool
}

// request is one request, however often it is sent.
type request struct {
	path    string
	body    string
	headers func() map[string]string // made anew each time
	answers []rig.Answer             // what it tells; none: it can go nowhere
	unknown string                   // the token of a task that never was
	quiet   bool                     // it tells nothing: a heartbeat, a greeting, a job that still runs
	forged  bool                     // it must not be believed
	patient time.Duration            // how long its sender waits for an answer
	tries   int                      // how often it is sent while it hears nothing good

	mu    sync.Mutex
	heard []word
}

// word is what a sender hears: a status, and what the answer calls its own status. Nothing at all is the zero word.
type word struct {
	code int
	text string
}

const (
	allMapping    = `select(type == "object" and has("all")) | .all[]`
	githubMapping = `if .action == "completed" then .callback else null end`
)

func newWorld(t *testing.T, mapper callback.Mapper, kind gateway.Kind, single, withQueue bool) *world {
	t.Helper()
	base := &httpRig{Rig: rig.New(t, allMapping, false)}
	w := &world{httpRig: base, disturbed: !single, withQueue: withQueue} // two environments do not share their evidence
	w.callbacks = w.Queue("callbacks", nil)
	settings := config.HTTP{Common: w.Settings, CallbacksAuthorizer: config.IAMAuthorizer, WebhookSources: w.sources(
		map[string]string{"acme": acmeSecret(), "github": githubKey}, `[
			{"name": "acme", "scheme": "standard-webhooks", "secret": "acme"},
			{"name": "github", "scheme": "github", "secret": "github", "mapping": `+strconv.Quote(githubMapping)+`}
		]`,
	)}
	if withQueue {
		settings.CallbackQueueURL = w.callbacks.URL()
	}
	log := telemetry.NewLogger(&w.Out, w.Settings.LogLevel)
	w.consumer = service.New(mapper, w.Settings, service.Options{Trigger: "sqs", Concurrency: 1}, w.AWS(w.Client()), log, &w.Out)
	concurrency := 3
	if single {
		concurrency = 1
	}
	w.environments = rig.NewEnvironments(w.Stack, concurrency, func(ctx context.Context, client aws.HTTPClient) (*apigw.Adapter, error) {
		return build(ctx, mapper, settings, w.AWS(client), http.DefaultClient, log, &w.Out)
	})
	function := lambda.Timeout(lambda.InvokerFunc(func(ctx context.Context, event []byte) ([]byte, error) {
		return w.environments.Invoke(ctx, func(ctx context.Context, a *apigw.Adapter) ([]byte, error) { return a.Invoke(ctx, event) })
	}), 20*time.Second)
	c := gateway.Config{Kind: kind, Routes: []gateway.Route{
		{Key: "POST /callbacks", Function: function, IAM: true}, {Key: "POST /webhooks/{source}", Function: function},
	}}
	if kind == gateway.RESTAPI {
		c.BinaryMediaTypes = []string{"*/*"}
	}
	front, err := gateway.New(c)
	if err != nil {
		t.Fatal(err)
	}
	w.front = local.Direct{Handler: front}
	t.Cleanup(w.quiesce)
	w.tasks = w.Tasks(3)
	if kind == gateway.RESTAPI {
		w.front.Handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			r.URL.Path = "/Prod" + r.URL.Path
			front.ServeHTTP(rw, r)
		})
	}
	return w
}

// send has a sender deliver a request while the play goes on: again and again while it hears nothing or that it should.
func (w *world) send(r *request) {
	w.sent = append(w.sent, r)
	w.senders.Go(func() {
		for range r.tries {
			said := w.deliver(r)
			r.mu.Lock()
			r.heard = append(r.heard, said)
			r.mu.Unlock()
			if said.code != 0 && said.code < 500 {
				return
			}
			time.Sleep(5 * time.Second)
		}
	})
}

func (w *world) deliver(r *request) word {
	ctx, cancel := context.WithTimeout(w.T.Context(), r.patient)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://api.example.com"+r.path, strings.NewReader(r.body))
	if err != nil {
		return word{text: err.Error()}
	}
	for name, value := range r.headers() {
		request.Header.Set(name, value)
	}
	answer, err := w.front.Do(request)
	if err != nil {
		return word{}
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return word{}
	}
	_ = answer.Header.Write(&w.Out) // what strangers hear is looked through like the log
	_, _ = w.Out.Write(text)
	return word{answer.StatusCode, strings.TrimSpace(string(text))}
}

// consume is the function behind the callback queue: it leaves what must be tried again.
func (w *world) consume(ctx context.Context) error {
	for _, m := range w.callbacks.Receive(ctx, sqs.ReceiveOptions{Max: 10, Visibility: time.Second}) {
		w.consumed = append(w.consumed, m.Body)
		reports := w.consumer.Run(ctx, []callback.Delivery{{
			Trigger: "sqs", SourceID: m.MessageID, Payload: m.Body, Meta: callback.Facts{"trigger": "sqs"},
		}})
		if reports[0].Verdict == callback.Retry {
			continue
		}
		if err := w.callbacks.Delete(m.ReceiptHandle); err != nil {
			return err
		}
	}
	return nil
}
