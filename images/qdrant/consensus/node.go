package consensus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"go.etcd.io/raft/v3"
	"go.etcd.io/raft/v3/raftpb"
)

// Qdrant's timing: a follower that hears nothing for 20 to 40 ticks stands for election.
const (
	electionTicks  = 20
	heartbeatTicks = 2
)

// keptEntries stay in the log behind a snapshot.
const keptEntries = 64

// Settings of a node.
type Settings struct {
	Folder string
	// TickPeriod is 100 ms in Qdrant's own configuration.
	TickPeriod time.Duration
	// CompactEntries is how many applied entries make a snapshot; Qdrant's default is 128.
	CompactEntries uint64
	Log            *slog.Logger
}

// Sender takes messages to other peers, without waiting for them.
type Sender interface {
	Send(to PeerID, message raftpb.Message)
}

// View is what a node knows at one moment.
type View struct {
	State   *State
	Applied uint64
	Commit  uint64
	Term    uint64
	Leader  PeerID
	Role    string
	Voter   bool
	// Pending is how many committed entries are not applied yet.
	Pending uint64
	// At is when the node's loop last did anything.
	At time.Time
}

// Node is one peer's part of the consensus. Thread-safe.
type Node struct {
	settings Settings
	log      *diskLog
	raft     *raft.RawNode
	send     Sender
	members  raftpb.ConfState
	// known is what this peer knew to be committed when it started.
	known uint64

	received  chan raftpb.Message
	proposals chan func() error
	reports   chan func()

	mutex   sync.Mutex
	waiters map[uint64]chan error
	changed chan struct{}
	view    atomic.Pointer[View]
	broken  atomic.Pointer[error]
	stopped chan struct{}
}

// Open reads what the peer's volume holds of the consensus, or makes it.
func Open(settings Settings) (*Node, error) {
	log, err := openLog(filepath.Join(settings.Folder, "raft.db"))
	if err != nil {
		return nil, err
	}
	node := &Node{settings: settings, log: log, received: make(chan raftpb.Message, 1024), proposals: make(chan func() error),
		reports: make(chan func(), 64), waiters: map[uint64]chan error{}, changed: make(chan struct{}), stopped: make(chan struct{})}
	state := newState()
	snapshot, err := log.memory.Snapshot()
	if err != nil {
		return nil, err
	}
	if !raft.IsEmptySnap(snapshot) {
		if state, err = decodeState(snapshot.Data); err != nil {
			return nil, err
		}
	}
	hard, _, err := log.memory.InitialState()
	if err != nil {
		return nil, err
	}
	node.known = hard.Commit
	node.members = snapshot.Metadata.ConfState
	node.view.Store(&View{State: state, Applied: snapshot.Metadata.Index, Role: "Follower", At: time.Now()})
	return node, nil
}

// ID of this peer.
func (n *Node) ID() PeerID { return n.log.peer }

// New says whether this peer has yet to found or join a cluster.
func (n *Node) New() bool { return !n.log.hasState.Load() }

// Found makes a cluster of this peer alone.
func (n *Node) Found(uri string) error {
	state := newState()
	state.Peers[n.ID()] = uri
	snapshot := raftpb.Snapshot{Data: state.encode(), Metadata: raftpb.SnapshotMetadata{
		Index: 1, Term: 1, ConfState: raftpb.ConfState{Voters: []uint64{uint64(n.ID())}}}}
	if err := n.log.save(raftpb.HardState{Term: 1, Commit: 1}, nil, snapshot); err != nil {
		return err
	}
	n.members = snapshot.Metadata.ConfState
	n.view.Store(&View{State: state, Applied: 1, Role: "Follower", At: time.Now()})
	return nil
}

// Replayed waits until the state is again what this peer knew before it stopped; until then, it is of the past.
func (n *Node) Replayed(ctx context.Context) error {
	return n.Await(ctx, func(v *View) bool { return v.Applied >= n.known })
}

// Introduce makes the addresses known that a joining peer was told, until the log tells them; before Run.
func (n *Node) Introduce(peers map[PeerID]string) {
	view := *n.View()
	view.State = view.State.clone()
	for id, uri := range peers {
		view.State.Peers[id] = uri
	}
	n.view.Store(&view)
}

