package rest

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"net/http"
	"slices"

	"aeterna.chaos/qdrant/peer"
	"aeterna.chaos/qdrant/shard"
)

// shardOf says which shard a point belongs to.
func shardOf(id shard.ID, shards int) uint32 {
	hash := fnv.New64a()
	_, _ = hash.Write([]byte(id.String()))
	return uint32(hash.Sum64() % uint64(shards))
}

func (s *Server) upsert(r *http.Request) (any, error) {
	_, collection, err := s.known(r)
	if err != nil {
		return nil, err
	}
	var body struct {
		Points []shard.Point `json:"points"`
	}
	if err := read(r, &body); err != nil {
		return nil, err
	}
	if len(body.Points) == 0 {
		return nil, badInput("Empty update request")
	}
	updates := map[uint32]shard.Update{}
	for _, point := range body.Points {
		if len(point.Vector) != collection.Config.VectorSize {
			return nil, badInput("Vector dimension error: expected dim: %d, got %d", collection.Config.VectorSize, len(point.Vector))
		}
		number := shardOf(point.ID, len(collection.Shards))
		update := updates[number]
		update.Upsert = append(update.Upsert, point)
		updates[number] = update
	}
	return s.write(r, updates)
}

func (s *Server) deletePoints(r *http.Request) (any, error) {
	_, collection, err := s.known(r)
	if err != nil {
		return nil, err
	}
	var body struct {
		Points []shard.ID    `json:"points"`
		Filter *shard.Filter `json:"filter"`
	}
	if err := read(r, &body); err != nil {
		return nil, err
	}
	updates := map[uint32]shard.Update{}
	switch {
	case (body.Points == nil) == (body.Filter == nil):
		return nil, badInput("either points or a filter say what to delete")
	case body.Filter != nil:
		for number := range collection.Shards {
			updates[uint32(number)] = shard.Update{Where: body.Filter}
		}
	default:
		for _, id := range body.Points {
			number := shardOf(id, len(collection.Shards))
			update := updates[number]
			update.Delete = append(update.Delete, id)
			updates[number] = update
		}
	}
	return s.write(r, updates)
}

// selector is true, false, or what to include.
type selector struct{ on bool }

func (s *selector) UnmarshalJSON(data []byte) error {
	if err := json.Unmarshal(data, &s.on); err != nil {
		return fmt.Errorf("only true and false are understood here: %w", err)
	}
	return nil
}

func (s *selector) or(otherwise bool) bool {
	if s == nil {
		return otherwise
	}
	return s.on
}

func shown(point shard.Point, payload, vector bool) map[string]any {
	fields := map[string]any{"id": point.ID}
	if payload {
		fields["payload"] = map[string]any{}
		if point.Payload != nil {
			fields["payload"] = point.Payload
		}
	}
	if vector {
		fields["vector"] = point.Vector
	}
	return fields
}

func (s *Server) retrieve(r *http.Request) (any, error) {
	var body struct {
		IDs         []shard.ID `json:"ids"`
		WithPayload *selector  `json:"with_payload"`
		WithVector  *selector  `json:"with_vector"`
	}
	if err := read(r, &body); err != nil {
		return nil, err
	}
	found := []map[string]any{}
	if len(body.IDs) == 0 {
		return found, nil
	}
	err := s.everyShard(r, peer.Query{Get: body.IDs}, func(answer peer.Answer) {
		for _, point := range answer.Points {
			found = append(found, shown(point.Point, body.WithPayload.or(true), body.WithVector.or(false)))
		}
	})
	return found, err
}

