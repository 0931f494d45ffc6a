//go:build browser

package browsertest

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
)

// journal stands before the API and keeps what comes and goes.
type journal struct {
	next http.Handler

	mu     sync.Mutex
	visits []visit
	hold   chan struct{}       // POSTs wait until it is closed; nil: they do not
	spoil  func([]byte) []byte // what becomes of the pages; nil: nothing
}

// visit is a request and what it was answered.
type visit struct {
	method string
	path   string
	header http.Header
	status int // 0: not answered yet
	answer http.Header
}

func (j *journal) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body) // before it waits: browsers hang up
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	j.mu.Lock()
	n := len(j.visits)
	j.visits = append(j.visits, visit{method: r.Method, path: r.URL.Path, header: r.Header.Clone()})
	hold, spoil := j.hold, j.spoil
	j.mu.Unlock()
	if hold != nil && r.Method == http.MethodPost {
		<-hold
	}
	answer := httptest.NewRecorder()
	j.next.ServeHTTP(answer, r)
	j.mu.Lock()
	j.visits[n].status, j.visits[n].answer = answer.Code, answer.Header().Clone()
	j.mu.Unlock()
	text := answer.Body.Bytes()
	for name, values := range answer.Header() {
		w.Header()[name] = values
	}
	if spoil != nil {
		text = spoil(text)
		w.Header().Del("Content-Length")
	}
	w.WriteHeader(answer.Code)
	_, _ = w.Write(text) // a browser that is gone needs none
}

// all returns the visits with a method so far.
func (j *journal) all(method string) []visit {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(j.visits), func(v visit) bool { return v.method != method })
}

// statuses returns how the visits with a method were answered.
func (j *journal) statuses(method string) []int {
	var all []int
	for _, v := range j.all(method) {
		all = append(all, v.status)
	}
	return all
}

// keep makes POSTs wait until it is called again with nil.
func (j *journal) keep(hold chan struct{}) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.hold = hold
}

// change changes the pages from now on.
func (j *journal) change(spoil func([]byte) []byte) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.spoil = spoil
}
