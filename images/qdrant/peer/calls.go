package peer

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// As Qdrant has it between peers.
const (
	connectTimeout = 2 * time.Second
	callTimeout    = 60 * time.Second
	// After a second without an answer the other peer is asked whether it is there, and again each second.
	lookAfter = time.Second
	lookFor   = time.Second
)

// failure is an error that another peer answered with.
type failure struct {
	Kind    string `json:"kind"`
	Message string `json:"message"`
	Version uint64 `json:"version,omitempty"`
}

func (f *failure) Error() string { return f.Message }

// Kinds of failure that the asking peer acts on.
const (
	// kindStale: the asking peer does not know the replicas as they are by now.
	kindStale = "stale"
	// kindNotHere: the replica does not take part now.
	kindNotHere = "not here"
	kindFailed  = "failed"
)

// caller asks other peers. Thread-safe.
type caller struct{ calls, looks *http.Client }

func newCaller() *caller {
	client := func(timeout time.Duration) *http.Client {
		dialer := &net.Dialer{Timeout: connectTimeout, KeepAlive: 5 * time.Second}
		return &http.Client{Timeout: timeout, Transport: &http.Transport{DialContext: dialer.DialContext, MaxIdleConnsPerHost: 32,
			IdleConnTimeout: time.Minute, DisableCompression: true}}
	}
	return &caller{calls: client(callTimeout), looks: client(lookFor)}
}

// ask sends a question and reads the answer, both JSON. It gives up on a peer that has stopped answering anything.
func (c *caller) ask(ctx context.Context, uri, path string, question, answer any) error {
	body, err := json.Marshal(question)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go c.watch(ctx, uri, cancel)
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, at(uri, path), bytes.NewReader(body))
	if err != nil {
		return err
	}
	response, err := c.calls.Do(request)
	if err != nil {
		if cause := context.Cause(ctx); cause != nil {
			err = cause
		}
		return fmt.Errorf("peer at %s: %w", uri, err)
	}
	defer func() { _ = response.Body.Close() }()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		return fmt.Errorf("peer at %s: %w", uri, err)
	}
	if response.StatusCode != http.StatusOK {
		told := &failure{}
		if json.Unmarshal(data, told) != nil || told.Message == "" {
			return fmt.Errorf("peer at %s answered %s", uri, response.Status)
		}
		return told
	}
	if answer == nil {
		return nil
	}
	return json.Unmarshal(data, answer)
}

func (c *caller) watch(ctx context.Context, uri string, giveUp context.CancelCauseFunc) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(lookAfter):
		}
		if err := c.look(ctx, uri); err != nil {
			giveUp(fmt.Errorf("it stopped answering: %w", err))
			return
		}
	}
}

func (c *caller) look(ctx context.Context, uri string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, at(uri, "/healthz"), nil)
	if err != nil {
		return err
	}
	response, err := c.looks.Do(request)
	if err != nil {
		return err
	}
	_, _ = io.Copy(io.Discard, response.Body)
	return response.Body.Close()
}

func at(uri, path string) string { return strings.TrimSuffix(uri, "/") + path }
