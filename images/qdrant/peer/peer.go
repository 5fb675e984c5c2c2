// Package peer is one peer of the cluster: it takes writes and spreads them over the replicas of a shard, reads from as many as
// asked for, has replicas that missed a write declared dead, and refills them when they are back.
//
// As in Qdrant, points do not go through Raft. A write goes from the peer that got it to every replica that may take it; who
// fails is excluded, and the write acknowledged only when all peers agree on that. Four things are stricter than Qdrant: later writes
// that leave the excluded replica out wait for that agreement too, for as long as the first one does (Qdrant acknowledges them at
// once, and loses them if the peer that excluded it dies before the others agree); writes carry a clock, so that replicas which
// got them in different orders agree; a replica refuses a write from a peer that does not know the latest replica states; and a
// peer that has just started reads from others until it knows what happened meanwhile.
package peer

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"aeterna.chaos/qdrant/consensus"
	"aeterna.chaos/qdrant/shard"
)

// Settings of a peer.
type Settings struct {
	Folder string
	// URI is where other peers reach this one; Bootstrap is one of them, empty when this peer founds the cluster.
	URI, Bootstrap string
	// BootstrapTimeout is Qdrant's 15 s.
	BootstrapTimeout time.Duration
	TickPeriod       time.Duration
	MessageTicks     int
	CompactEntries   uint64
	Log              *slog.Logger
}

// Peer is thread-safe.
type Peer struct {
	settings  Settings
	node      *consensus.Node
	calls     *caller
	messages  *messenger
	log       *slog.Logger
	ctx       context.Context
	clock     clock
	ordered   sync.Map // of place to *sync.Mutex: writes that want an order
	caughtUp  atomic.Bool
	ready     atomic.Bool
	proposing sync.Map // of what is being proposed in the background
	sending   sync.Map // of consensus.Transfer under way from here

	mutex    sync.Mutex
	stores   map[place]*shard.Store
	disabled map[replicaKey]time.Time
	received map[consensus.Transfer]time.Time
}

// place is a shard of one incarnation of a collection.
type place struct {
	collection  string
	incarnation uint64
	shard       uint32
}

// replicaKey is a replica in one state: when the state changes, whatever was remembered about it is void.
type replicaKey struct {
	place
	peer  consensus.PeerID
	since uint64
}

// New opens what the volume holds; the context is the peer's life.
func New(ctx context.Context, settings Settings) (*Peer, error) {
	if err := os.MkdirAll(settings.Folder, 0o700); err != nil {
		return nil, err
	}
	node, err := consensus.Open(consensus.Settings{Folder: settings.Folder, TickPeriod: settings.TickPeriod,
		CompactEntries: settings.CompactEntries, Log: settings.Log})
	if err != nil {
		return nil, err
	}
	return &Peer{settings: settings, node: node, ctx: ctx, calls: newCaller(), log: settings.Log,
		messages: newMessenger(ctx, node, time.Duration(settings.MessageTicks)*settings.TickPeriod), stores: map[place]*shard.Store{},
		disabled: map[replicaKey]time.Time{}, received: map[consensus.Transfer]time.Time{}}, nil
}

// ID of this peer.
func (p *Peer) ID() consensus.PeerID { return p.node.ID() }

// View is what this peer knows about the cluster now.
func (p *Peer) View() *consensus.View { return p.node.View() }

// Broken is why the consensus stopped here, or nil.
func (p *Peer) Broken() error { return p.node.Broken() }

// SendFailures are of peers that messages do not reach now.
func (p *Peer) SendFailures() map[string]SendFailure { return p.messages.Failures() }

// Join founds or joins the cluster, unless this peer belongs to one already. The peer-to-peer port must be served by then.
func (p *Peer) Join() error {
	ctx := p.ctx
	if p.node.New() {
		if p.settings.Bootstrap == "" {
			p.log.Info("no peer to bootstrap from is given: this is the first peer of a new cluster", "peer", p.ID())
			if err := p.node.Found(p.settings.URI); err != nil {
				return err
			}
		} else if err := p.join(ctx, p.settings.Bootstrap); err != nil {
			return fmt.Errorf("cannot join by %s: %w", p.settings.Bootstrap, err)
		}
	}
	return nil
}

