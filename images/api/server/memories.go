package server

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"aeterna.chaos/api/store"
	"aeterna.chaos/api/vectors"
)

// Memories are the stores that a memory is kept in: it is there once the database and the vector store have it.
type Memories struct {
	Records store.Memories
	Vectors Vectors
	Cache   Cache
}

// Vectors is what the server needs from a vector store.
type Vectors interface {
	// Upsert returns only after as many replicas as demanded have the point on disk.
	Upsert(ctx context.Context, id, text string, payload map[string]string) error
	Search(ctx context.Context, text string, payload map[string]string, limit int) ([]vectors.Point, error)
	// Present says which of the ids are there, by the word of a majority.
	Present(ctx context.Context, ids []string) (map[string]bool, error)
	// Forget removes every point with that payload.
	Forget(ctx context.Context, payload map[string]string) error
	Ping(ctx context.Context) error
}

// Cache is what the server needs from a cache; whatever it answers, a request goes on.
type Cache interface {
	Get(ctx context.Context, key string) ([]byte, bool, error)
	Set(ctx context.Context, key string, value []byte) error
	Forget(ctx context.Context, keys ...string) error
	Ping(ctx context.Context) error
}

const (
	searchLimit = 10
	listLimit   = 20
	// mostAtOnce bounds what one answer can cost.
	mostAtOnce = 100_000
	// askedAtOnce is how many ids the vector store is asked for in one request.
	askedAtOnce = 1000
	longest     = 64 << 10
)

var layers = []string{"agent", "user", "session", "project", "team", "org", "company"}

func (s *Server) memoryDiscovery(w http.ResponseWriter, _ *http.Request) {
	type endpoint struct {
		Path        string `json:"path"`
		Method      string `json:"method"`
		Description string `json:"description"`
	}
	answer(w, http.StatusOK, map[string]any{"service": "aeterna-memory", "version": Version, "endpoints": []endpoint{
		{"/api/v1/memory/add", "POST", "Store a new memory"},
		{"/api/v1/memory/search", "POST", "Search memories"},
		{"/api/v1/memory/list", "POST", "List memories from a layer"},
		{"/api/v1/memory/{id}", "GET", "Show a memory"},
	}})
}

// addMemory acknowledges once the row is committed and the point is on as many replicas as the collection demands. When the second
// of the two fails, the row stays: the answer is 500, which says that nobody knows, and such a memory can be listed but not found.
func (s *Server) addMemory(w http.ResponseWriter, r *http.Request) {
	var wanted struct {
		Content  string
		Layer    string
		Metadata json.RawMessage
	}
	if !s.understood(w, r, &wanted, "{\"content\": …, \"layer\": …}") {
		return
	}
	layer, known := layerOf(wanted.Layer)
	switch {
	case !known:
		refuse(w, http.StatusBadRequest, "invalid_layer", "Unknown memory layer: one of "+strings.Join(layers, ", "))
		return
	case strings.TrimSpace(wanted.Content) == "":
		refuse(w, http.StatusBadRequest, "invalid_request", "content must not be empty")
		return
	case len(wanted.Metadata) > 0 && wanted.Metadata[0] != '{':
		refuse(w, http.StatusBadRequest, "invalid_request", "metadata must be an object")
		return
	}
	tenant := r.Header.Get("X-Tenant-ID")
	memory, origin, err := s.memories.Records.Remember(r.Context(),
		store.Memory{Tenant: tenant, Layer: layer, Content: wanted.Content, Metadata: wanted.Metadata})
	if err != nil {
		s.fail(w, "memory_add_failed", err)
		return
	}
	from(w, origin)
	err = s.memories.Vectors.Upsert(r.Context(), memory.ID, memory.Content,
		map[string]string{"tenant": tenant, "layer": layer, "content": memory.Content})
	if err != nil {
		refuse(w, http.StatusInternalServerError, "memory_add_failed",
			"memory "+memory.ID+" is in PostgreSQL, and perhaps not in the vector store: "+err.Error())
		return
	}
	s.cached(r.Context(), memory)
	answer(w, http.StatusCreated, map[string]any{"memoryId": memory.ID, "layer": layer})
}

// showMemory asks the cache first: a memory never changes, so what is cached is right.
func (s *Server) showMemory(w http.ResponseWriter, r *http.Request) {
	if !s.keepsMemories(w) {
		return
	}
	tenant, id := r.Header.Get("X-Tenant-ID"), r.PathValue("memory")
	if text, found, _ := s.memories.Cache.Get(r.Context(), cacheKey(tenant, id)); found {
		var memory store.Memory
		if json.Unmarshal(text, &memory) == nil {
			w.Header().Set("X-Answered-From", "cache")
			answer(w, http.StatusOK, memory)
			return
		}
	}
	found, origin, err := s.memories.Records.Recall(r.Context(), tenant, []string{id})
	if err != nil {
		s.fail(w, "memory_show_failed", err)
		return
	}
	if len(found) == 0 {
		refuse(w, http.StatusNotFound, "memory_not_found", "Memory not found")
		return
	}
	from(w, origin)
	w.Header().Set("X-Answered-From", "postgres")
	s.cached(r.Context(), found[0])
	answer(w, http.StatusOK, found[0])
}