// Run takes part until the context ends or the disk fails.
func (n *Node) Run(ctx context.Context, send Sender) error {
	defer close(n.stopped)
	defer func() { _ = n.log.close() }()
	n.send = send
	err := n.run(ctx)
	if err != nil {
		n.broken.Store(&err)
	}
	return err
}

func (n *Node) run(ctx context.Context) error {
	node, err := raft.NewRawNode(&raft.Config{
		ID: uint64(n.ID()), ElectionTick: electionTicks, HeartbeatTick: heartbeatTicks, PreVote: true,
		Storage: n.log.memory, Applied: n.View().Applied,
		MaxSizePerMsg: 1 << 20, MaxInflightMsgs: 64, MaxUncommittedEntriesSize: 16 << 20,
		Logger: quiet{n.settings.Log},
	})
	if err != nil {
		return err
	}
	n.raft = node
	if len(n.members.Voters) == 1 && n.members.Voters[0] == uint64(n.ID()) {
		// Nobody else can be asked, so there is no election to wait for.
		if err := node.Campaign(); err != nil {
			return err
		}
	}
	ticker := time.NewTicker(n.settings.TickPeriod)
	defer ticker.Stop()
	for ticks := 0; ; {
		if err := n.drain(); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
			node.Tick()
			if ticks++; ticks%5 == 0 {
				n.promote()
			}
		case message := <-n.received:
			// A message from the past or from a stranger is refused by Raft itself.
			_ = node.Step(message)
		case propose := <-n.proposals:
			_ = propose()
		case report := <-n.reports:
			report()
		}
	}
}

// drain carries out what Raft has decided since the last time.
func (n *Node) drain() error {
	for n.raft.HasReady() {
		ready := n.raft.Ready()
		// On disk before anybody is told.
		if err := n.log.save(ready.HardState, ready.Entries, ready.Snapshot); err != nil {
			return fmt.Errorf("the Raft log cannot be written: %w", err)
		}
		for _, message := range ready.Messages {
			n.send.Send(PeerID(message.To), message)
		}
		if err := n.apply(ready); err != nil {
			return err
		}
		n.raft.Advance(ready)
	}
	n.publish(nil, 0)
	return n.compact(false)
}

func (n *Node) apply(ready raft.Ready) error {
	view := n.View()
	state, applied := view.State, view.Applied
	if !raft.IsEmptySnap(ready.Snapshot) {
		decoded, err := decodeState(ready.Snapshot.Data)
		if err != nil {
			return err
		}
		state, applied, n.members = decoded, ready.Snapshot.Metadata.Index, ready.Snapshot.Metadata.ConfState
	} else if len(ready.CommittedEntries) == 0 {
		return nil
	} else {
		state = state.clone()
	}
	type outcome struct {
		id  uint64
		err error
	}
	var outcomes []outcome
	changed := false
	for _, entry := range ready.CommittedEntries {
		applied = entry.Index
		switch entry.Type {
		case raftpb.EntryNormal:
			if len(entry.Data) == 0 {
				continue // a new leader's first entry
			}
			var command Command
			if err := json.Unmarshal(entry.Data, &command); err != nil {
				return fmt.Errorf("log entry %d cannot be read: %w", entry.Index, err)
			}
			outcomes = append(outcomes, outcome{command.ID, state.apply(command, entry.Index)})
		case raftpb.EntryConfChange:
			var change raftpb.ConfChange
			if err := change.Unmarshal(entry.Data); err != nil {
				return fmt.Errorf("log entry %d cannot be read: %w", entry.Index, err)
			}
			n.members, changed = *n.raft.ApplyConfChange(change), true
			switch change.Type {
			case raftpb.ConfChangeRemoveNode:
				state.removePeer(PeerID(change.NodeID), entry.Index)
			default:
				if len(change.Context) > 0 {
					state.Peers[PeerID(change.NodeID)] = string(change.Context)
				}
			}
			outcomes = append(outcomes, outcome{change.ID, nil})
		default:
			return fmt.Errorf("log entry %d is of a kind that nobody here proposes: %s", entry.Index, entry.Type)
		}
	}
	n.publish(state, applied)
	for _, each := range outcomes {
		n.settle(each.id, each.err)
	}
	if changed {
		// A new peer takes only a snapshot that it is a member in.
		return n.compact(true)
	}
	return nil
}