// Run takes part until the peer's context ends; after Join.
func (p *Peer) Run() error {
	ctx, cancel := context.WithCancelCause(p.ctx)
	defer cancel(nil)
	stopped := make(chan error, 1)
	go func() {
		err := p.node.Run(ctx, p.messages)
		stopped <- err
		cancel(err)
	}()
	go p.catchUp(ctx)
	go p.announce(ctx)
	p.keepUp(ctx)
	return <-stopped
}

// joining is what a new peer says, and joined what it is told.
type joining struct {
	ID  consensus.PeerID `json:"id"`
	URI string           `json:"uri"`
}

type joined struct {
	Peers map[consensus.PeerID]string `json:"peers"`
}

func (p *Peer) join(ctx context.Context, by string) error {
	ctx, cancel := context.WithTimeout(ctx, p.settings.BootstrapTimeout)
	defer cancel()
	var answer joined
	if err := p.calls.ask(ctx, by, "/join", joining{ID: p.ID(), URI: p.settings.URI}, &answer); err != nil {
		return err
	}
	p.node.Introduce(answer.Peers)
	p.log.Info("joined", "peer", p.ID(), "by", by, "peers", len(answer.Peers))
	return nil
}

// announce tells the others when this peer came back under another address than they know.
func (p *Peer) announce(ctx context.Context) {
	for ctx.Err() == nil {
		state := p.View().State
		known, there := state.Peers[p.ID()]
		if there && known == p.settings.URI {
			return
		}
		for id, uri := range state.Peers {
			if there && id != p.ID() {
				call, cancel := context.WithTimeout(ctx, p.settings.BootstrapTimeout)
				_ = p.calls.ask(call, uri, "/join", joining{ID: p.ID(), URI: p.settings.URI}, nil)
				cancel()
			}
		}
		pause(ctx, time.Second)
	}
}

// catchUp latches once this peer knows what was committed before it started, and readiness once its replicas are whole.
func (p *Peer) catchUp(ctx context.Context) {
	for ctx.Err() == nil && !p.caughtUp.Load() {
		p.caughtUp.Store(p.knowsWhatOthersKnow(ctx))
		pause(ctx, 200*time.Millisecond)
	}
	for ctx.Err() == nil && !p.ready.Load() {
		p.ready.Store(p.wholeHere())
		pause(ctx, 200*time.Millisecond)
	}
}

// Of a majority, somebody knows whatever was committed.
func (p *Peer) knowsWhatOthersKnow(ctx context.Context) bool {
	view := p.View()
	if view.Leader == 0 {
		return false
	}
	answers, highest := 1, view.Commit
	for id, uri := range view.State.Peers {
		if id == p.ID() {
			continue
		}
		var known knowledge
		call, cancel := context.WithTimeout(ctx, lookFor)
		if p.calls.ask(call, uri, "/known", struct{}{}, &known) == nil {
			answers++
			highest = max(highest, known.Commit)
		}
		cancel()
	}
	if answers <= len(view.State.Peers)/2 {
		return false
	}
	call, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	return p.node.Await(call, func(v *consensus.View) bool { return v.Applied >= highest }) == nil
}

func (p *Peer) wholeHere() bool {
	for _, collection := range p.View().State.Collections {
		for _, s := range collection.Shards {
			if replica, there := s.Replicas[p.ID()]; there && replica.State != consensus.Active {
				return false
			}
		}
	}
	return true
}

// Ready is latched: once true, it says nothing any more.
func (p *Peer) Ready() bool { return p.ready.Load() }

