package peer

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"aeterna.chaos/qdrant/consensus"
	"aeterna.chaos/qdrant/shard"
)

// Qdrant's own limits.
const (
	deactivationTimeout = 30 * time.Second
	staleRetries        = 3
)

// Ordering of a write.
type Ordering string

// Weak writes are spread by the peer that got them; medium and strong ones by the highest active or the highest replica's peer,
// one after another.
const (
	Weak   Ordering = "weak"
	Medium Ordering = "medium"
	Strong Ordering = "strong"
)

// wireUpdate is a write on its way to a replica.
type wireUpdate struct {
	Collection  string           `json:"collection"`
	Incarnation uint64           `json:"incarnation"`
	Shard       uint32           `json:"shard"`
	Version     uint64           `json:"version"`
	Since       uint64           `json:"since"`
	Wait        bool             `json:"wait"`
	Ordering    Ordering         `json:"ordering,omitempty"`
	Update      shard.Update     `json:"update"`
	Peer        consensus.PeerID `json:"peer"`
}

// Write spreads a write to one shard over its replicas; nil once it is acknowledged. After any error it may still be there.
func (p *Peer) Write(ctx context.Context, collection string, number uint32, update shard.Update, wait bool, ordering Ordering) error {
	// Half-spread writes would make replicas differ: a client that goes away does not stop one.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), callTimeout)
	defer cancel()
	state := p.View().State
	c, there := state.Collections[collection]
	if !there {
		return notFound(collection)
	}
	leader := p.ID()
	if ordering != Weak {
		leader = 0
		for peer, replica := range c.Shards[number].Replicas {
			if peer > leader && (ordering == Strong || p.mayRead(place{collection, c.Incarnation, number}, peer, replica)) {
				leader = peer
			}
		}
		if leader == 0 {
			return fmt.Errorf("Cannot update shard %s:%d with %s ordering because no leader could be selected", collection, number, ordering)
		}
	}
	if leader != p.ID() {
		err := p.calls.ask(ctx, state.Peers[leader], "/spread", wireUpdate{Collection: collection, Shard: number, Wait: wait, Ordering: ordering, Update: update}, nil)
		if err != nil {
			replica := c.Shards[number].Replicas[leader]
			var told *failure
			if !asFailure(err, &told) {
				p.disable(place{collection, c.Incarnation, number}, leader, replica, c.Shards[number])
			}
			return fmt.Errorf("Failed to apply update with %s ordering via leader peer %d: %w", ordering, leader, err)
		}
		return nil
	}
	return p.spread(ctx, collection, number, update, wait, ordering)
}

func (p *Peer) spread(ctx context.Context, collection string, number uint32, update shard.Update, wait bool, ordering Ordering) error {
	c, there := p.View().State.Collections[collection]
	if !there {
		return notFound(collection)
	}
	if ordering != Weak {
		lock, _ := p.ordered.LoadOrStore(place{collection, c.Incarnation, number}, &sync.Mutex{})
		lock.(*sync.Mutex).Lock()
		defer lock.(*sync.Mutex).Unlock()
	}
	update.Tag = p.clock.next(p.ID())
	var err error
	for range staleRetries {
		var newer uint64
		if newer, err = p.attempt(ctx, collection, number, update, wait); newer == 0 {
			return err
		}
		wait, cancel := context.WithTimeout(ctx, 2*time.Second)
		_ = p.node.Await(wait, func(v *consensus.View) bool { return v.Applied >= newer })
		cancel()
	}
	return err
}

type result struct {
	peer    consensus.PeerID
	replica consensus.Replica
	err     error
}

// attempt sends a write once to every replica that may take it. A version other than zero says that this peer does not know
// the replicas as they are, and from which log index on it will.
func (p *Peer) attempt(ctx context.Context, collection string, number uint32, update shard.Update, wait bool) (uint64, error) {
	state := p.View().State
	c, there := state.Collections[collection]
	if !there {
		return 0, notFound(collection)
	}
	s, where := c.Shards[number], place{collection, c.Incarnation, number}
	results := make(chan result, len(s.Replicas))
	asked := 0
	var leftOut []result
	for peer, replica := range s.Replicas {
		if !replica.State.Updatable() {
			continue
		}
		if since, is := p.disabledSince(where, peer, replica); is {
			// Long enough for those who wait; without a quorum there would be no end to it.
			if time.Since(since) < deactivationTimeout {
				leftOut = append(leftOut, result{peer, replica, errors.New("it missed an earlier write")})
			}
			continue
		}
		asked++
		message := wireUpdate{Collection: collection, Incarnation: c.Incarnation, Shard: number, Version: s.Version, Since: replica.Since,
			Wait: wait, Update: update, Peer: peer}
		go func() {
			var err error
			if peer == p.ID() {
				err = p.applyHere(ctx, message)
			} else if uri, known := state.Peers[peer]; known {
				err = p.calls.ask(ctx, uri, "/update", message, nil)
			} else {
				err = fmt.Errorf("peer %d is not known", peer)
			}
			results <- result{peer, replica, err}
		}()
	}
	if asked == 0 {
		return 0, fmt.Errorf("The replica set for shard %d on peer %d has no active replica", number, p.ID())
	}
	var failed []result
	var newer uint64
	active := false
	for range asked {
		r := <-results
		if r.err == nil {
			active = active || r.replica.State == consensus.Active
			continue
		}
		p.log.Warn("a write did not reach a replica", "collection", collection, "shard", number, "peer", r.peer, "error", r.err)
		failed = append(failed, r)
		var told *failure
		if asFailure(r.err, &told) && told.Kind == kindStale {
			newer = max(newer, told.Version)
		}
	}
	if newer > 0 {
		return newer, fmt.Errorf("peer %d does not know the replicas of shard %d as they are by now", p.ID(), number)
	}
	if len(failed) > 0 {
		if successes := asked - len(failed); successes < min(c.Config.WriteConsistencyFactor, len(s.Replicas)) {
			return 0, failed[0].err
		}
		for _, each := range failed {
			p.disable(where, each.peer, each.replica, s)
		}
		p.repeatDeactivations(p.ctx, p.View().State)
	}
	if missing := append(failed, leftOut...); wait && len(missing) > 0 {
		if err := p.awaitDeactivation(ctx, where, missing); err != nil {
			return 0, err
		}
	}
	if !active {
		return 0, fmt.Errorf("Failed to apply operation to at least one `Active` replica. Consistency of this update is not guaranteed. Please retry.")
	}
	return 0, nil
}