func (s *Server) point(r *http.Request) (any, error) {
	id, err := shard.ParseID(r.PathValue("id"))
	if err != nil {
		return nil, badInput("%s", err)
	}
	name, collection, err := s.known(r)
	if err != nil {
		return nil, err
	}
	wanted, err := consistency(r)
	if err != nil {
		return nil, err
	}
	answer, err := s.peer.Read(r.Context(), peer.Query{Collection: name, Shard: shardOf(id, len(collection.Shards)), Get: []shard.ID{id}}, wanted)
	if err != nil {
		return nil, err
	}
	if len(answer.Points) == 0 {
		return nil, &refusal{http.StatusNotFound, fmt.Sprintf("Not found: Point with id %s does not exists!", id)}
	}
	return shown(answer.Points[0].Point, true, true), nil
}

func (s *Server) search(r *http.Request) (any, error) {
	_, collection, err := s.known(r)
	if err != nil {
		return nil, err
	}
	var body struct {
		Vector      []float32       `json:"vector"`
		Limit       int             `json:"limit"`
		Filter      *shard.Filter   `json:"filter"`
		Threshold   *float64        `json:"score_threshold"`
		Params      json.RawMessage `json:"params"`
		WithPayload *selector       `json:"with_payload"`
		WithVector  *selector       `json:"with_vector"`
	}
	if err := read(r, &body); err != nil {
		return nil, err
	}
	if body.Limit < 1 {
		return nil, badInput("limit must be at least 1")
	}
	if len(body.Vector) != collection.Config.VectorSize {
		return nil, badInput("Vector dimension error: expected dim: %d, got %d", collection.Config.VectorSize, len(body.Vector))
	}
	distance := collection.Config.Distance
	var all []shard.Scored
	query := peer.Query{Filter: body.Filter, Search: &peer.Search{Vector: body.Vector, Distance: distance, Limit: body.Limit}}
	if err := s.everyShard(r, query, func(answer peer.Answer) { all = append(all, answer.Points...) }); err != nil {
		return nil, err
	}
	found := []map[string]any{}
	for _, point := range shard.Best(all, distance, body.Limit) {
		near := body.Threshold == nil || (distance == "Euclid") == (point.Score < *body.Threshold) || point.Score == *body.Threshold
		if near {
			fields := shown(point.Point, body.WithPayload.or(false), body.WithVector.or(false))
			fields["score"], fields["version"] = point.Score, point.Tag.Time
			found = append(found, fields)
		}
	}
	return found, nil
}

func (s *Server) scroll(r *http.Request) (any, error) {
	body := struct {
		Offset      *shard.ID     `json:"offset"`
		Limit       int           `json:"limit"`
		Filter      *shard.Filter `json:"filter"`
		WithPayload *selector     `json:"with_payload"`
		WithVector  *selector     `json:"with_vector"`
	}{Limit: 10}
	if err := read(r, &body); err != nil {
		return nil, err
	}
	if body.Limit < 1 {
		return nil, badInput("limit must be at least 1")
	}
	var all []shard.Scored
	// One more than asked for: it is where the next page begins.
	query := peer.Query{Filter: body.Filter, Scroll: &peer.Scroll{From: body.Offset, Limit: body.Limit + 1}}
	if err := s.everyShard(r, query, func(answer peer.Answer) { all = append(all, answer.Points...) }); err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(a, b shard.Scored) int { return a.Point.ID.Compare(b.Point.ID) })
	var next any
	if len(all) > body.Limit {
		next, all = all[body.Limit].Point.ID, all[:body.Limit]
	}
	points := make([]map[string]any, len(all))
	for i := range all {
		points[i] = shown(all[i].Point, body.WithPayload.or(true), body.WithVector.or(false))
	}
	return map[string]any{"points": points, "next_page_offset": next}, nil
}

func (s *Server) count(r *http.Request) (any, error) {
	var body struct {
		Filter *shard.Filter `json:"filter"`
		Exact  *bool         `json:"exact"`
	}
	if err := read(r, &body); err != nil {
		return nil, err
	}
	total := 0
	err := s.everyShard(r, peer.Query{Count: true, Filter: body.Filter}, func(answer peer.Answer) { total += answer.Count })
	return map[string]int{"count": total}, err
}
