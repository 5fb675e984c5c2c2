package server_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"aeterna.chaos/api/server"
	"aeterna.chaos/api/store"
	"aeterna.chaos/api/vectors"
)

// records, places and shelf are the three stores in memory; their fail, when set, answers every question.
type records struct {
	fail error
	all  []store.Memory
}

func (r *records) Remember(_ context.Context, memory store.Memory) (store.Memory, store.Origin, error) {
	if r.fail != nil {
		return store.Memory{}, store.Origin{}, r.fail
	}
	memory.ID = fmt.Sprintf("id-%d", len(r.all))
	r.all = append(r.all, memory)
	return memory, primary, nil
}

func (r *records) Recall(_ context.Context, tenant string, ids []string) ([]store.Memory, store.Origin, error) {
	found := []store.Memory{}
	for _, memory := range r.all {
		for _, id := range ids {
			if memory.ID == id && memory.Tenant == tenant {
				found = append(found, memory)
			}
		}
	}
	return found, primary, r.fail
}

func (r *records) Remembered(_ context.Context, tenant, layer, prefix string, limit int) ([]store.Memory, store.Origin, error) {
	found := []store.Memory{}
	for _, memory := range r.all {
		if memory.Tenant == tenant && memory.Layer == layer && strings.HasPrefix(memory.Content, prefix) && len(found) < limit {
			found = append(found, memory)
		}
	}
	return found, primary, r.fail
}

func (r *records) Forget(_ context.Context, tenant, layer string) ([]string, error) {
	ids, kept := []string{}, []store.Memory{}
	for _, memory := range r.all {
		if memory.Tenant == tenant && memory.Layer == layer {
			ids = append(ids, memory.ID)
		} else {
			kept = append(kept, memory)
		}
	}
	r.all = kept
	return ids, r.fail
}

type places struct {
	fail   error
	points []vectors.Point
}

func (p *places) Upsert(_ context.Context, id, _ string, payload map[string]string) error {
	if p.fail == nil {
		p.points = append(p.points, vectors.Point{ID: id, Payload: payload, Score: 1})
	}
	return p.fail
}

func (p *places) Search(_ context.Context, text string, payload map[string]string, _ int) ([]vectors.Point, error) {
	found := []vectors.Point{}
	for _, point := range p.points {
		if strings.Contains(point.Payload["content"], text) && point.Payload["tenant"] == payload["tenant"] {
			found = append(found, point)
		}
	}
	return found, p.fail
}

func (p *places) Present(_ context.Context, ids []string) (map[string]bool, error) {
	present := map[string]bool{}
	for _, point := range p.points {
		for _, id := range ids {
			present[id] = present[id] || point.ID == id
		}
	}
	return present, p.fail
}

func (p *places) Forget(_ context.Context, payload map[string]string) error {
	kept := []vectors.Point{}
	for _, point := range p.points {
		if point.Payload["tenant"] != payload["tenant"] || point.Payload["layer"] != payload["layer"] {
			kept = append(kept, point)
		}
	}
	p.points = kept
	return p.fail
}

func (p *places) Ping(context.Context) error { return p.fail }

type shelf struct {
	fail   error
	values map[string][]byte
}

func (c *shelf) Get(_ context.Context, key string) ([]byte, bool, error) {
	value, found := c.values[key]
	return value, found && c.fail == nil, c.fail
}

func (c *shelf) Set(_ context.Context, key string, value []byte) error {
	if c.fail == nil {
		c.values[key] = value
	}
	return c.fail
}

func (c *shelf) Forget(_ context.Context, keys ...string) error {
	for _, key := range keys {
		delete(c.values, key)
	}
	return c.fail
}

func (c *shelf) Ping(context.Context) error { return c.fail }

func remembering() (*server.Server, *records, *places, *shelf) {
	r, p, c := &records{}, &places{}, &shelf{values: map[string][]byte{}}
	return serving(&tenants{}).Remembering(server.Memories{Records: r, Vectors: p, Cache: c}), r, p, c
}

const tea = `{"content":"green tea","layer":"User","metadata":{"by":"test"}}`

