package vectors_test

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"aeterna.chaos/api/vectors"
)

const id = "6a0f8f5e-3c54-4a52-9d7e-0a5c2f1f7a11"

// qdrant answers as Qdrant's REST interface does, one point at a time; fail, while positive, counts down the requests it fails.
type qdrant struct {
	fail   int
	status string
	points map[string]map[string]string
	vector []float32
	asked  []string
}

func (q *qdrant) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q.asked = append(q.asked, r.Method+" "+r.URL.String())
	if q.fail > 0 {
		q.fail--
		http.Error(w, `{"status":{"error":"Service internal error: no quorum"},"time":0}`, http.StatusInternalServerError)
		return
	}
	var body struct {
		IDs    []string
		Filter struct {
			Must []struct {
				Key   string
				Match struct{ Value string }
			}
		}
		Points []struct {
			ID      string
			Vector  []float32
			Payload map[string]string
		}
	}
	if r.Body != http.NoBody {
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil && r.Method != http.MethodGet {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
	}
	result := any(nil)
	switch r.Method + " " + strings.TrimPrefix(r.URL.Path, "/collections/memories") {
	case "GET ":
		result = map[string]any{"config": map[string]any{"params": map[string]any{"vectors": map[string]any{"size": 8}}}}
	case "PUT /points":
		for _, point := range body.Points {
			q.points[point.ID], q.vector = point.Payload, point.Vector
		}
		result = map[string]any{"operation_id": 1, "status": q.status}
	case "POST /points":
		found := []any{}
		for _, wanted := range body.IDs {
			if _, there := q.points[wanted]; there {
				found = append(found, map[string]any{"id": wanted})
			}
		}
		result = found
	case "POST /points/delete":
		for id, payload := range q.points {
			if len(body.Filter.Must) == 1 && payload[body.Filter.Must[0].Key] == body.Filter.Must[0].Match.Value {
				delete(q.points, id)
			}
		}
		result = map[string]any{"status": "completed"}
	case "POST /points/search":
		found := []any{}
		for id, payload := range q.points {
			matches := true
			for _, must := range body.Filter.Must {
				matches = matches && payload[must.Key] == must.Match.Value
			}
			if matches {
				found = append(found, map[string]any{"id": id, "version": 1, "score": 0.9, "payload": payload})
			}
		}
		result = found
	default:
		http.Error(w, `{"status":{"error":"Not found: Collection doesn't exist!"}}`, http.StatusNotFound)
		return
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"result": result, "status": "ok", "time": 0.001})
}

func open(t *testing.T, handler http.Handler, collection string) *vectors.Qdrant {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	host, port, err := net.SplitHostPort(server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		t.Fatal(err)
	}
	return vectors.Open(host, uint16(number), collection)
}

func TestAMemoryIsPlacedWithTheCollectionsOwnSizeAndFoundByItsPayload(t *testing.T) {
	q := &qdrant{status: "completed", points: map[string]map[string]string{}}
	client := open(t, q, "memories")
	ctx := context.Background()
	if err := client.Upsert(ctx, id, "hello", map[string]string{"tenant": "one"}); err != nil {
		t.Fatal(err)
	}
	if len(q.vector) != 8 {
		t.Errorf("a vector of %d components", len(q.vector))
	}
	if asked := strings.Join(q.asked, "\n"); !strings.Contains(asked, "PUT /collections/memories/points?wait=true") {
		t.Errorf("the write did not wait: %s", asked)
	}
	if found, err := client.Search(ctx, "hello", map[string]string{"tenant": "one"}, 3); err != nil || len(found) != 1 || found[0].ID != id {
		t.Errorf("got %v, %v", found, err)
	}
	if found, err := client.Search(ctx, "hello", map[string]string{"tenant": "two"}, 3); err != nil || len(found) != 0 {
		t.Errorf("another tenant's memory was found: %v, %v", found, err)
	}
	if present, err := client.Present(ctx, []string{id, "other"}); err != nil || !present[id] || present["other"] {
		t.Errorf("got %v, %v", present, err)
	}
	if err := client.Ping(ctx); err != nil {
		t.Error(err)
	}
	if err := client.Forget(ctx, map[string]string{"tenant": "two"}); err != nil || len(q.points) != 1 {
		t.Errorf("another tenant's memory was forgotten: %v, %v", q.points, err)
	}
	if err := client.Forget(ctx, map[string]string{"tenant": "one"}); err != nil || len(q.points) != 0 {
		t.Errorf("not forgotten: %v, %v", q.points, err)
	}
}

func TestAnUpsertThatIsOnlyAcknowledgedIsNotDone(t *testing.T) {
	client := open(t, &qdrant{status: "acknowledged", points: map[string]map[string]string{}}, "memories")
	if err := client.Upsert(context.Background(), id, "hello", nil); err == nil || !strings.Contains(err.Error(), "acknowledged") {
		t.Errorf("got %v", err)
	}
}

func TestOneFailureIsTriedAgainAndTwoAreTold(t *testing.T) {
	q := &qdrant{status: "completed", points: map[string]map[string]string{}}
	client := open(t, q, "memories")
	if err := client.Ping(context.Background()); err != nil {
		t.Fatal(err)
	}
	q.fail = 1
	if err := client.Upsert(context.Background(), id, "hello", nil); err != nil {
		t.Errorf("not tried again: %v", err)
	}
	q.fail = 2
	if err := client.Upsert(context.Background(), id, "hello", nil); err == nil || !strings.Contains(err.Error(), "no quorum") {
		t.Errorf("got %v", err)
	}
	if q.fail != 0 {
		t.Errorf("%d of 2 attempts were not made", q.fail)
	}
}

func TestAMissingCollectionIsNotTriedAgain(t *testing.T) {
	q := &qdrant{}
	client := open(t, q, "others")
	if err := client.Ping(context.Background()); !errors.Is(err, vectors.ErrMissing) || len(q.asked) != 1 {
		t.Errorf("got %v after %v", err, q.asked)
	}
}

func TestASilentPeerCostsNoMoreThanTheCallerAllows(t *testing.T) {
	hung := make(chan struct{})
	client := open(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-hung }), "memories")
	t.Cleanup(func() { close(hung) })
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	began := time.Now()
	if err := client.Ping(ctx); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) > time.Second {
		t.Errorf("got %v after %v", err, time.Since(began))
	}
}
