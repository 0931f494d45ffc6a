package states

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strconv"
	"time"

	"callback-completer/bench/load"
)

const maxBody = 1 << 20

// The answers, with the headers that a client looks at.
const (
	okBody       = `{}`
	throttleBody = `{"__type":"com.amazon.coral.availability#ThrottlingException","message":"Rate exceeded"}`
	unknownBody  = `{"__type":"com.amazon.coral.service#UnknownOperationException"}`
)

func response(status, body string) []byte {
	return fmt.Appendf(nil, "HTTP/1.1 %s\r\nx-amzn-RequestId: 00000000-0000-4000-8000-000000000000\r\n"+
		"Date: Mon, 23 Nov 2026 10:00:00 GMT\r\nContent-Type: application/x-amz-json-1.0\r\nContent-Length: %d\r\n\r\n%s", status, len(body), body)
}

func secretAnswer(secret string) []byte {
	return response("200 OK", fmt.Sprintf(`{"ARN":%q,"Name":"bench","SecretString":%q,"VersionId":"00000000-0000-4000-8000-000000000001",`+
		`"VersionStages":["AWSCURRENT"],"CreatedDate":1795428000}`, load.SecretARN, secret))
}

// request is the last one of a connection; its buffers are used again.
type request struct {
	line    []byte
	header  []byte // every header line
	target  string // the operation, without its service's version
	length  int
	body    []byte
	hasBody bool
}

func (e *Endpoint) serve(ctx context.Context, c *tls.Conn) {
	if c.HandshakeContext(ctx) != nil {
		return // a client that does not trust the certificate says so itself
	}
	e.connections.Add(1)
	ok, throttle, unknown := response("200 OK", okBody), response("400 Bad Request", throttleBody), response("400 Bad Request", unknownBody)
	in := bufio.NewReaderSize(c, 16<<10)
	r := &request{body: make([]byte, 0, 4<<10)}
	for {
		if err := r.read(in, c); err != nil {
			var bad *badRequest
			if errors.As(err, &bad) {
				e.blame(err)
			}
			return // or the client has closed the connection
		}
		b := e.behaviour.Load()
		answer := unknown
		switch r.target {
		case "SendTaskSuccess", "SendTaskFailure":
			answer = ok
			if b.Throttle > 0 && rand.Float64() < b.Throttle { //nolint:gosec // chance, not secrecy
				answer = throttle
				e.throttled.Add(1)
			}
			e.calls.Add(1)
			e.bytes.Add(int64(len(r.body)))
		case "GetSecretValue":
			answer = e.secret
		default:
			e.blame(&badRequest{"operation " + r.target})
		}
		if b.Strict != nil {
			e.check(r, b.Strict)
		}
		time.Sleep(b.Latency)
		if &answer[0] == &ok[0] {
			e.complete(r.body)
		}
		if _, err := c.Write(answer); err != nil {
			return
		}
	}
}

// complete counts the task that is completed by the body.
func (e *Endpoint) complete(body []byte) {
	number, ok := load.Number(body)
	if !ok {
		e.blame(&badRequest{"a task token that nobody was given"})
		return
	}
	if e.tasks.Load().complete(number) {
		e.completed.Add(1)
	} else {
		e.repeated.Add(1)
	}
}

func (e *Endpoint) check(r *request, strict Check) {
	if err := verify(r); err != nil {
		e.blame(fmt.Errorf("signature of %s: %w", r.target, err))
	} else if r.target == "GetSecretValue" {
		return
	} else if err := strict(r.target, r.body); err != nil {
		e.blame(fmt.Errorf("%s: %w", r.target, err))
	}
}

type badRequest struct{ what string }

func (b *badRequest) Error() string { return "the endpoint does not know this: " + b.what }

// read reads one request. It knows requests with a length; all SDKs send those.
func (r *request) read(in *bufio.Reader, out io.Writer) error {
	r.line, r.header, r.target, r.length, r.hasBody = r.line[:0], r.header[:0], "", 0, false
	expects := false
	for first := true; ; first = false {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return err
		}
		if first {
			r.line = append(r.line, line...)
			continue
		}
		if len(line) <= 2 {
			break
		}
		r.header = append(r.header, line...)
		name, value, _ := bytes.Cut(line, []byte(":"))
		value = bytes.TrimSpace(value)
		switch {
		case bytes.EqualFold(name, []byte("content-length")):
			if r.length, err = strconv.Atoi(string(value)); err != nil || r.length < 0 || r.length > maxBody {
				return &badRequest{"length " + string(value)}
			}
			r.hasBody = true
		case bytes.EqualFold(name, []byte("x-amz-target")):
			r.target = operation(value)
		case bytes.EqualFold(name, []byte("expect")):
			expects = true // botocore asks before it sends a body, if only for some operations
		}
	}
	if !r.hasBody {
		return &badRequest{"no content-length: " + string(bytes.TrimSpace(r.line))}
	}
	if expects {
		if _, err := io.WriteString(out, "HTTP/1.1 100 Continue\r\n\r\n"); err != nil {
			return err
		}
	}
	if cap(r.body) < r.length {
		r.body = make([]byte, r.length)
	}
	r.body = r.body[:r.length]
	_, err := io.ReadFull(in, r.body)
	return err
}

func operation(target []byte) string {
	_, name, _ := bytes.Cut(target, []byte("."))
	switch string(name) { // no allocation for those that are counted
	case "SendTaskSuccess":
		return "SendTaskSuccess"
	case "SendTaskFailure":
		return "SendTaskFailure"
	case "GetSecretValue":
		return "GetSecretValue"
	default:
		return string(target)
	}
}
