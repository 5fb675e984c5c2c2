// Package vectors finds memories by what they are about, in Qdrant.
package vectors

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"aeterna.chaos/api/names"
)

// ErrMissing says that the collection is not there.
var ErrMissing = errors.New("the collection does not exist")

// Point is one memory's place.
type Point struct {
	ID      string            `json:"id"`
	Payload map[string]string `json:"payload"`
	Score   float64           `json:"score"`
}

// Qdrant is one collection of a Qdrant cluster, reached through its Service. Safe for concurrent use.
type Qdrant struct {
	collection string
	http       *http.Client
	// size is the collection's vector size, 0 until it was asked for.
	mutex sync.Mutex
	size  int
}

const (
	connectPatience = time.Second
	lookupPatience  = time.Second
	// attemptPatience is longer than the 2 s that a peer tries to connect to a silent one before it goes on without it, and short
	// enough that the caller's own limit leaves room to ask another peer.
	attemptPatience = 2500 * time.Millisecond
	attempts        = 2
)

// Open prepares a client; it connects to nothing yet.
func Open(host string, port uint16, collection string) *Qdrant {
	lookup := names.Remembering(net.DefaultResolver.LookupHost, lookupPatience)
	dialer := &net.Dialer{Timeout: connectPatience, KeepAliveConfig: net.KeepAliveConfig{
		Enable: true, Idle: 3 * time.Second, Interval: time.Second, Count: 3}}
	transport := &http.Transport{
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			addresses, err := lookup(ctx, host)
			if err != nil {
				return nil, err
			}
			if len(addresses) == 0 {
				return nil, fmt.Errorf("%s has no address", host)
			}
			return dialer.DialContext(ctx, network, net.JoinHostPort(addresses[0], strconv.Itoa(int(port))))
		},
		MaxIdleConnsPerHost: 8,
		// A connection stays with one peer; new ones spread over those that are ready.
		IdleConnTimeout: 10 * time.Second,
	}
	return &Qdrant{collection: collection, http: &http.Client{Transport: transport}}
}

// Upsert places a memory and returns once as many replicas as the collection demands have it on disk.
func (q *Qdrant) Upsert(ctx context.Context, id, text string, payload map[string]string) error {
	size, err := q.vectorSize(ctx)
	if err != nil {
		return err
	}
	body := map[string]any{"points": []any{map[string]any{"id": id, "vector": Embed(text, size), "payload": payload}}}
	var done struct{ Status string }
	if err := q.ask(ctx, http.MethodPut, "/points?wait=true", body, &done); err != nil {
		return err
	}
	if done.Status != "completed" {
		return fmt.Errorf("upsert ended as %q, not as completed", done.Status)
	}
	return nil
}

// Search returns the places nearest to the text among those with that payload, best first.
func (q *Qdrant) Search(ctx context.Context, text string, payload map[string]string, limit int) ([]Point, error) {
	size, err := q.vectorSize(ctx)
	if err != nil {
		return nil, err
	}
	var points []Point
	err = q.ask(ctx, http.MethodPost, "/points/search", map[string]any{"vector": Embed(text, size), "limit": limit,
		"with_payload": true, "filter": having(payload)}, &points)
	return points, err
}

// Forget removes every point with that payload.
func (q *Qdrant) Forget(ctx context.Context, payload map[string]string) error {
	var done struct{ Status string }
	return q.ask(ctx, http.MethodPost, "/points/delete?wait=true", map[string]any{"filter": having(payload)}, &done)
}

func having(payload map[string]string) map[string]any {
	must := []any{}
	for key, value := range payload {
		must = append(must, map[string]any{"key": key, "match": map[string]any{"value": value}})
	}
	return map[string]any{"must": must}
}

// Present returns which of the ids a majority of the replicas knows.
func (q *Qdrant) Present(ctx context.Context, ids []string) (map[string]bool, error) {
	var points []Point
	err := q.ask(ctx, http.MethodPost, "/points?consistency=majority",
		map[string]any{"ids": ids, "with_payload": false, "with_vector": false}, &points)
	present := make(map[string]bool, len(points))
	for _, point := range points {
		present[point.ID] = true
	}
	return present, err
}

// Ping succeeds when a majority of the replicas answers a search: Qdrant's own readiness never goes back once it was reached.
func (q *Qdrant) Ping(ctx context.Context) error {
	size, err := q.vectorSize(ctx)
	if err != nil {
		return err
	}
	var points []Point
	return q.ask(ctx, http.MethodPost, "/points/search?consistency=majority",
		map[string]any{"vector": Embed("ready", size), "limit": 1}, &points)
}

func (q *Qdrant) vectorSize(ctx context.Context) (int, error) {
	q.mutex.Lock()
	size := q.size
	q.mutex.Unlock()
	if size > 0 {
		return size, nil
	}
	var collection struct {
		Config struct {
			Params struct {
				Vectors struct{ Size int }
			}
		}
	}
	if err := q.ask(ctx, http.MethodGet, "", nil, &collection); err != nil {
		return 0, err
	}
	if size = collection.Config.Params.Vectors.Size; size <= 0 {
		return 0, fmt.Errorf("collection %s does not say the size of its vectors", q.collection)
	}
	q.mutex.Lock()
	defer q.mutex.Unlock()
	q.size = size
	return size, nil
}

// ask repeats what failed, on a new connection and so perhaps at another peer: every request here may be repeated, because a
// point is written under its own id. What Qdrant itself refused is not repeated.
func (q *Qdrant) ask(ctx context.Context, method, path string, body, result any) error {
	for attempt := 1; ; attempt++ {
		refused, err := q.askOnce(ctx, method, path, body, result)
		if err == nil || refused || ctx.Err() != nil {
			return err
		}
		if attempt == attempts {
			return fmt.Errorf("%d attempts, at last: %w", attempt, err)
		}
		q.http.CloseIdleConnections()
	}
}

func (q *Qdrant) askOnce(ctx context.Context, method, path string, body, result any) (refused bool, err error) {
	bounded, cancel := context.WithTimeout(ctx, attemptPatience)
	defer cancel()
	var content io.Reader = http.NoBody
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return true, err
		}
		content = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(bounded, method, "http://qdrant/collections/"+q.collection+path, content)
	if err != nil {
		return true, err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := q.http.Do(request)
	if err != nil {
		return false, err
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(response.Body, 16<<20))
	if err != nil {
		return false, err
	}
	switch {
	case response.StatusCode == http.StatusNotFound:
		return true, fmt.Errorf("%w: %s", ErrMissing, q.collection)
	case response.StatusCode != http.StatusOK:
		return response.StatusCode < 500, fmt.Errorf("HTTP %d from Qdrant: %.160s", response.StatusCode, text)
	}
	if err := json.Unmarshal(text, &struct{ Result any }{result}); err != nil {
		return true, fmt.Errorf("not the answer of a Qdrant: %w", err)
	}
	return false, nil
}
