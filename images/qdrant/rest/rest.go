// Package rest is Qdrant's REST interface, as far as an HA test needs it: collections, points, the cluster, probes and metrics.
// What is not understood is refused, never ignored.
package rest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"aeterna.chaos/qdrant/consensus"
	"aeterna.chaos/qdrant/peer"
	"aeterna.chaos/qdrant/shard"
)

// Version is the release of Qdrant whose behaviour is followed.
const Version = "1.19.0"

// How long a change of the cluster's metadata may take; Qdrant's own default.
const metaPatience = 10 * time.Second

// Largest body that is read.
const maxBody = 32 << 20

// Defaults of new collections, as Qdrant's configuration has them.
type Defaults struct {
	ReplicationFactor      int
	WriteConsistencyFactor int
	// MetricsPrefix stands before the names of all metrics.
	MetricsPrefix string
}

// Server answers for one peer.
type Server struct {
	peer     *peer.Peer
	name     string
	defaults Defaults
}

// New makes the server of the peer in the pod of that name.
func New(p *peer.Peer, name string, defaults Defaults) *Server {
	return &Server{peer: p, name: name, defaults: defaults}
}

// Handler serves port 6333.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	probe := func(text string, ready func() bool) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			if !ready() {
				w.WriteHeader(http.StatusServiceUnavailable)
				text := "some shards are not ready"
				_, _ = io.WriteString(w, text)
				return
			}
			_, _ = io.WriteString(w, text)
		}
	}
	always := func() bool { return true }
	mux.HandleFunc("GET /healthz", probe("healthz check passed", always))
	mux.HandleFunc("GET /livez", probe("healthz check passed", always))
	mux.HandleFunc("GET /readyz", probe("all shards are ready", s.peer.Ready))
	mux.Handle("GET /metrics", s.metrics())
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]string{"title": "a stand-in for the qdrant vector search engine", "version": Version})
	})

	handle := func(pattern string, handler func(*http.Request) (any, error)) {
		mux.HandleFunc(pattern, answering(handler))
	}
	handle("GET /collections", s.collections)
	handle("GET /collections/{collection}", s.collection)
	handle("PUT /collections/{collection}", s.create)
	handle("DELETE /collections/{collection}", s.drop)
	handle("GET /collections/{collection}/exists", s.exists)
	handle("GET /collections/{collection}/cluster", s.collectionCluster)
	handle("POST /collections/{collection}/cluster", s.changeReplicas)
	handle("PUT /collections/{collection}/points", s.upsert)
	handle("POST /collections/{collection}/points", s.retrieve)
	handle("GET /collections/{collection}/points/{id}", s.point)
	handle("POST /collections/{collection}/points/delete", s.deletePoints)
	handle("POST /collections/{collection}/points/search", s.search)
	handle("POST /collections/{collection}/points/scroll", s.scroll)
	handle("POST /collections/{collection}/points/count", s.count)
	handle("GET /cluster", s.cluster)
	handle("DELETE /cluster/peer/{peer}", s.removePeer)

	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Served-By", s.name)
		mux.ServeHTTP(w, r)
	})
}

// refusal is an error with the status code that Qdrant gives it.
type refusal struct {
	code int
	text string
}

func (r *refusal) Error() string { return r.text }

func badInput(format string, values ...any) error {
	return &refusal{http.StatusBadRequest, "Wrong input: " + fmt.Sprintf(format, values...)}
}

func asRefusal(err error) *refusal {
	var already *refusal
	switch {
	case errors.As(err, &already):
		return already
	case errors.Is(err, consensus.ErrNotFound):
		return &refusal{http.StatusNotFound, "Not found: " + err.Error()}
	case errors.Is(err, consensus.ErrExists):
		return &refusal{http.StatusConflict, "Wrong input: " + err.Error()}
	case errors.Is(err, consensus.ErrRefused):
		return &refusal{http.StatusBadRequest, "Bad request: " + err.Error()}
	case errors.Is(err, peer.ErrInput):
		return &refusal{http.StatusBadRequest, err.Error()}
	default:
		return &refusal{http.StatusInternalServerError, "Service internal error: " + err.Error()}
	}
}

func answering(handler func(*http.Request) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		result, err := handler(r)
		w.Header().Set("Content-Type", "application/json")
		if err != nil {
			refused := asRefusal(err)
			w.WriteHeader(refused.code)
			_ = json.NewEncoder(w).Encode(map[string]any{"status": map[string]string{"error": refused.text}, "time": time.Since(began).Seconds()})
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"result": result, "status": "ok", "time": time.Since(began).Seconds()})
	}
}

