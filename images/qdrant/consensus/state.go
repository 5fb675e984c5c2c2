// Package consensus keeps what all peers must agree on (who they are, which collections there are, which replica of which shard
// may be read) in a Raft log with Qdrant's timing. Points are not in it: package peer replicates them beside it.
package consensus

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// PeerID names one volume of a peer: a peer that lost its volume comes back as another. It fits into 53 bits, so that every JSON
// reader keeps it exact.
type PeerID uint64

// ReplicaState is what a replica of a shard may be used for, in Qdrant's words.
type ReplicaState string

const (
	// Initializing replicas belong to a collection that is being created; they take writes.
	Initializing ReplicaState = "Initializing"
	// Active replicas take writes and answer reads.
	Active ReplicaState = "Active"
	// Partial replicas are being refilled by a transfer; they take writes.
	Partial ReplicaState = "Partial"
	// Dead replicas missed a write, and neither take writes nor answer until a transfer refilled them.
	Dead ReplicaState = "Dead"
)

// Updatable says whether writes are sent to it.
func (s ReplicaState) Updatable() bool { return s != Dead }

// Replica is one copy of a shard.
type Replica struct {
	State ReplicaState `json:"state"`
	// Since is the log index at which it got this state: the same state again is another Since.
	Since uint64 `json:"since"`
}

// Shard is one part of a collection's points.
type Shard struct {
	Replicas map[PeerID]Replica `json:"replicas"`
	// Version is the log index of the last change of its replicas; who works with a lower one does not know them all.
	Version uint64 `json:"version"`
}

// HasActiveBeside says whether a replica other than that peer's could still answer.
func (s *Shard) HasActiveBeside(peer PeerID) bool {
	for id, replica := range s.Replicas {
		if id != peer && replica.State == Active {
			return true
		}
	}
	return false
}

func (s *Shard) set(peer PeerID, state ReplicaState, index uint64) {
	s.Replicas[peer] = Replica{State: state, Since: index}
	s.Version = index
}

// Transfer is one refill of a replica from an active one.
type Transfer struct {
	Shard uint32 `json:"shard"`
	From  PeerID `json:"from"`
	To    PeerID `json:"to"`
	// Since is the log index at which it began, and the Since of the partial replica.
	Since uint64 `json:"since"`
}

// Config is how a collection was asked for.
type Config struct {
	VectorSize             int    `json:"vector_size"`
	Distance               string `json:"distance"`
	ReplicationFactor      int    `json:"replication_factor"`
	WriteConsistencyFactor int    `json:"write_consistency_factor"`
}

// Collection is what the peers agree on about one collection.
type Collection struct {
	Config    Config     `json:"config"`
	Shards    []*Shard   `json:"shards"`
	Transfers []Transfer `json:"transfers"`
	// Incarnation is the log index of its creation: a collection deleted and created again is another one.
	Incarnation uint64 `json:"incarnation"`
}

// State is what the log amounts to. A published State is never changed again.
type State struct {
	Peers       map[PeerID]string      `json:"peers"`
	Collections map[string]*Collection `json:"collections"`
	// Recent are the last commands carried out: a command that was proposed twice, because its first fate was unknown, acts once.
	Recent []uint64 `json:"recent"`
}

func newState() *State {
	return &State{Peers: map[PeerID]string{}, Collections: map[string]*Collection{}}
}

func decodeState(data []byte) (*State, error) {
	state := newState()
	if err := json.Unmarshal(data, state); err != nil {
		return nil, fmt.Errorf("the snapshot of the cluster's state cannot be read: %w", err)
	}
	return state, nil
}

func (s *State) encode() []byte {
	data, err := json.Marshal(s)
	if err != nil {
		panic(err) // nothing in it can fail to be JSON
	}
	return data
}

func (s *State) clone() *State {
	copied := &State{Peers: maps.Clone(s.Peers), Collections: make(map[string]*Collection, len(s.Collections)), Recent: slices.Clone(s.Recent)}
	for name, collection := range s.Collections {
		c := *collection
		c.Transfers = slices.Clone(collection.Transfers)
		c.Shards = make([]*Shard, len(collection.Shards))
		for i, shard := range collection.Shards {
			c.Shards[i] = &Shard{Replicas: maps.Clone(shard.Replicas), Version: shard.Version}
		}
		copied.Collections[name] = &c
	}
	return copied
}