// searchMemories asks the vector store what is near and the database what it is. 502 is the real server's code for a vector store
// that does not answer.
func (s *Server) searchMemories(w http.ResponseWriter, r *http.Request) {
	wanted := struct {
		Query     string
		Limit     int
		Threshold float64
		Filters   map[string]string
	}{Limit: searchLimit}
	if !s.understood(w, r, &wanted, "{\"query\": …, \"limit\": 10}") || !inRange(w, wanted.Limit) {
		return
	}
	tenant := r.Header.Get("X-Tenant-ID")
	filters := map[string]string{"tenant": tenant}
	if layer := wanted.Filters["layer"]; layer != "" {
		filters["layer"] = layer
	}
	near, err := s.memories.Vectors.Search(r.Context(), wanted.Query, filters, wanted.Limit)
	if err != nil {
		refuse(w, http.StatusBadGateway, "memory_search_failed", err.Error())
		return
	}
	ids := make([]string, 0, len(near))
	for _, point := range near {
		if point.Score >= wanted.Threshold {
			ids = append(ids, point.ID)
		}
	}
	records, origin, err := s.memories.Records.Recall(r.Context(), tenant, ids)
	if err != nil {
		s.fail(w, "memory_search_failed", err)
		return
	}
	byID := make(map[string]store.Memory, len(records))
	for _, record := range records {
		byID[record.ID] = record
	}
	items := []store.Memory{}
	for _, id := range ids {
		if record, there := byID[id]; there {
			items = append(items, record)
		}
	}
	from(w, origin)
	answer(w, http.StatusOK, map[string]any{"items": items, "total": len(items)})
}

// listMemories says of each memory which stores have it. Selecting by a prefix, and these words, are this server's own.
func (s *Server) listMemories(w http.ResponseWriter, r *http.Request) {
	wanted := struct {
		Layer  string
		Prefix string
		Limit  int
	}{Limit: listLimit}
	if !s.understood(w, r, &wanted, "{\"layer\": …, \"limit\": 20}") || !inRange(w, wanted.Limit) {
		return
	}
	layer, known := layerOf(wanted.Layer)
	if !known {
		refuse(w, http.StatusBadRequest, "invalid_layer", "Unknown memory layer: one of "+strings.Join(layers, ", "))
		return
	}
	records, origin, err := s.memories.Records.Remembered(r.Context(), r.Header.Get("X-Tenant-ID"), layer, wanted.Prefix, wanted.Limit)
	if err != nil {
		s.fail(w, "memory_list_failed", err)
		return
	}
	type listed struct {
		store.Memory
		Stores []string `json:"stores"`
	}
	items := make([]listed, 0, len(records))
	for some := range slices.Chunk(records, askedAtOnce) {
		ids := make([]string, 0, len(some))
		for _, record := range some {
			ids = append(ids, record.ID)
		}
		present, err := s.memories.Vectors.Present(r.Context(), ids)
		if err != nil {
			refuse(w, http.StatusBadGateway, "memory_list_failed", err.Error())
			return
		}
		for _, record := range some {
			stores := []string{"postgres"}
			if present[record.ID] {
				stores = append(stores, "vector_store")
			}
			items = append(items, listed{record, stores})
		}
	}
	from(w, origin)
	answer(w, http.StatusOK, map[string]any{"items": items, "total": len(items)})
}

// forgetMemories empties a layer. Emptying a whole layer is this server's own.
func (s *Server) forgetMemories(w http.ResponseWriter, r *http.Request) {
	if !s.keepsMemories(w) {
		return
	}
	layer, known := layerOf(r.URL.Query().Get("layer"))
	if !known {
		refuse(w, http.StatusBadRequest, "invalid_layer", "Unknown memory layer: one of "+strings.Join(layers, ", "))
		return
	}
	tenant := r.Header.Get("X-Tenant-ID")
	ids, err := s.memories.Records.Forget(r.Context(), tenant, layer)
	if err != nil {
		s.fail(w, "memory_delete_failed", err)
		return
	}
	if err := s.memories.Vectors.Forget(r.Context(), map[string]string{"tenant": tenant, "layer": layer}); err != nil {
		refuse(w, http.StatusBadGateway, "memory_delete_failed", err.Error())
		return
	}
	keys := make([]string, 0, len(ids))
	for _, id := range ids {
		keys = append(keys, cacheKey(tenant, id))
	}
	_ = s.memories.Cache.Forget(r.Context(), keys...) // what a cache that is away still holds, it holds for ten minutes
	answer(w, http.StatusOK, map[string]any{"success": true, "message": strconv.Itoa(len(ids)) + " memories deleted"})
}

func (s *Server) cached(ctx context.Context, memory store.Memory) {
	if text, err := json.Marshal(memory); err == nil {
		_ = s.memories.Cache.Set(ctx, cacheKey(memory.Tenant, memory.ID), text) // a cache that is away is asked next time
	}
}

func cacheKey(tenant, id string) string { return "aeterna:memory:" + tenant + ":" + id }

func (s *Server) keepsMemories(w http.ResponseWriter) bool {
	if s.memories == nil {
		refuse(w, http.StatusInternalServerError, "memory_add_failed", "Embedding service not configured")
	}
	return s.memories != nil
}

func (s *Server) understood(w http.ResponseWriter, r *http.Request, into any, shape string) bool {
	if !s.keepsMemories(w) {
		return false
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, longest)).Decode(into); err != nil {
		var tooLong *http.MaxBytesError
		if errors.As(err, &tooLong) {
			refuse(w, http.StatusRequestEntityTooLarge, "invalid_request", "the body is longer than "+strconv.Itoa(longest)+" bytes")
			return false
		}
		refuse(w, http.StatusBadRequest, "invalid_request", "the body must be "+shape+": "+err.Error())
		return false
	}
	return true
}

func inRange(w http.ResponseWriter, limit int) bool {
	if limit < 1 || limit > mostAtOnce {
		refuse(w, http.StatusBadRequest, "invalid_request", "limit must be 1 to "+strconv.Itoa(mostAtOnce))
		return false
	}
	return true
}

func layerOf(given string) (string, bool) {
	layer := strings.ToLower(given)
	return layer, slices.Contains(layers, layer)
}
