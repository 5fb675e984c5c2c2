package peer

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"aeterna.chaos/qdrant/consensus"
	"aeterna.chaos/qdrant/shard"
)

// Query is one read of one shard; exactly one of Get, Scroll, Count and Search is asked.
type Query struct {
	Collection  string        `json:"collection"`
	Incarnation uint64        `json:"incarnation"`
	Shard       uint32        `json:"shard"`
	Get         []shard.ID    `json:"get,omitempty"`
	Scroll      *Scroll       `json:"scroll,omitempty"`
	Count       bool          `json:"count,omitempty"`
	Filter      *shard.Filter `json:"filter,omitempty"`
	Search      *Search       `json:"search,omitempty"`
}

// Scroll lists points from an ID on.
type Scroll struct {
	From  *shard.ID `json:"from,omitempty"`
	Limit int       `json:"limit"`
}

// Search looks for the points nearest to a vector.
type Search struct {
	Vector   []float32 `json:"vector"`
	Distance string    `json:"distance"`
	Limit    int       `json:"limit"`
}

// Answer to a query.
type Answer struct {
	Points []shard.Scored `json:"points,omitempty"`
	Count  int            `json:"count"`
}

// Consistency says how many replicas are asked and how many must agree; what fewer know is left out.
type Consistency struct {
	// Word is majority, quorum, all, or empty for a number.
	Word   string
	Number int
}

// needed says how many replicas are asked and how many must say the same.
func (c Consistency) needed(replicas int) (ask, agree int) {
	majority := replicas/2 + 1
	switch c.Word {
	case "majority":
		return replicas, majority
	case "quorum":
		return majority, majority
	case "all":
		return replicas, replicas
	default:
		n := min(max(c.Number, 1), replicas)
		return n, n
	}
}

// How long a read waits for this peer to know what happened before it started, when the others alone are too few.
const catchUpPatience = 5 * time.Second

// ErrInput is a question that makes no sense, whoever answers.
var ErrInput = errors.New("Wrong input")

// Read asks as many replicas of a shard as the consistency wants, this peer's own first.
func (p *Peer) Read(ctx context.Context, query Query, consistency Consistency) (Answer, error) {
	state, order, err := p.readable(query)
	if err != nil {
		return Answer{}, err
	}
	c := state.Collections[query.Collection]
	query.Incarnation = c.Incarnation
	ask, agree := consistency.needed(len(c.Shards[query.Shard].Replicas))
	for limit := time.Now().Add(catchUpPatience); len(order) < agree && !p.caughtUp.Load() && time.Now().Before(limit); {
		pause(ctx, 20*time.Millisecond)
		if state, order, err = p.readable(query); err != nil {
			return Answer{}, err
		}
	}
	if len(order) < agree {
		return Answer{}, fmt.Errorf("The replica set for shard %d on peer %d does not have enough active replicas", query.Shard, p.ID())
	}
	ask = min(ask, len(order))
	type reply struct {
		answer Answer
		err    error
	}
	replies := make(chan reply, len(order))
	next := 0
	start := func() {
		peer := order[next]
		next++
		go func() {
			var r reply
			if peer == p.ID() {
				r.answer, r.err = p.readHere(query)
			} else {
				r.err = p.calls.ask(ctx, state.Peers[peer], "/read", query, &r.answer)
			}
			replies <- r
		}()
	}
	for range ask {
		start()
	}
	var answers []Answer
	var failed error
	for pending := ask; pending > 0; {
		r := <-replies
		pending--
		switch {
		case r.err == nil:
			answers = append(answers, r.answer)
		case errors.Is(r.err, ErrInput):
			return Answer{}, r.err
		default:
			failed = r.err
			if next < len(order) {
				start()
				pending++
			}
		}
	}
	if len(answers) < agree {
		return Answer{}, failed
	}
	return resolve(answers, agree, query), nil
}

// readable are the peers whose replica of the shard has everything, this one first.
func (p *Peer) readable(query Query) (*consensus.State, []consensus.PeerID, error) {
	state := p.View().State
	c, there := state.Collections[query.Collection]
	if !there {
		return nil, nil, notFound(query.Collection)
	}
	where := place{query.Collection, c.Incarnation, query.Shard}
	var order []consensus.PeerID
	for peer, replica := range c.Shards[query.Shard].Replicas {
		if p.mayRead(where, peer, replica) && (peer != p.ID() || p.caughtUp.Load()) {
			order = append(order, peer)
		}
	}
	rand.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	if mine := slices.Index(order, p.ID()); mine > 0 {
		order[0], order[mine] = order[mine], order[0]
	}
	return state, order, nil
}

// resolve keeps what enough replicas know in the same version.
func resolve(answers []Answer, agree int, query Query) Answer {
	if len(answers) == 1 {
		return answers[0]
	}
	if query.Count {
		counts := make([]int, len(answers))
		for i := range answers {
			counts[i] = answers[i].Count
		}
		slices.Sort(counts)
		return Answer{Count: counts[len(counts)-agree]}
	}
	type version struct {
		id  shard.ID
		tag shard.Tag
	}
	seen := map[version]int{}
	var resolved Answer
	for i := range answers {
		for _, point := range answers[i].Points {
			v := version{point.Point.ID, point.Tag}
			if seen[v]++; seen[v] == agree {
				resolved.Points = append(resolved.Points, point)
			}
		}
	}
	if query.Search != nil {
		resolved.Points = shard.Best(resolved.Points, query.Search.Distance, query.Search.Limit)
	} else {
		slices.SortFunc(resolved.Points, func(a, b shard.Scored) int { return a.Point.ID.Compare(b.Point.ID) })
	}
	return resolved
}

func (p *Peer) readHere(query Query) (Answer, error) {
	store := p.store(place{query.Collection, query.Incarnation, query.Shard})
	c, there := p.View().State.Collections[query.Collection]
	if store == nil || !there || c.Incarnation != query.Incarnation {
		return Answer{}, &failure{Kind: kindNotHere, Message: fmt.Sprintf("shard %d of %q is not on peer %d", query.Shard, query.Collection, p.ID())}
	}
	if mine := c.Shards[query.Shard].Replicas[p.ID()]; mine.State != consensus.Active {
		return Answer{}, &failure{Kind: kindNotHere, Message: fmt.Sprintf("the replica of shard %d on peer %d is %s", query.Shard, p.ID(), mine.State)}
	}
	plain := func(records []shard.Record) Answer {
		points := make([]shard.Scored, len(records))
		for i, record := range records {
			points[i] = shard.Scored{Record: record}
		}
		return Answer{Points: points}
	}
	switch {
	case query.Scroll != nil:
		return plain(store.Scroll(query.Scroll.From, query.Filter, query.Scroll.Limit)), nil
	case query.Count:
		return Answer{Count: store.Count(query.Filter)}, nil
	case query.Search != nil:
		points, err := store.Nearest(query.Search.Vector, query.Search.Distance, query.Filter, query.Search.Limit)
		if err != nil {
			return Answer{}, fmt.Errorf("%w: %w", ErrInput, err)
		}
		return Answer{Points: points}, nil
	default:
		return plain(store.Get(query.Get)), nil
	}
}

// PointsHere is how many points this peer's replica of a shard holds.
func (p *Peer) PointsHere(collection string, incarnation uint64, number uint32) int {
	if store := p.store(place{collection, incarnation, number}); store != nil {
		return store.Count(nil)
	}
	return 0
}