// Command is one change of the state; exactly one of its fields beside ID is set.
type Command struct {
	ID       uint64            `json:"id"`
	Create   *CreateCollection `json:"create,omitempty"`
	Delete   *DeleteCollection `json:"delete,omitempty"`
	Replica  *SetReplica       `json:"replica,omitempty"`
	Start    *StartTransfer    `json:"start,omitempty"`
	End      *EndTransfer      `json:"end,omitempty"`
	DropCopy *DropReplica      `json:"drop,omitempty"`
}

// CreateCollection makes a collection whose replicas are on those peers, by shard.
type CreateCollection struct {
	Name   string     `json:"name"`
	Config Config     `json:"config"`
	Shards [][]PeerID `json:"shards"`
}

// DeleteCollection forgets a collection and all its points.
type DeleteCollection struct {
	Name string `json:"name"`
}

// SetReplica changes a replica's state, if it is still in the state and incarnation that the proposer saw.
type SetReplica struct {
	Collection string       `json:"collection"`
	Shard      uint32       `json:"shard"`
	Peer       PeerID       `json:"peer"`
	Since      uint64       `json:"since"`
	To         ReplicaState `json:"to"`
}

// StartTransfer makes the peer's replica Partial and asks From to fill it.
type StartTransfer struct {
	Collection string `json:"collection"`
	Shard      uint32 `json:"shard"`
	From       PeerID `json:"from"`
	To         PeerID `json:"to"`
}

// EndTransfer makes the filled replica Active, or Dead when the transfer failed.
type EndTransfer struct {
	Collection string   `json:"collection"`
	Transfer   Transfer `json:"transfer"`
	Complete   bool     `json:"complete"`
}

// DropReplica takes a peer's copy of a shard away.
type DropReplica struct {
	Collection string `json:"collection"`
	Shard      uint32 `json:"shard"`
	Peer       PeerID `json:"peer"`
}

// ErrNotFound, ErrExists and ErrRefused say why a command changed nothing.
var (
	ErrNotFound = errors.New("not found")
	ErrExists   = errors.New("exists already")
	ErrRefused  = errors.New("refused")
)

const rememberedCommands = 256

// apply carries a command out on a state that nobody else sees yet; the error tells its proposer why it changed nothing.
func (s *State) apply(command Command, index uint64) error {
	if slices.Contains(s.Recent, command.ID) {
		return nil
	}
	s.Recent = append(s.Recent, command.ID)
	if len(s.Recent) > rememberedCommands {
		s.Recent = slices.Clone(s.Recent[len(s.Recent)-rememberedCommands:])
	}
	switch {
	case command.Create != nil:
		return s.create(command.Create, index)
	case command.Delete != nil:
		if _, there := s.Collections[command.Delete.Name]; !there {
			return fmt.Errorf("collection %q: %w", command.Delete.Name, ErrNotFound)
		}
		delete(s.Collections, command.Delete.Name)
		return nil
	case command.Replica != nil:
		return s.setReplica(command.Replica, index)
	case command.Start != nil:
		return s.startTransfer(command.Start, index)
	case command.End != nil:
		return s.endTransfer(command.End, index)
	case command.DropCopy != nil:
		return s.dropReplica(command.DropCopy, index)
	}
	return fmt.Errorf("an empty command: %w", ErrRefused)
}

func (s *State) create(create *CreateCollection, index uint64) error {
	if _, there := s.Collections[create.Name]; there {
		return fmt.Errorf("collection %q: %w", create.Name, ErrExists)
	}
	collection := &Collection{Config: create.Config, Incarnation: index}
	for _, peers := range create.Shards {
		shard := &Shard{Replicas: map[PeerID]Replica{}}
		for _, peer := range peers {
			if _, known := s.Peers[peer]; known {
				shard.set(peer, Initializing, index)
			}
		}
		if len(shard.Replicas) == 0 {
			return fmt.Errorf("none of the peers chosen for a shard is there any more: %w", ErrRefused)
		}
		collection.Shards = append(collection.Shards, shard)
	}
	s.Collections[create.Name] = collection
	return nil
}

func (s *State) shard(name string, number uint32) (*Collection, *Shard, error) {
	collection, there := s.Collections[name]
	if !there {
		return nil, nil, fmt.Errorf("collection %q: %w", name, ErrNotFound)
	}
	if int(number) >= len(collection.Shards) {
		return nil, nil, fmt.Errorf("shard %d of collection %q: %w", number, name, ErrNotFound)
	}
	return collection, collection.Shards[number], nil
}

