package rest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"time"

	"aeterna.chaos/qdrant/consensus"
	"aeterna.chaos/qdrant/shard"
)

func (s *Server) collections(*http.Request) (any, error) {
	names := []map[string]string{}
	for name := range s.peer.View().State.Collections {
		names = append(names, map[string]string{"name": name})
	}
	slices.SortFunc(names, func(a, b map[string]string) int {
		if a["name"] < b["name"] {
			return -1
		}
		return 1
	})
	return map[string]any{"collections": names}, nil
}

func (s *Server) exists(r *http.Request) (any, error) {
	_, there := s.peer.View().State.Collections[r.PathValue("collection")]
	return map[string]bool{"exists": there}, nil
}

func (s *Server) collection(r *http.Request) (any, error) {
	name, collection, err := s.known(r)
	if err != nil {
		return nil, err
	}
	points, status := 0, "green"
	for number, each := range collection.Shards {
		points += s.peer.PointsHere(name, collection.Incarnation, uint32(number))
		for _, replica := range each.Replicas {
			if replica.State != consensus.Active {
				status = "yellow"
			}
		}
	}
	config := collection.Config
	return map[string]any{
		"status": status, "optimizer_status": "ok", "segments_count": len(collection.Shards), "points_count": points,
		"indexed_vectors_count": 0, "payload_schema": map[string]any{},
		"config": map[string]any{"params": map[string]any{
			"vectors":      map[string]any{"size": config.VectorSize, "distance": config.Distance},
			"shard_number": len(collection.Shards), "replication_factor": config.ReplicationFactor,
			"write_consistency_factor": config.WriteConsistencyFactor, "on_disk_payload": true,
		}},
	}, nil
}