// keepUp brings what is here in line with what was agreed, after each change and once a second.
func (p *Peer) keepUp(ctx context.Context) {
	// By an older state, replicas that came later would seem to belong to nobody, and be removed.
	_ = p.node.Replayed(ctx)
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for ctx.Err() == nil {
		changed := p.node.Changed()
		p.align(ctx, p.View().State)
		select {
		case <-ctx.Done():
		case <-changed:
		case <-ticker.C:
		}
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	for _, store := range p.stores {
		_ = store.Close()
	}
}

func (p *Peer) align(ctx context.Context, state *consensus.State) {
	for name, collection := range state.Collections {
		for number, s := range collection.Shards {
			where := place{name, collection.Incarnation, uint32(number)}
			mine, there := s.Replicas[p.ID()]
			if !there {
				continue
			}
			store, err := p.open(where)
			if err != nil {
				p.log.Error("a replica cannot be opened", "collection", name, "shard", number, "error", err)
				continue
			}
			if err := store.Compact(); err != nil {
				p.log.Error("a replica's log cannot be compacted", "collection", name, "shard", number, "error", err)
			}
			switch {
			case mine.State == consensus.Initializing:
				p.propose(ctx, replicaKey{where, p.ID(), mine.Since}, consensus.Command{Replica: &consensus.SetReplica{
					Collection: name, Shard: where.shard, Peer: p.ID(), Since: mine.Since, To: consensus.Active}})
			case mine.State == consensus.Dead && p.caughtUp.Load():
				p.askForRefill(ctx, where, collection, s, mine)
			}
		}
		for _, transfer := range collection.Transfers {
			if transfer.From == p.ID() {
				p.refill(ctx, name, collection.Incarnation, transfer)
			}
			if transfer.To == p.ID() {
				p.superviseRefill(ctx, name, transfer)
			}
		}
	}
	p.forget()
	p.repeatDeactivations(ctx, state)
}

// propose makes a proposal in the background, unless one for the same thing is under way.
func (p *Peer) propose(ctx context.Context, about any, command consensus.Command) {
	if _, busy := p.proposing.LoadOrStore(about, true); busy {
		return
	}
	go func() {
		defer p.proposing.Delete(about)
		ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
		defer cancel()
		if err := p.node.Propose(ctx, command); err != nil && !errors.Is(err, consensus.ErrRefused) && ctx.Err() == nil {
			p.log.Warn("a proposal failed", "error", err)
		}
	}()
}

func (p *Peer) folder(where place) string {
	return filepath.Join(p.settings.Folder, "collections", where.collection+"@"+strconv.FormatUint(where.incarnation, 10), strconv.Itoa(int(where.shard)))
}

func (p *Peer) open(where place) (*shard.Store, error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if store := p.stores[where]; store != nil {
		return store, nil
	}
	store, err := shard.Open(p.folder(where))
	if err != nil {
		return nil, err
	}
	p.stores[where] = store
	// A peer whose clock runs behind must still write what comes after all that is here.
	_ = store.Dump(1000, func(records []shard.Record) error {
		for i := range records {
			p.clock.observe(records[i].Tag)
		}
		return nil
	})
	return store, nil
}

func (p *Peer) store(where place) *shard.Store {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return p.stores[where]
}

// forget removes replicas that are not this peer's any more, with their points. It goes by what is known now, not by what was when
// the round began: a refill may have opened a replica meanwhile.
func (p *Peer) forget() {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	wanted := map[string]bool{}
	for name, collection := range p.View().State.Collections {
		for number, s := range collection.Shards {
			if _, mine := s.Replicas[p.ID()]; mine {
				wanted[p.folder(place{name, collection.Incarnation, uint32(number)})] = true
			}
		}
	}
	for where, store := range p.stores {
		if !wanted[p.folder(where)] {
			_ = store.Close()
			delete(p.stores, where)
		}
	}
	root := filepath.Join(p.settings.Folder, "collections")
	collections, _ := os.ReadDir(root)
	for _, collection := range collections {
		shards, _ := os.ReadDir(filepath.Join(root, collection.Name()))
		kept := false
		for _, each := range shards {
			folder := filepath.Join(root, collection.Name(), each.Name())
			if wanted[folder] {
				kept = true
			} else if err := os.RemoveAll(folder); err != nil {
				p.log.Error("a dropped replica cannot be removed", "folder", folder, "error", err)
			}
		}
		if !kept && strings.Contains(collection.Name(), "@") {
			_ = os.Remove(filepath.Join(root, collection.Name()))
		}
	}
}

// clock gives writes their order: the time of day, but never behind anything seen.
type clock struct {
	mutex sync.Mutex
	last  uint64
}

func (c *clock) next(peer consensus.PeerID) shard.Tag {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.last = max(c.last+1, uint64(time.Now().UnixMilli())<<16)
	return shard.Tag{Time: c.last, Peer: uint64(peer)}
}

func (c *clock) observe(tag shard.Tag) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.last = max(c.last, tag.Time)
}

func pause(ctx context.Context, duration time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(duration):
	}
}
