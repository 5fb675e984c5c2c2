package shard

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// Scored is a point and how near it is.
type Scored struct {
	Record
	Score float64 `json:"score"`
}

// Distances are the measures that are understood.
var Distances = []string{"Cosine", "Dot", "Euclid"}

// Nearest finds the points nearest to a vector by looking at every one of them.
func (s *Store) Nearest(vector []float32, distance string, filter *Filter, limit int) ([]Scored, error) {
	s.mutex.RLock()
	defer s.mutex.RUnlock()
	var found []Scored
	for _, record := range s.records {
		if record.Deleted || !filter.Holds(&record.Point) {
			continue
		}
		if len(record.Point.Vector) != len(vector) {
			return nil, fmt.Errorf("vector dimension error: expected dim: %d, got %d", len(record.Point.Vector), len(vector))
		}
		found = append(found, Scored{Record: *record, Score: score(distance, vector, record.Point.Vector)})
	}
	return Best(found, distance, limit), nil
}

// Best keeps the nearest.
func Best(found []Scored, distance string, limit int) []Scored {
	slices.SortFunc(found, func(a, b Scored) int {
		byScore := cmp.Compare(b.Score, a.Score)
		if distance == "Euclid" {
			byScore = -byScore
		}
		return cmp.Or(byScore, a.Point.ID.Compare(b.Point.ID))
	})
	return found[:min(limit, len(found))]
}

func score(distance string, a, b []float32) float64 {
	var dot, aa, bb, square float64
	for i := range a {
		x, y := float64(a[i]), float64(b[i])
		dot += x * y
		aa += x * x
		bb += y * y
		square += (x - y) * (x - y)
	}
	switch distance {
	case "Euclid":
		return math.Sqrt(square)
	case "Cosine":
		if aa == 0 || bb == 0 {
			return 0
		}
		return dot / math.Sqrt(aa*bb)
	default:
		return dot
	}
}