func TestAMemoryIsWrittenToEveryStoreAndReadBack(t *testing.T) {
	s, r, p, c := remembering()
	added := ask(s, "POST", "/api/v1/memory/add", tea)
	if added.Code != 201 || !strings.Contains(added.Body.String(), `"memoryId":"id-0"`) || added.Header().Get("X-Pg-Timeline") != "7" {
		t.Fatalf("got %d %s", added.Code, added.Body)
	}
	if len(r.all) != 1 || r.all[0].Layer != "user" || r.all[0].Tenant != "default" || len(p.points) != 1 || p.points[0].ID != "id-0" || len(c.values) != 1 {
		t.Errorf("in the database %v, in the vector store %v, in the cache %v", r.all, p.points, c.values)
	}
	if shown := ask(s, "GET", "/api/v1/memory/id-0", ""); shown.Code != 200 || shown.Header().Get("X-Answered-From") != "cache" {
		t.Errorf("got %d from %q", shown.Code, shown.Header().Get("X-Answered-From"))
	}
	clear(c.values)
	shown := ask(s, "GET", "/api/v1/memory/id-0", "")
	if shown.Code != 200 || shown.Header().Get("X-Answered-From") != "postgres" || !strings.Contains(shown.Body.String(), `"content":"green tea"`) || len(c.values) != 1 {
		t.Errorf("got %d from %q: %s", shown.Code, shown.Header().Get("X-Answered-From"), shown.Body)
	}
	if found := ask(s, "POST", "/api/v1/memory/search", `{"query":"tea"}`); found.Code != 200 || !strings.Contains(found.Body.String(), `"total":1`) {
		t.Errorf("got %d %s", found.Code, found.Body)
	}
	elsewhere := ask(s, "POST", "/api/v1/memory/search", `{"query":"tea"}`, func(h http.Header) { h.Set("X-Tenant-ID", "other") })
	if elsewhere.Code != 200 || !strings.Contains(elsewhere.Body.String(), `"total":0`) {
		t.Errorf("another tenant's memory was found: %s", elsewhere.Body)
	}
}

func TestOnlyWhatBothStoresHaveIsAcknowledged(t *testing.T) {
	away := errors.New("connection refused")
	for name, c := range map[string]struct {
		damage func(*records, *places, *shelf)
		want   int
	}{
		"nothing was sent to the database": {func(r *records, _ *places, _ *shelf) { r.fail = fmt.Errorf("%w: %w", store.ErrUnavailable, away) }, 503},
		"the database's answer was lost":   {func(r *records, _ *places, _ *shelf) { r.fail = away }, 500},
		"the vector store is away":         {func(_ *records, p *places, _ *shelf) { p.fail = away }, 500},
		"the cache is away":                {func(_ *records, _ *places, c *shelf) { c.fail = away }, 201},
	} {
		t.Run(name, func(t *testing.T) {
			s, r, p, shelf := remembering()
			c.damage(r, p, shelf)
			if got := ask(s, "POST", "/api/v1/memory/add", tea); got.Code != c.want {
				t.Errorf("want %d, got %d %s", c.want, got.Code, got.Body)
			}
		})
	}
}

func TestAMemoryThatTheVectorStoreLacksIsListedAsSuch(t *testing.T) {
	s, _, p, _ := remembering()
	ask(s, "POST", "/api/v1/memory/add", `{"content":"run-1","layer":"user"}`)
	p.fail = errors.New("no quorum")
	ask(s, "POST", "/api/v1/memory/add", `{"content":"run-2","layer":"user"}`)
	p.fail = nil
	ask(s, "POST", "/api/v1/memory/add", `{"content":"walk-3","layer":"user"}`)
	response := ask(s, "POST", "/api/v1/memory/list", `{"layer":"user","prefix":"run-","limit":10}`)
	var listed struct {
		Items []struct {
			Content string
			Stores  []string
		}
	}
	if err := json.Unmarshal(response.Body.Bytes(), &listed); err != nil || len(listed.Items) != 2 {
		t.Fatalf("got %d %s", response.Code, response.Body)
	}
	for _, item := range listed.Items {
		want := "[postgres vector_store]"
		if item.Content == "run-2" {
			want = "[postgres]"
		}
		if fmt.Sprint(item.Stores) != want {
			t.Errorf("%s is in %v", item.Content, item.Stores)
		}
	}
}