// read decodes a body and refuses fields that are not understood.
func read(r *http.Request, into any) error {
	decoder := json.NewDecoder(r.Body)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return &refusal{http.StatusBadRequest, "Format error in JSON body: " + err.Error()}
	}
	return nil
}

// patience is the timeout that the client asks for, in seconds.
func patience(r *http.Request, otherwise time.Duration) (time.Duration, error) {
	text := r.URL.Query().Get("timeout")
	if text == "" {
		return otherwise, nil
	}
	seconds, err := strconv.ParseUint(text, 10, 31)
	if err != nil || seconds == 0 {
		return 0, badInput("timeout=%s is not a number of seconds above zero", text)
	}
	return time.Duration(seconds) * time.Second, nil
}

func consistency(r *http.Request) (peer.Consistency, error) {
	switch text := r.URL.Query().Get("consistency"); text {
	case "":
		return peer.Consistency{Number: 1}, nil
	case "majority", "quorum", "all":
		return peer.Consistency{Word: text}, nil
	default:
		number, err := strconv.ParseUint(text, 10, 16)
		if err != nil || number == 0 {
			return peer.Consistency{}, badInput("consistency=%s is neither a number above zero nor majority, quorum or all", text)
		}
		return peer.Consistency{Number: int(number)}, nil
	}
}

func (s *Server) known(r *http.Request) (string, *consensus.Collection, error) {
	name := r.PathValue("collection")
	collection, there := s.peer.View().State.Collections[name]
	if !there {
		return name, nil, &refusal{http.StatusNotFound, fmt.Sprintf("Not found: Collection `%s` doesn't exist!", name)}
	}
	return name, collection, nil
}

// everyShard reads all shards of a collection at once.
func (s *Server) everyShard(r *http.Request, query peer.Query, take func(peer.Answer)) error {
	name, collection, err := s.known(r)
	if err != nil {
		return err
	}
	wanted, err := consistency(r)
	if err != nil {
		return err
	}
	within, err := patience(r, time.Minute)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(r.Context(), within)
	defer cancel()
	type reply struct {
		answer peer.Answer
		err    error
	}
	replies := make(chan reply, len(collection.Shards))
	for number := range collection.Shards {
		part := query
		part.Collection, part.Shard = name, uint32(number)
		go func() {
			answer, err := s.peer.Read(ctx, part, wanted)
			replies <- reply{answer, err}
		}()
	}
	for range collection.Shards {
		reply := <-replies
		if reply.err != nil {
			if errors.Is(ctx.Err(), context.DeadlineExceeded) {
				return &refusal{http.StatusRequestTimeout, fmt.Sprintf("Timeout error: Operation 'read' timed out after %s", within)}
			}
			return reply.err
		}
		take(reply.answer)
	}
	return nil
}

// write spreads a write over shards.
func (s *Server) write(r *http.Request, updates map[uint32]shard.Update) (any, error) {
	name, _, err := s.known(r)
	if err != nil {
		return nil, err
	}
	query := r.URL.Query()
	wait := false
	if text := query.Get("wait"); text != "" {
		if wait, err = strconv.ParseBool(text); err != nil {
			return nil, badInput("wait=%s is neither true nor false", text)
		}
	}
	ordering := peer.Ordering(query.Get("ordering"))
	switch ordering {
	case "":
		ordering = peer.Weak
	case peer.Weak, peer.Medium, peer.Strong:
	default:
		return nil, badInput("ordering=%s is neither weak, medium nor strong", ordering)
	}
	within, err := patience(r, 0)
	if err != nil {
		return nil, err
	}
	ctx, cancel := r.Context(), context.CancelFunc(func() {})
	if within > 0 {
		ctx, cancel = context.WithTimeout(ctx, within)
	}
	defer cancel()
	done := make(chan error, len(updates))
	for number, update := range updates {
		go func() { done <- s.peer.Write(ctx, name, number, update, wait, ordering) }()
	}
	for range updates {
		select {
		case err := <-done:
			if err != nil {
				return nil, err
			}
		case <-ctx.Done():
			return nil, &refusal{http.StatusRequestTimeout, fmt.Sprintf("Timeout error: Operation 'update' timed out after %s", within)}
		}
	}
	status := "acknowledged"
	if wait {
		status = "completed"
	}
	return map[string]any{"operation_id": s.peer.View().Applied, "status": status}, nil
}
