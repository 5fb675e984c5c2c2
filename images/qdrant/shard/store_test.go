package shard

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func open(t *testing.T, folder string) *Store {
	t.Helper()
	store, err := Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	return store
}

func apply(t *testing.T, store *Store, update Update, wait bool) {
	t.Helper()
	store.Hold()
	defer store.Release()
	if err := store.Apply(update, wait); err != nil {
		t.Fatal(err)
	}
}

func point(number uint64) Point {
	return Point{ID: ID{number: number}, Vector: []float32{float32(number), 1}, Payload: map[string]any{"n": float64(number)}}
}

func TestEverythingIsThereAfterARestart(t *testing.T) {
	folder := t.TempDir()
	store := open(t, folder)
	var writers sync.WaitGroup
	for writer := range 8 {
		writers.Go(func() {
			for i := range 20 {
				number := uint64(writer*20 + i)
				apply(t, store, Update{Tag: Tag{Time: number + 1}, Upsert: []Point{point(number)}}, i%2 == 0)
			}
		})
	}
	writers.Wait()
	apply(t, store, Update{Tag: Tag{Time: 1000}, Delete: []ID{{number: 3}}}, true)

	again := open(t, folder)
	if got := again.Count(nil); got != 159 {
		t.Errorf("%d points are there, 159 were kept", got)
	}
	if got := again.Get([]ID{{number: 3}, {number: 4}}); len(got) != 1 || got[0].Point.Payload["n"] != float64(4) {
		t.Errorf("found %v", got)
	}
}

