package local

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// anyPort is where a server listens that was told nothing.
const anyPort = "127.0.0.1:0"

// Server serves a handler over HTTP until Close.
type Server struct {
	url    string
	server *http.Server
	done   chan struct{} // closed when it has stopped
}

// Serve serves a handler on address; empty is 127.0.0.1 and any free port.
func Serve(address string, h http.Handler) (*Server, error) {
	listener, err := listen(address)
	if err != nil {
		return nil, err
	}
	return serve(listener, h), nil
}

func listen(address string) (net.Listener, error) {
	if address == "" {
		address = anyPort
	}
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", address, err)
	}
	return listener, nil
}

func serve(listener net.Listener, h http.Handler) *Server {
	s := &Server{
		url:    urlOf(listener),
		server: &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second},
		done:   make(chan struct{}),
	}
	go func() {
		defer close(s.done)
		if err := s.server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			_ = s.server.Close() // the listener broke: clients see refused connections, and Close still works
		}
	}()
	return s
}

func urlOf(listener net.Listener) string { return "http://" + listener.Addr().String() }

// URL returns the server's address, without a trailing slash.
func (s *Server) URL() string { return s.url }

// Close gives the requests under way a second to end, ends every connection and waits for the server. It may be called
// again.
func (s *Server) Close() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if s.server.Shutdown(ctx) != nil { // a long poll outlasts it
		_ = s.server.Close()
	}
	<-s.done
}