var collectionName = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,128}$`)

func (s *Server) create(r *http.Request) (any, error) {
	name := r.PathValue("collection")
	if !collectionName.MatchString(name) {
		return nil, badInput("collection name %q: letters, digits, _, . and - are understood here", name)
	}
	var body struct {
		Vectors struct {
			Size     int    `json:"size"`
			Distance string `json:"distance"`
		} `json:"vectors"`
		ShardNumber            *int `json:"shard_number"`
		ReplicationFactor      *int `json:"replication_factor"`
		WriteConsistencyFactor *int `json:"write_consistency_factor"`
	}
	if err := read(r, &body); err != nil {
		return nil, err
	}
	within, err := patience(r, metaPatience)
	if err != nil {
		return nil, err
	}
	peers := make([]consensus.PeerID, 0)
	state := s.peer.View().State
	for id := range state.Peers {
		peers = append(peers, id)
	}
	slices.Sort(peers)
	shards := len(peers) // Qdrant's default: one shard for each peer
	config := consensus.Config{VectorSize: body.Vectors.Size, Distance: body.Vectors.Distance,
		ReplicationFactor: s.defaults.ReplicationFactor, WriteConsistencyFactor: s.defaults.WriteConsistencyFactor}
	for field, value := range map[*int]*int{&shards: body.ShardNumber, &config.ReplicationFactor: body.ReplicationFactor,
		&config.WriteConsistencyFactor: body.WriteConsistencyFactor} {
		if value != nil {
			*field = *value
		}
	}
	switch {
	case config.VectorSize < 1 || config.VectorSize > 65536:
		return nil, badInput("vectors.size must be from 1 to 65536")
	case !slices.Contains(shard.Distances, config.Distance):
		return nil, badInput("vectors.distance %q is not understood here: %v are", config.Distance, shard.Distances)
	case shards < 1 || shards > 64 || config.ReplicationFactor < 1 || config.WriteConsistencyFactor < 1:
		return nil, badInput("shard_number (at most 64), replication_factor and write_consistency_factor must be at least 1")
	}
	create := consensus.CreateCollection{Name: name, Config: config}
	for number := range shards {
		var on []consensus.PeerID
		for i := range min(config.ReplicationFactor, len(peers)) {
			on = append(on, peers[(number+i)%len(peers)])
		}
		create.Shards = append(create.Shards, on)
	}
	ctx, cancel := context.WithTimeout(r.Context(), within)
	defer cancel()
	err = s.peer.CreateCollection(ctx, create)
	if errors.Is(err, consensus.ErrExists) {
		return nil, &refusal{http.StatusConflict, fmt.Sprintf("Wrong input: Collection `%s` already exists!", name)}
	}
	return true, agreed(err, within)
}

// agreed says in Qdrant's words that the peers did not agree in time.
func agreed(err error, within time.Duration) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("Waiting for consensus operation commit failed. Timeout set at: %v seconds", within.Seconds())
	}
	return err
}

func (s *Server) drop(r *http.Request) (any, error) {
	within, err := patience(r, metaPatience)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(r.Context(), within)
	defer cancel()
	err = s.peer.Propose(ctx, consensus.Command{Delete: &consensus.DeleteCollection{Name: r.PathValue("collection")}})
	if errors.Is(err, consensus.ErrNotFound) {
		return false, nil
	}
	return true, agreed(err, within)
}

func (s *Server) collectionCluster(r *http.Request) (any, error) {
	name, collection, err := s.known(r)
	if err != nil {
		return nil, err
	}
	local, remote, transfers := []map[string]any{}, []map[string]any{}, []map[string]any{}
	for number, each := range collection.Shards {
		peers := make([]consensus.PeerID, 0, len(each.Replicas))
		for id := range each.Replicas {
			peers = append(peers, id)
		}
		slices.Sort(peers)
		for _, id := range peers {
			state := each.Replicas[id].State
			if id == s.peer.ID() {
				local = append(local, map[string]any{"shard_id": number, "state": state,
					"points_count": s.peer.PointsHere(name, collection.Incarnation, uint32(number))})
			} else {
				remote = append(remote, map[string]any{"shard_id": number, "peer_id": id, "state": state})
			}
		}
	}
	for _, transfer := range collection.Transfers {
		transfers = append(transfers, map[string]any{"shard_id": transfer.Shard, "from": transfer.From, "to": transfer.To,
			"sync": true, "method": "stream_records"})
	}
	return map[string]any{"peer_id": s.peer.ID(), "shard_count": len(collection.Shards), "local_shards": local,
		"remote_shards": remote, "shard_transfers": transfers}, nil
}

func (s *Server) changeReplicas(r *http.Request) (any, error) {
	name, _, err := s.known(r)
	if err != nil {
		return nil, err
	}
	var body struct {
		Replicate *struct {
			Shard  uint32           `json:"shard_id"`
			From   consensus.PeerID `json:"from_peer_id"`
			To     consensus.PeerID `json:"to_peer_id"`
			Method string           `json:"method"`
		} `json:"replicate_shard"`
		Drop *struct {
			Shard uint32           `json:"shard_id"`
			Peer  consensus.PeerID `json:"peer_id"`
		} `json:"drop_replica"`
	}
	if err := read(r, &body); err != nil {
		return nil, err
	}
	var command consensus.Command
	switch {
	case (body.Replicate == nil) == (body.Drop == nil):
		return nil, badInput("one of replicate_shard and drop_replica is understood here")
	case body.Replicate != nil:
		if body.Replicate.Method != "" && body.Replicate.Method != "stream_records" {
			return nil, badInput("method %q is not understood here: stream_records is", body.Replicate.Method)
		}
		command.Start = &consensus.StartTransfer{Collection: name, Shard: body.Replicate.Shard, From: body.Replicate.From, To: body.Replicate.To}
	default:
		command.DropCopy = &consensus.DropReplica{Collection: name, Shard: body.Drop.Shard, Peer: body.Drop.Peer}
	}
	within, err := patience(r, metaPatience)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(r.Context(), within)
	defer cancel()
	return true, agreed(s.peer.Propose(ctx, command), within)
}

func (s *Server) cluster(*http.Request) (any, error) {
	view := s.peer.View()
	peers := map[string]any{}
	for id, uri := range view.State.Peers {
		peers[strconv.FormatUint(uint64(id), 10)] = map[string]string{"uri": uri}
	}
	thread := map[string]any{"consensus_thread_status": "working", "last_update": view.At.UTC()}
	if err := s.peer.Broken(); err != nil {
		thread = map[string]any{"consensus_thread_status": "stopped_with_err", "err": err.Error()}
	}
	failures := map[string]any{}
	for uri, failure := range s.peer.SendFailures() {
		failures[uri] = failure
	}
	return map[string]any{
		"status": "enabled", "peer_id": s.peer.ID(), "peers": peers,
		"raft_info": map[string]any{"term": view.Term, "commit": view.Commit, "pending_operations": view.Pending, "leader": view.Leader,
			"role": view.Role, "is_voter": view.Voter},
		"consensus_thread_status": thread, "message_send_failures": failures,
	}, nil
}

func (s *Server) removePeer(r *http.Request) (any, error) {
	number, err := strconv.ParseUint(r.PathValue("peer"), 10, 64)
	if err != nil {
		return nil, badInput("%q is not a peer's id", r.PathValue("peer"))
	}
	force := false
	if text := r.URL.Query().Get("force"); text != "" {
		if force, err = strconv.ParseBool(text); err != nil {
			return nil, badInput("force=%s is neither true nor false", text)
		}
	}
	id, state := consensus.PeerID(number), s.peer.View().State
	if _, there := state.Peers[id]; !there {
		return nil, &refusal{http.StatusNotFound, fmt.Sprintf("Not found: Peer %d does not exist", id)}
	}
	for _, collection := range state.Collections {
		for _, each := range collection.Shards {
			if _, has := each.Replicas[id]; has && !force {
				return nil, &refusal{http.StatusBadRequest, fmt.Sprintf("Bad request: Cannot remove peer %d as there are shards on it", id)}
			}
		}
	}
	within, err := patience(r, metaPatience)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(r.Context(), within)
	defer cancel()
	return true, agreed(s.peer.RemovePeer(ctx, id), within)
}