// awaitDeactivation waits until all peers agree that replicas which lack a write are not to be read: otherwise one could come back
// and be read as if nothing had happened.
func (p *Peer) awaitDeactivation(ctx context.Context, where place, missing []result) error {
	ctx, cancel := context.WithTimeout(ctx, deactivationTimeout)
	defer cancel()
	err := p.node.Await(ctx, func(v *consensus.View) bool {
		c, there := v.State.Collections[where.collection]
		if !there || c.Incarnation != where.incarnation {
			return true
		}
		for _, each := range missing {
			// One that has come back since was refilled, this write included.
			if replica := c.Shards[where.shard].Replicas[each.peer]; replica.State == consensus.Active && replica.Since == each.replica.Since {
				return false
			}
		}
		return true
	})
	if err != nil {
		return fmt.Errorf("Some replica of shard %d failed to apply operation and deactivation timed out after %s. "+
			"Consistency of this update is not guaranteed. Please retry. Failed peer: %d, error: %w",
			where.shard, deactivationTimeout, missing[0].peer, missing[0].err)
	}
	return nil
}

// disable stops sending writes to a replica from here, unless it is the last one.
func (p *Peer) disable(where place, peer consensus.PeerID, replica consensus.Replica, s *consensus.Shard) {
	if replica.State == consensus.Dead {
		return
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	for other, its := range s.Replicas {
		if _, is := p.disabled[replicaKey{where, other, its.Since}]; other != peer && its.State == consensus.Active && !is {
			if key := (replicaKey{where, peer, replica.Since}); p.disabled[key].IsZero() {
				p.disabled[key] = time.Now()
			}
			return
		}
	}
}

func (p *Peer) disabledSince(where place, peer consensus.PeerID, replica consensus.Replica) (time.Time, bool) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	since, is := p.disabled[replicaKey{where, peer, replica.Since}]
	return since, is
}

// mayRead says whether a replica may be asked as one that has everything.
func (p *Peer) mayRead(where place, peer consensus.PeerID, replica consensus.Replica) bool {
	_, disabled := p.disabledSince(where, peer, replica)
	return replica.State == consensus.Active && !disabled
}

// repeatDeactivations proposes what is disabled here as dead to all, until it is, or has become something else.
func (p *Peer) repeatDeactivations(ctx context.Context, state *consensus.State) {
	p.mutex.Lock()
	var open []replicaKey
	for key := range p.disabled {
		c, there := state.Collections[key.collection]
		if !there || c.Incarnation != key.incarnation || c.Shards[key.shard].Replicas[key.peer].Since != key.since {
			delete(p.disabled, key)
			continue
		}
		open = append(open, key)
	}
	p.mutex.Unlock()
	for _, key := range open {
		p.propose(ctx, key, consensus.Command{Replica: &consensus.SetReplica{
			Collection: key.collection, Shard: key.shard, Peer: key.peer, Since: key.since, To: consensus.Dead}})
	}
}

// applyHere carries a write out on this peer's replica.
func (p *Peer) applyHere(ctx context.Context, message wireUpdate) error {
	where := place{message.Collection, message.Incarnation, message.Shard}
	// Who wrote knew more than is known here yet.
	if p.View().Applied < message.Version {
		wait, cancel := context.WithTimeout(ctx, time.Second)
		_ = p.node.Await(wait, func(v *consensus.View) bool { return v.Applied >= message.Version })
		cancel()
	}
	// A collection that was just made here may have no files yet.
	store := p.store(where)
	for wait := time.Now().Add(time.Second); store == nil && time.Now().Before(wait); store = p.store(where) {
		pause(ctx, 20*time.Millisecond)
	}
	if store == nil {
		return &failure{Kind: kindNotHere, Message: fmt.Sprintf("shard %d of %q is not on peer %d", message.Shard, message.Collection, p.ID())}
	}
	p.clock.observe(message.Update.Tag)
	store.Hold()
	defer func() { store.Release() }()
	for {
		c, there := p.View().State.Collections[message.Collection]
		if !there || c.Incarnation != message.Incarnation {
			return &failure{Kind: kindNotHere, Message: fmt.Sprintf("collection %q is not there any more", message.Collection)}
		}
		s := c.Shards[message.Shard]
		mine := s.Replicas[p.ID()]
		if s.Version > message.Version {
			return &failure{Kind: kindStale, Version: s.Version, Message: fmt.Sprintf("the replicas of shard %d are others by now", message.Shard)}
		}
		if s.Version < message.Version && mine.Since != message.Since || !mine.State.Updatable() {
			return &failure{Kind: kindNotHere, Message: fmt.Sprintf("the replica of shard %d on peer %d is %s", message.Shard, p.ID(), mine.State)}
		}
		if mine.State != consensus.Partial || store.Epoch() == mine.Since {
			return store.Apply(message.Update, message.Wait)
		}
		// The first write of a refill: what was here before goes first.
		store.Release()
		err := store.Restart(mine.Since)
		store.Hold()
		if err != nil {
			return err
		}
	}
}