// A crash may leave any part of the last frame: it goes, and nothing before it, and what is written next is found again.
func TestATornEndIsForgotten(t *testing.T) {
	folder := t.TempDir()
	store := open(t, folder)
	path := filepath.Join(folder, "points.log")
	size := func() int64 {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	apply(t, store, Update{Tag: Tag{Time: 1}, Upsert: []Point{point(1)}}, true)
	whole := size()
	apply(t, store, Update{Tag: Tag{Time: 2}, Upsert: []Point{point(2)}}, true)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for cut := whole; cut < int64(len(data)); cut += 7 {
		torn := filepath.Join(t.TempDir(), fmt.Sprint(cut))
		if err := os.MkdirAll(torn, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(torn, "points.log"), data[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		apply(t, open(t, torn), Update{Tag: Tag{Time: 3}, Upsert: []Point{point(3)}}, true)
		if got := open(t, torn).Get([]ID{{number: 1}, {number: 2}, {number: 3}}); len(got) != 2 {
			t.Errorf("cut at byte %d of %d: %d points", cut, len(data), len(got))
		}
	}
	data[len(data)-2] ^= 1
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := open(t, folder).Count(nil); got != 1 {
		t.Errorf("a frame with a wrong checksum: %d points", got)
	}
}

func TestReplicasAgreeInWhateverOrderWritesArrive(t *testing.T) {
	updates := []Update{
		{Tag: Tag{Time: 5, Peer: 1}, Upsert: []Point{point(1)}},
		{Tag: Tag{Time: 6, Peer: 1}, Delete: []ID{{number: 1}}},
		{Tag: Tag{Time: 6, Peer: 2}, Upsert: []Point{{ID: ID{number: 1}, Vector: []float32{9, 9}}}},
	}
	for _, order := range [][]int{{0, 1, 2}, {2, 1, 0}, {1, 2, 0}, {2, 0, 1}} {
		store := open(t, t.TempDir())
		for _, i := range order {
			apply(t, store, updates[i], true)
		}
		if got := store.Get([]ID{{number: 1}}); len(got) != 1 || got[0].Point.Vector[0] != 9 {
			t.Errorf("in order %v: %v", order, got)
		}
	}
}

func TestARefillBeginsEmptyOnceAndIsKept(t *testing.T) {
	folder := t.TempDir()
	store := open(t, folder)
	apply(t, store, Update{Tag: Tag{Time: 1}, Upsert: []Point{point(1)}}, true)
	for range 2 {
		if err := store.Restart(7); err != nil {
			t.Fatal(err)
		}
		apply(t, store, Update{Tag: Tag{Time: 2}, Upsert: []Point{point(2)}}, true)
	}
	again := open(t, folder)
	if again.Epoch() != 7 || again.Count(nil) != 1 {
		t.Errorf("epoch %d with %d points", again.Epoch(), again.Count(nil))
	}
}

func TestACompactedLogHoldsTheSame(t *testing.T) {
	folder := t.TempDir()
	store := open(t, folder)
	big := strings.Repeat("x", 1<<20)
	for i := range 12 {
		apply(t, store, Update{Tag: Tag{Time: uint64(i + 1)}, Upsert: []Point{{ID: ID{number: uint64(i % 2)}, Payload: map[string]any{"x": big}}}}, false)
	}
	before, _ := os.Stat(filepath.Join(folder, "points.log"))
	if err := store.Compact(); err != nil {
		t.Fatal(err)
	}
	after, _ := os.Stat(filepath.Join(folder, "points.log"))
	if after.Size() > before.Size()/4 {
		t.Errorf("compacted from %d to %d bytes", before.Size(), after.Size())
	}
	apply(t, store, Update{Tag: Tag{Time: 20}, Upsert: []Point{point(5)}}, true)
	if got := open(t, folder).Count(nil); got != 3 {
		t.Errorf("%d points after compaction and a restart", got)
	}
}

func TestFilters(t *testing.T) {
	one := Point{ID: ID{number: 1}, Payload: map[string]any{"key": "run-1-walk-7", "layer": "session", "tags": []any{"a", "b"}, "in": map[string]any{"n": 3.0}}}
	for text, passes := range map[string]bool{
		`{}`: true,
		`{"must":[{"key":"layer","match":{"value":"session"}},{"key":"key","match":{"text":"run-1-"}}]}`: true,
		`{"must":{"key":"tags","match":{"value":"b"}}}`:                                                  true,
		`{"must":[{"key":"in.n","match":{"value":3}}]}`:                                                  true,
		`{"must":[{"key":"layer","match":{"any":["user","agent"]}}]}`:                                    false,
		`{"must":[{"key":"missing","match":{"except":["x"]}}]}`:                                          false,
		`{"must_not":[{"key":"layer","match":{"value":"session"}}]}`:                                     false,
		`{"should":[{"has_id":[2]},{"key":"layer","match":{"value":"session"}}]}`:                        true,
		`{"should":[{"has_id":[2]}]}`:                                                                    false,
	} {
		var filter Filter
		if err := json.Unmarshal([]byte(text), &filter); err != nil {
			t.Errorf("%s: %v", text, err)
		} else if filter.Holds(&one) != passes {
			t.Errorf("%s: %t", text, !passes)
		}
	}
	for _, text := range []string{`{"must":[{"key":"n","range":{"gt":1}}]}`, `{"must":[{"match":{"value":1}}]}`, `{"must":[{"key":"n"}]}`} {
		var filter Filter
		if json.Unmarshal([]byte(text), &filter) == nil {
			t.Errorf("%s is not understood and was taken", text)
		}
	}
}

func TestNearest(t *testing.T) {
	store := open(t, t.TempDir())
	for i := range uint64(5) {
		apply(t, store, Update{Tag: Tag{Time: i + 1}, Upsert: []Point{{ID: ID{number: i}, Vector: []float32{float32(i), 1}}}}, false)
	}
	for distance, expected := range map[string]uint64{"Euclid": 3, "Dot": 4, "Cosine": 3} {
		found, err := store.Nearest([]float32{3, 1}, distance, nil, 2)
		if err != nil || len(found) != 2 || found[0].Point.ID.number != expected {
			t.Errorf("%s: %v %v", distance, found, err)
		}
	}
}
