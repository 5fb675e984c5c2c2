package peer

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"aeterna.chaos/qdrant/consensus"
	"aeterna.chaos/qdrant/shard"
)

const (
	batchSize      = 500
	refillAttempts = 3
	// How long peers that do not answer may keep a refill from starting, and a refill may be silent.
	agreementPatience = 10 * time.Second
	silencePatience   = 15 * time.Second
)

// wireRecords is a part of a refill.
type wireRecords struct {
	Collection  string             `json:"collection"`
	Incarnation uint64             `json:"incarnation"`
	Transfer    consensus.Transfer `json:"transfer"`
	Records     []shard.Record     `json:"records"`
}

// askForRefill proposes to fill this peer's dead replica from an active one.
func (p *Peer) askForRefill(ctx context.Context, where place, c *consensus.Collection, s *consensus.Shard, mine consensus.Replica) {
	var sources []consensus.PeerID
	for peer, replica := range s.Replicas {
		if peer != p.ID() && replica.State == consensus.Active {
			sources = append(sources, peer)
		}
	}
	for _, transfer := range c.Transfers {
		if transfer.To == p.ID() {
			return // one into a peer at a time
		}
	}
	if len(sources) == 0 {
		return
	}
	from := sources[rand.IntN(len(sources))]
	p.propose(ctx, replicaKey{where, p.ID(), mine.Since}, consensus.Command{Start: &consensus.StartTransfer{
		Collection: where.collection, Shard: where.shard, From: from, To: p.ID()}})
}

// refill sends a replica of this peer to another peer, once at a time for each transfer.
func (p *Peer) refill(ctx context.Context, collection string, incarnation uint64, transfer consensus.Transfer) {
	if _, busy := p.sending.LoadOrStore(transfer, true); busy {
		return
	}
	go func() {
		defer p.sending.Delete(transfer)
		var err error
		for attempt := range refillAttempts {
			if attempt > 0 {
				pause(ctx, time.Second)
			}
			if err = p.send(ctx, collection, incarnation, transfer); err == nil || ctx.Err() != nil || !p.current(collection, transfer) {
				break
			}
			p.log.Warn("a refill failed", "collection", collection, "shard", transfer.Shard, "to", transfer.To, "error", err)
		}
		if ctx.Err() != nil || !p.current(collection, transfer) {
			return
		}
		end, cancel := context.WithTimeout(ctx, deactivationTimeout)
		defer cancel()
		_ = p.node.Propose(end, consensus.Command{End: &consensus.EndTransfer{Collection: collection, Transfer: transfer, Complete: err == nil}})
	}()
}

// current says whether a transfer still goes on, as far as this peer knows.
func (p *Peer) current(collection string, transfer consensus.Transfer) bool {
	if c, there := p.View().State.Collections[collection]; there {
		for _, each := range c.Transfers {
			if each == transfer {
				return true
			}
		}
	}
	return false
}

func (p *Peer) send(ctx context.Context, collection string, incarnation uint64, transfer consensus.Transfer) error {
	store := p.store(place{collection, incarnation, transfer.Shard})
	to, known := p.View().State.Peers[transfer.To]
	if store == nil || !known {
		return errors.New("source or target is not there any more")
	}
	// Once every peer knows that the replica takes writes again, it gets all that come from now on, and the copy has the rest.
	p.awaitAgreement(ctx, transfer.Since)
	store.Settled()
	message := wireRecords{Collection: collection, Incarnation: incarnation, Transfer: transfer}
	if err := p.calls.ask(ctx, to, "/refill", message, nil); err != nil {
		return err
	}
	return store.Dump(batchSize, func(records []shard.Record) error {
		message.Records = records
		return p.calls.ask(ctx, to, "/refill", message, nil)
	})
}

// awaitAgreement waits until every peer has applied the log so far; one that does not answer is not waited for long: its writes
// are refused by whoever knows more.
func (p *Peer) awaitAgreement(ctx context.Context, index uint64) {
	ctx, cancel := context.WithTimeout(ctx, agreementPatience)
	defer cancel()
	for peer, uri := range p.View().State.Peers {
		if peer == p.ID() {
			continue
		}
		if err := p.calls.ask(ctx, uri, "/known", knowledge{Applied: index}, nil); err != nil {
			p.log.Warn("a refill starts although a peer does not answer", "peer", peer, "error", err)
		}
	}
}

// refilled takes a part of a refill into this peer's replica.
func (p *Peer) refilled(ctx context.Context, message wireRecords) error {
	wait, cancel := context.WithTimeout(ctx, agreementPatience)
	defer cancel()
	if err := p.node.Await(wait, func(v *consensus.View) bool { return v.Applied >= message.Transfer.Since }); err != nil {
		return err
	}
	if !p.current(message.Collection, message.Transfer) {
		return &failure{Kind: kindNotHere, Message: "the transfer is over"}
	}
	store, err := p.open(place{message.Collection, message.Incarnation, message.Transfer.Shard})
	if err != nil {
		return err
	}
	p.mutex.Lock()
	p.received[message.Transfer] = time.Now()
	p.mutex.Unlock()
	if err := store.Restart(message.Transfer.Since); err != nil {
		return err
	}
	store.Hold()
	defer store.Release()
	for i := range message.Records {
		p.clock.observe(message.Records[i].Tag)
	}
	return store.Put(message.Records, true)
}

// superviseRefill gives up on a source that has gone silent, so that another one can be asked.
func (p *Peer) superviseRefill(ctx context.Context, collection string, transfer consensus.Transfer) {
	p.mutex.Lock()
	last, there := p.received[transfer]
	if !there {
		last = time.Now()
		// Older ones are over.
		for other := range p.received {
			if !p.current(collection, other) && other.Shard == transfer.Shard {
				delete(p.received, other)
			}
		}
		p.received[transfer] = last
	}
	p.mutex.Unlock()
	if time.Since(last) > silencePatience {
		p.propose(ctx, transfer, consensus.Command{End: &consensus.EndTransfer{Collection: collection, Transfer: transfer}})
	}
}

func notFound(collection string) error {
	return fmt.Errorf("%w: Collection `%s` doesn't exist!", consensus.ErrNotFound, collection)
}
