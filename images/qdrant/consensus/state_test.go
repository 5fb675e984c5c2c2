package consensus

import (
	"errors"
	"reflect"
	"testing"
)

func made(t *testing.T) *State {
	t.Helper()
	state := newState()
	state.Peers = map[PeerID]string{1: "a", 2: "b", 3: "c"}
	if err := state.apply(Command{ID: 1, Create: &CreateCollection{Name: "m", Config: Config{ReplicationFactor: 3}, Shards: [][]PeerID{{1, 2, 3}}}}, 10); err != nil {
		t.Fatal(err)
	}
	for peer := PeerID(1); peer <= 3; peer++ {
		if err := state.apply(set(state, peer, Active), 10+uint64(peer)); err != nil {
			t.Fatal(err)
		}
	}
	return state
}

var ids uint64 = 100

func set(state *State, peer PeerID, to ReplicaState) Command {
	ids++
	return Command{ID: ids, Replica: &SetReplica{Collection: "m", Peer: peer, Since: state.Collections["m"].Shards[0].Replicas[peer].Since, To: to}}
}

func states(state *State) map[PeerID]ReplicaState {
	all := map[PeerID]ReplicaState{}
	for peer, replica := range state.Collections["m"].Shards[0].Replicas {
		all[peer] = replica.State
	}
	return all
}

func TestTheLastActiveReplicaStays(t *testing.T) {
	state := made(t)
	for peer := PeerID(1); peer <= 2; peer++ {
		if err := state.apply(set(state, peer, Dead), 20+uint64(peer)); err != nil {
			t.Fatal(err)
		}
	}
	if err := state.apply(set(state, 3, Dead), 30); !errors.Is(err, ErrRefused) {
		t.Errorf("the last active replica was given up: %v", err)
	}
	if got := states(state); got[3] != Active {
		t.Errorf("%v", got)
	}
}

func TestWhoSawAnOlderReplicaChangesNothing(t *testing.T) {
	state := made(t)
	late := set(state, 1, Dead)
	if err := state.apply(set(state, 1, Dead), 20); err != nil {
		t.Fatal(err)
	}
	if err := state.apply(Command{ID: 50, Start: &StartTransfer{Collection: "m", From: 2, To: 1}}, 21); err != nil {
		t.Fatal(err)
	}
	if err := state.apply(late, 22); !errors.Is(err, ErrRefused) || states(state)[1] != Partial {
		t.Errorf("%v, %v", err, states(state))
	}
}

func TestACommandActsOnce(t *testing.T) {
	state := made(t)
	drop := Command{ID: 60, Delete: &DeleteCollection{Name: "m"}}
	if err := state.apply(drop, 20); err != nil {
		t.Fatal(err)
	}
	if err := state.apply(Command{ID: 61, Create: &CreateCollection{Name: "m", Shards: [][]PeerID{{1}}}}, 21); err != nil {
		t.Fatal(err)
	}
	if err := state.apply(drop, 22); err != nil || state.Collections["m"] == nil {
		t.Errorf("proposed twice, the deletion took the new collection too: %v", err)
	}
}

func TestATransferEndsWithItsSourceOrTarget(t *testing.T) {
	for name, end := range map[string]func(*State){
		"source declared dead": func(s *State) { _ = s.apply(set(s, 2, Dead), 30) },
		"source removed":       func(s *State) { s.removePeer(2, 30) },
		"failed": func(s *State) {
			_ = s.apply(Command{ID: 71, End: &EndTransfer{Collection: "m", Transfer: s.Collections["m"].Transfers[0]}}, 30)
		},
	} {
		state := made(t)
		_ = state.apply(set(state, 1, Dead), 20)
		if err := state.apply(Command{ID: 70, Start: &StartTransfer{Collection: "m", From: 2, To: 1}}, 21); err != nil {
			t.Fatal(err)
		}
		end(state)
		if got := states(state)[1]; got != Dead || len(state.Collections["m"].Transfers) != 0 {
			t.Errorf("%s: %s, %v", name, got, state.Collections["m"].Transfers)
		}
	}
}

func TestAPublishedStateDoesNotChange(t *testing.T) {
	state := made(t)
	copied := state.clone()
	before := state.encode()
	_ = copied.apply(set(copied, 1, Dead), 20)
	copied.removePeer(2, 21)
	if string(state.encode()) != string(before) {
		t.Error("a change of the copy changed the original")
	}
	decoded, err := decodeState(copied.encode())
	if err != nil || !reflect.DeepEqual(decoded, copied) {
		t.Errorf("a snapshot is not what it was made of: %v", err)
	}
}