func (n *Node) publish(state *State, applied uint64) {
	before := n.View()
	basic := n.raft.BasicStatus()
	view := &View{State: before.State, Applied: before.Applied, Commit: basic.Commit, Term: basic.Term, Leader: PeerID(basic.Lead),
		Role: role(basic.RaftState), At: time.Now()}
	if state != nil {
		view.State, view.Applied = state, applied
	}
	for _, voter := range n.members.Voters {
		view.Voter = view.Voter || voter == uint64(n.ID())
	}
	if view.Commit > view.Applied {
		view.Pending = view.Commit - view.Applied
	}
	n.view.Store(view)
	if view.Applied != before.Applied || view.Leader != before.Leader {
		n.mutex.Lock()
		close(n.changed)
		n.changed = make(chan struct{})
		n.mutex.Unlock()
	}
}

func role(state raft.StateType) string {
	switch state {
	case raft.StateLeader:
		return "Leader"
	case raft.StateCandidate:
		return "Candidate"
	case raft.StatePreCandidate:
		return "PreCandidate"
	default:
		return "Follower"
	}
}

func (n *Node) compact(now bool) error {
	view := n.View()
	snapshot, err := n.log.memory.Snapshot()
	if err != nil || view.Applied <= snapshot.Metadata.Index || !now && view.Applied < snapshot.Metadata.Index+n.settings.CompactEntries {
		return err
	}
	members := n.members
	if err := n.log.compact(view.Applied, &members, view.State.encode(), keptEntries); err != nil {
		return fmt.Errorf("the Raft log cannot be compacted: %w", err)
	}
	return nil
}

// promote makes a learner a voter once it has the leader's log, one at a time.
func (n *Node) promote() {
	if len(n.members.Learners) == 0 || n.raft.BasicStatus().RaftState != raft.StateLeader {
		return
	}
	status := n.raft.Status()
	for id, progress := range status.Progress {
		if progress.IsLearner && progress.Match >= status.Commit {
			// Refused while another change is under way; the next tick asks again.
			_ = n.raft.ProposeConfChange(raftpb.ConfChange{Type: raftpb.ConfChangeAddNode, NodeID: id})
			return
		}
	}
}

// View is what the node knows now.
func (n *Node) View() *View { return n.view.Load() }

// Broken is why the node takes no part any more, or nil.
func (n *Node) Broken() error {
	if err := n.broken.Load(); err != nil {
		return *err
	}
	return nil
}

// Changed is closed when the state, or the leader, is another than when it was asked for.
func (n *Node) Changed() <-chan struct{} {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	return n.changed
}

// Await waits until the node knows something, or the context ends.
func (n *Node) Await(ctx context.Context, knows func(*View) bool) error {
	for {
		changed := n.Changed()
		if knows(n.View()) {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-n.stopped:
			return errors.New("the consensus has stopped")
		}
	}
}

// Receive takes a message from another peer; when the node does not keep up, it is lost, which Raft expects of messages.
func (n *Node) Receive(message raftpb.Message) {
	select {
	case n.received <- message:
	default:
	}
}

// Unreachable tells Raft that messages to a peer do not arrive.
func (n *Node) Unreachable(peer PeerID) {
	n.report(func() { n.raft.ReportUnreachable(uint64(peer)) })
}

// SnapshotSent tells Raft how the sending of a snapshot ended: until then the peer gets nothing else.
func (n *Node) SnapshotSent(peer PeerID, arrived bool) {
	status := raft.SnapshotFinish
	if !arrived {
		status = raft.SnapshotFailure
	}
	n.report(func() { n.raft.ReportSnapshot(uint64(peer), status) })
}

func (n *Node) report(report func()) {
	select {
	case n.reports <- report:
	case <-n.stopped:
	}
}

