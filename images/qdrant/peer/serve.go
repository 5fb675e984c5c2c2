package peer

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"

	"aeterna.chaos/qdrant/consensus"
)

// knowledge asks whether a peer has applied the log up to there, and tells how far it is.
type knowledge struct {
	Applied uint64 `json:"applied"`
	Commit  uint64 `json:"commit"`
}

func asFailure(err error, told **failure) bool { return errors.As(err, told) }

// Handler serves the port that only other peers use.
func (p *Peer) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
	mux.HandleFunc("POST /raft", p.raft)
	mux.HandleFunc("POST /join", answering(p.welcome))
	mux.HandleFunc("POST /known", answering(p.known))
	mux.HandleFunc("POST /update", answering(func(ctx context.Context, message wireUpdate) (struct{}, error) {
		return struct{}{}, p.applyHere(context.WithoutCancel(ctx), message)
	}))
	mux.HandleFunc("POST /spread", answering(func(ctx context.Context, message wireUpdate) (struct{}, error) {
		return struct{}{}, p.spread(context.WithoutCancel(ctx), message.Collection, message.Shard, message.Update, message.Wait, message.Ordering)
	}))
	mux.HandleFunc("POST /read", answering(func(_ context.Context, query Query) (Answer, error) { return p.readHere(query) }))
	mux.HandleFunc("POST /refill", answering(func(ctx context.Context, message wireRecords) (struct{}, error) {
		return struct{}{}, p.refilled(ctx, message)
	}))
	return mux
}

func (p *Peer) raft(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	messages, err := readMessages(body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	for _, message := range messages {
		// Meant for the peer that had this address before, with the volume that is gone.
		if message.To != uint64(p.ID()) {
			http.Error(w, "another peer is here now", http.StatusNotFound)
			return
		}
		p.node.Receive(message)
	}
}

func (p *Peer) welcome(ctx context.Context, who joining) (joined, error) {
	if who.ID == 0 || who.URI == "" {
		return joined{}, errors.New("a joining peer must say who and where it is")
	}
	ctx, cancel := context.WithTimeout(ctx, p.settings.BootstrapTimeout)
	defer cancel()
	if p.node.New() {
		return joined{}, errors.New("this peer is in no cluster itself yet")
	}
	if err := p.node.AddPeer(ctx, who.ID, who.URI); err != nil {
		return joined{}, err
	}
	return joined{Peers: p.View().State.Peers}, nil
}

func (p *Peer) known(ctx context.Context, asked knowledge) (knowledge, error) {
	ctx, cancel := context.WithTimeout(ctx, agreementPatience)
	defer cancel()
	if err := p.node.Await(ctx, func(v *consensus.View) bool { return v.Applied >= asked.Applied }); err != nil {
		return knowledge{}, err
	}
	view := p.View()
	return knowledge{Applied: view.Applied, Commit: view.Commit}, nil
}

func answering[Q, A any](handle func(context.Context, Q) (A, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var question Q
		if err := json.NewDecoder(r.Body).Decode(&question); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		answer, err := handle(r.Context(), question)
		w.Header().Set("Content-Type", "application/json")
		if err != nil {
			told := &failure{Kind: kindFailed, Message: err.Error()}
			asFailure(err, &told)
			w.WriteHeader(http.StatusInternalServerError)
			_ = json.NewEncoder(w).Encode(told)
			return
		}
		_ = json.NewEncoder(w).Encode(answer)
	}
}

// CreateCollection makes a collection and waits until its replicas can be used.
func (p *Peer) CreateCollection(ctx context.Context, create consensus.CreateCollection) error {
	if err := p.node.Propose(ctx, consensus.Command{Create: &create}); err != nil {
		return err
	}
	return p.node.Await(ctx, func(v *consensus.View) bool {
		c, there := v.State.Collections[create.Name]
		if !there {
			return true
		}
		for _, s := range c.Shards {
			for _, replica := range s.Replicas {
				if replica.State == consensus.Initializing {
					return false
				}
			}
		}
		return true
	})
}

// Propose changes what the peers agree on.
func (p *Peer) Propose(ctx context.Context, command consensus.Command) error {
	return p.node.Propose(ctx, command)
}

// RemovePeer forgets a peer and its replicas.
func (p *Peer) RemovePeer(ctx context.Context, peer consensus.PeerID) error {
	return p.node.RemovePeer(ctx, peer)
}

// Handlers of the peer-to-peer port wait at most this long for a request's head.
const ReadHeaderTimeout = 5 * time.Second