func (s *State) setReplica(set *SetReplica, index uint64) error {
	collection, shard, err := s.shard(set.Collection, set.Shard)
	if err != nil {
		return err
	}
	replica, there := shard.Replicas[set.Peer]
	if !there {
		return fmt.Errorf("replica of shard %d on peer %d: %w", set.Shard, set.Peer, ErrNotFound)
	}
	if replica.Since != set.Since {
		return fmt.Errorf("the replica is %s by now: %w", replica.State, ErrRefused)
	}
	if set.To == Dead && replica.State == Active && !shard.HasActiveBeside(set.Peer) {
		return fmt.Errorf("cannot deactivate the last active replica: %w", ErrRefused)
	}
	collection.dropTransfers(func(t Transfer) bool { return t.Shard == set.Shard && (t.To == set.Peer || t.From == set.Peer) }, index)
	shard.set(set.Peer, set.To, index)
	return nil
}

// dropTransfers ends transfers without success: what they were filling is dead again.
func (c *Collection) dropTransfers(which func(Transfer) bool, index uint64) {
	c.Transfers = slices.DeleteFunc(c.Transfers, func(transfer Transfer) bool {
		if !which(transfer) {
			return false
		}
		if _, there := c.Shards[transfer.Shard].Replicas[transfer.To]; there {
			c.Shards[transfer.Shard].set(transfer.To, Dead, index)
		}
		return true
	})
}

func (s *State) startTransfer(start *StartTransfer, index uint64) error {
	collection, shard, err := s.shard(start.Collection, start.Shard)
	if err != nil {
		return err
	}
	if _, known := s.Peers[start.To]; !known {
		return fmt.Errorf("peer %d: %w", start.To, ErrNotFound)
	}
	if shard.Replicas[start.From].State != Active {
		return fmt.Errorf("the replica on peer %d is not active: %w", start.From, ErrRefused)
	}
	if to, there := shard.Replicas[start.To]; there && to.State != Dead {
		return fmt.Errorf("the replica on peer %d is %s: %w", start.To, to.State, ErrRefused)
	}
	// Qdrant's default: one transfer out of and one into a peer at a time.
	for _, other := range collection.Transfers {
		if other.From == start.From || other.To == start.To {
			return fmt.Errorf("another transfer is under way: %w", ErrRefused)
		}
	}
	shard.set(start.To, Partial, index)
	collection.Transfers = append(collection.Transfers, Transfer{Shard: start.Shard, From: start.From, To: start.To, Since: index})
	return nil
}

func (s *State) endTransfer(end *EndTransfer, index uint64) error {
	collection, shard, err := s.shard(end.Collection, end.Transfer.Shard)
	if err != nil {
		return err
	}
	at := slices.Index(collection.Transfers, end.Transfer)
	if at < 0 {
		return fmt.Errorf("the transfer: %w", ErrNotFound)
	}
	collection.Transfers = slices.Delete(collection.Transfers, at, at+1)
	if end.Complete {
		shard.set(end.Transfer.To, Active, index)
	} else {
		shard.set(end.Transfer.To, Dead, index)
	}
	return nil
}

func (s *State) dropReplica(drop *DropReplica, index uint64) error {
	collection, shard, err := s.shard(drop.Collection, drop.Shard)
	if err != nil {
		return err
	}
	replica, there := shard.Replicas[drop.Peer]
	if !there {
		return fmt.Errorf("replica of shard %d on peer %d: %w", drop.Shard, drop.Peer, ErrNotFound)
	}
	if replica.State == Active && !shard.HasActiveBeside(drop.Peer) {
		return fmt.Errorf("cannot drop the last active replica: %w", ErrRefused)
	}
	collection.dropTransfers(func(t Transfer) bool { return t.Shard == drop.Shard && (t.To == drop.Peer || t.From == drop.Peer) }, index)
	delete(shard.Replicas, drop.Peer)
	shard.Version = index
	return nil
}

// removePeer forgets a peer and every copy that it held.
func (s *State) removePeer(peer PeerID, index uint64) {
	delete(s.Peers, peer)
	for _, collection := range s.Collections {
		collection.dropTransfers(func(t Transfer) bool { return t.To == peer || t.From == peer }, index)
		for _, shard := range collection.Shards {
			if _, there := shard.Replicas[peer]; there {
				delete(shard.Replicas, peer)
				shard.Version = index
			}
		}
	}
}