// Propose changes the state; nil once the change is applied here. A command's fate is unknown when the context ended first.
func (n *Node) Propose(ctx context.Context, command Command) error {
	command.ID = rand.Uint64()
	data, err := json.Marshal(command)
	if err != nil {
		return err
	}
	return n.propose(ctx, command.ID, func() error { return n.raft.Propose(data) })
}

// AddPeer makes a peer known under its address: a learner first, and a voter when it has caught up.
func (n *Node) AddPeer(ctx context.Context, peer PeerID, uri string) error {
	known, there := n.View().State.Peers[peer]
	if there && known == uri {
		return nil
	}
	change := raftpb.ConfChange{ID: rand.Uint64(), Type: raftpb.ConfChangeAddLearnerNode, NodeID: uint64(peer), Context: []byte(uri)}
	if there {
		change.Type = raftpb.ConfChangeUpdateNode
	}
	return n.propose(ctx, change.ID, func() error { return n.raft.ProposeConfChange(change) })
}

// RemovePeer forgets a peer and its copies.
func (n *Node) RemovePeer(ctx context.Context, peer PeerID) error {
	change := raftpb.ConfChange{ID: rand.Uint64(), Type: raftpb.ConfChangeRemoveNode, NodeID: uint64(peer)}
	return n.propose(ctx, change.ID, func() error { return n.raft.ProposeConfChange(change) })
}

// propose repeats a proposal that may have been lost on its way to a leader; carrying it out twice has no effect.
func (n *Node) propose(ctx context.Context, id uint64, proposal func() error) error {
	done := make(chan error, 1)
	n.mutex.Lock()
	n.waiters[id] = done
	n.mutex.Unlock()
	defer func() {
		n.mutex.Lock()
		delete(n.waiters, id)
		n.mutex.Unlock()
	}()
	retry := time.NewTimer(0)
	defer retry.Stop()
	var leader PeerID
	for {
		changed := n.Changed()
		select {
		case err := <-done:
			return err
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-n.stopped:
			return errors.New("the consensus has stopped")
		case <-changed:
			// What the old leader was given may have gone with it.
			if now := n.View().Leader; now != 0 && now != leader {
				retry.Reset(0)
			}
		case <-retry.C:
			leader = n.View().Leader
			accepted := make(chan error, 1)
			select {
			case n.proposals <- func() error { err := proposal(); accepted <- err; return err }:
			case <-ctx.Done():
				return context.Cause(ctx)
			case <-n.stopped:
				return errors.New("the consensus has stopped")
			}
			if <-accepted != nil {
				retry.Reset(n.settings.TickPeriod) // no leader yet
			} else {
				retry.Reset(10 * n.settings.TickPeriod)
			}
		}
	}
}

func (n *Node) settle(id uint64, err error) {
	n.mutex.Lock()
	done := n.waiters[id]
	delete(n.waiters, id)
	n.mutex.Unlock()
	if done != nil {
		done <- err
	}
}

// quiet passes on what an operator wants to see of Raft: elections, and trouble.
type quiet struct{ log *slog.Logger }

func (quiet) Debug(...any)                    {}
func (quiet) Debugf(string, ...any)           {}
func (q quiet) Info(v ...any)                 { q.log.Info(fmt.Sprint(v...)) }
func (q quiet) Infof(format string, v ...any) { q.log.Info(fmt.Sprintf(format, v...)) }
func (q quiet) Warning(v ...any)              { q.log.Warn(fmt.Sprint(v...)) }
func (q quiet) Warningf(f string, v ...any)   { q.log.Warn(fmt.Sprintf(f, v...)) }
func (q quiet) Error(v ...any)                { q.log.Error(fmt.Sprint(v...)) }
func (q quiet) Errorf(f string, v ...any)     { q.log.Error(fmt.Sprintf(f, v...)) }
func (q quiet) Fatal(v ...any)                { panic(fmt.Sprint(v...)) }
func (q quiet) Fatalf(f string, v ...any)     { panic(fmt.Sprintf(f, v...)) }
func (q quiet) Panic(v ...any)                { panic(fmt.Sprint(v...)) }
func (q quiet) Panicf(f string, v ...any)     { panic(fmt.Sprintf(f, v...)) }