func TestALayerIsForgottenEverywhereAndOthersAreNot(t *testing.T) {
	s, r, p, c := remembering()
	ask(s, "POST", "/api/v1/memory/add", `{"content":"a","layer":"session"}`)
	ask(s, "POST", "/api/v1/memory/add", `{"content":"b","layer":"team"}`)
	if got := ask(s, "DELETE", "/api/v1/memory?layer=session", ""); got.Code != 200 {
		t.Fatalf("got %d %s", got.Code, got.Body)
	}
	if len(r.all) != 1 || r.all[0].Content != "b" || len(p.points) != 1 || len(c.values) != 1 {
		t.Errorf("left: %v, %v, %v", r.all, p.points, c.values)
	}
	if got := ask(s, "DELETE", "/api/v1/memory", ""); got.Code != 400 || len(r.all) != 1 {
		t.Errorf("no layer: got %d", got.Code)
	}
}

func TestBadMemoriesAreRefused(t *testing.T) {
	s, r, _, _ := remembering()
	for body, want := range map[string]string{
		`{`:                                "the body must be",
		`{"content":"x","layer":"galaxy"}`: "invalid_layer",
		`{"content":" ","layer":"user"}`:   "content must not be empty",
		`{"content":"x","layer":"user","metadata":[]}`: "metadata must be an object",
	} {
		if got := ask(s, "POST", "/api/v1/memory/add", body); got.Code != 400 || !strings.Contains(got.Body.String(), want) {
			t.Errorf("%s: got %d %s", body, got.Code, got.Body)
		}
	}
	if got := ask(s, "POST", "/api/v1/memory/add", `{"content":"`+strings.Repeat("x", 70<<10)+`","layer":"user"}`); got.Code != 413 {
		t.Errorf("too long: got %d", got.Code)
	}
	if got := ask(s, "POST", "/api/v1/memory/add", tea, without("X-User-ID")); got.Code != 401 {
		t.Errorf("nobody: got %d", got.Code)
	}
	if got := ask(s, "POST", "/api/v1/memory/search", `{"query":"x","limit":0}`); got.Code != 400 {
		t.Errorf("no limit: got %d", got.Code)
	}
	if got := ask(s, "GET", "/api/v1/memory/id-9", ""); got.Code != 404 {
		t.Errorf("an unknown memory: got %d", got.Code)
	}
	if len(r.all) != 0 {
		t.Errorf("written all the same: %v", r.all)
	}
}

func TestWithoutStoresMemoriesAreRefusedAsByTheRealServer(t *testing.T) {
	s := serving(&tenants{})
	if got := ask(s, "POST", "/api/v1/memory/add", tea); got.Code != 500 || !strings.Contains(got.Body.String(), "memory_add_failed") {
		t.Errorf("got %d %s", got.Code, got.Body)
	}
}

func TestReadinessNamesTheStoreThatIsAway(t *testing.T) {
	away := errors.New("connection refused")
	for name, c := range map[string]struct {
		damage func(*tenants, *places, *shelf)
		code   int
		wrong  string
		status string
	}{
		"all is well":  {func(*tenants, *places, *shelf) {}, 200, "", ""},
		"database":     {func(t *tenants, _ *places, _ *shelf) { t.fail = away }, 503, "postgres", "error"},
		"hung":         {func(t *tenants, _ *places, _ *shelf) { t.hang = true }, 503, "postgres", "error"},
		"vector store": {func(_ *tenants, p *places, _ *shelf) { p.fail = away }, 503, "vector_store", "error"},
		"cache":        {func(_ *tenants, _ *places, c *shelf) { c.fail = away }, 200, "cache", "degraded"},
	} {
		t.Run(name, func(t *testing.T) {
			database, p, shelf := &tenants{}, &places{}, &shelf{}
			s := serving(database).Remembering(server.Memories{Records: &records{}, Vectors: p, Cache: shelf})
			c.damage(database, p, shelf)
			response := ask(s, "GET", "/ready", "")
			var said struct {
				Checks map[string]struct{ Status, Message string }
			}
			if err := json.Unmarshal(response.Body.Bytes(), &said); err != nil || response.Code != c.code || len(said.Checks) != 3 {
				t.Fatalf("want %d, got %d %s", c.code, response.Code, response.Body)
			}
			for store, check := range said.Checks {
				want := "ok"
				if store == c.wrong {
					want = c.status
				}
				if check.Status != want || (want != "ok") != (check.Message != "") {
					t.Errorf("%s: want %s, got %s %q", store, want, check.Status, check.Message)
				}
			}
		})
	}
}
