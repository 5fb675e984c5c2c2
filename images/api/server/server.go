// Package server is the HTTP face of the API: the paths, status codes and bodies of the real server in its dev-header mode.
package server

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"aeterna.chaos/api/store"
)

// Version is the release of the real server whose behaviour this one follows.
const Version = "0.8.0-rc.12"

// Limits keep a hung database from piling requests up.
type Limits struct {
	// InFlight is how many requests may be under way at once; the next one is turned away with 503 at once.
	InFlight int
	// Request is how long one request may take, its wait for a connection included.
	Request time.Duration
	// Ready is how long the readiness check may take: less than the shortest probe timeout in use.
	Ready time.Duration
}

// DefaultLimits suit a pool of five connections: enough waiters to ride out a short stall, few enough to recover from a long one.
var DefaultLimits = Limits{InFlight: 32, Request: 4 * time.Second, Ready: 1500 * time.Millisecond}

// Server answers for one replica.
type Server struct {
	store    store.Store
	replica  string
	limits   Limits
	places   chan struct{}
	draining atomic.Bool
	migrated atomic.Bool
	metrics  *metrics
	now      func() time.Time
	memories *Memories
}

// New makes the server of the replica (the pod's name).
func New(tenants store.Store, replica string, limits Limits) *Server {
	return &Server{store: tenants, replica: replica, limits: limits, places: make(chan struct{}, limits.InFlight),
		metrics: newMetrics(), now: time.Now}
}

// Remembering lets the server keep memories. It is called before the server serves; without it the memory paths refuse, as the
// real server does.
func (s *Server) Remembering(in Memories) *Server {
	s.memories = &in
	return s
}

// Migrated says that the schema is in place; until then the server is not ready.
func (s *Server) Migrated() { s.migrated.Store(true) }

// Drain makes readiness fail and asks clients to leave with their next answer, while requests are still served.
func (s *Server) Drain() { s.draining.Store(true) }

// Handler serves port 8080.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	handle := func(method, path string, handler http.HandlerFunc) {
		mux.Handle(method+" "+path, s.metrics.observed(method, path, s.now, handler))
	}
	handle("GET", "/health", s.health)
	handle("GET", "/live", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
	handle("GET", "/ready", s.ready)
	handle("POST", "/api/v1/admin/tenants", s.bounded(s.admin(s.create)))
	handle("GET", "/api/v1/admin/tenants", s.bounded(s.admin(s.list)))
	handle("GET", "/api/v1/admin/tenants/{tenant}", s.bounded(s.admin(s.show)))
	handle("GET", "/api/v1/memory", s.memoryDiscovery)
	handle("POST", "/api/v1/memory/add", s.bounded(s.tenant(s.addMemory)))
	handle("POST", "/api/v1/memory/search", s.bounded(s.tenant(s.searchMemories)))
	handle("POST", "/api/v1/memory/list", s.bounded(s.tenant(s.listMemories)))
	handle("DELETE", "/api/v1/memory", s.bounded(s.tenant(s.forgetMemories)))
	handle("GET", "/api/v1/memory/{memory}", s.bounded(s.tenant(s.showMemory)))
	return s.signed(mux)
}

// Metrics serves port 9090.
func (s *Server) Metrics() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", s.metrics.handler())
	return mux
}

// signed names the replica in every answer and, when the server is leaving, ends the connection with it: a client that reuses
// connections then moves on between two requests instead of losing one.
func (s *Server) signed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Served-By", s.replica)
		if s.draining.Load() {
			w.Header().Set("Connection", "close")
		}
		next.ServeHTTP(w, r)
	})
}

func (s *Server) bounded(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		select {
		case s.places <- struct{}{}:
			defer func() { <-s.places }()
		default:
			w.Header().Set("Retry-After", "1")
			refuse(w, http.StatusServiceUnavailable, "overloaded",
				strconv.Itoa(s.limits.InFlight)+" requests are under way already; nothing was done")
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), s.limits.Request)
		defer cancel()
		next(w, r.WithContext(ctx))
	}
}

// tenant trusts the identity headers, as the real server does with plugin and Kubernetes authentication off.
func (s *Server) tenant(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Header.Get("X-User-ID") == "":
			refuse(w, http.StatusUnauthorized, "unauthorized", "X-User-ID header is required")
		case r.Header.Get("X-Tenant-ID") == "":
			refuse(w, http.StatusBadRequest, "tenant_required", "X-Tenant-ID header is required")
		default:
			next(w, r)
		}
	}
}

func (s *Server) admin(next http.HandlerFunc) http.HandlerFunc {
	inTenant := s.tenant(next)
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-User-ID") != "" && !hasRole(r.Header.Get("X-User-Role"), "PlatformAdmin") {
			refuse(w, http.StatusForbidden, "forbidden", "X-User-Role: PlatformAdmin is required")
			return
		}
		inTenant(w, r)
	}
}

func hasRole(header, role string) bool {
	for _, given := range strings.Split(header, ",") {
		if strings.EqualFold(strings.TrimSpace(given), role) {
			return true
		}
	}
	return false
}

func (s *Server) health(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, map[string]string{"status": "ok", "version": Version})
}

type check struct {
	Status  string `json:"status"`
	Message string `json:"message,omitempty"`
}

func (s *Server) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), s.limits.Ready)
	defer cancel()
	checks := map[string]check{}
	if s.draining.Load() {
		checks["postgres"] = check{"error", "shutting down"}
	} else if !s.migrated.Load() {
		checks["postgres"] = check{"error", "the schema is not in place yet"}
	}
	// The real server has no vector store behind it, and says that it is well.
	checks["vector_store"] = check{Status: "ok"}
	asked := map[string]func(context.Context) error{"postgres": s.store.Ping}
	if s.memories != nil {
		asked["vector_store"], asked["cache"] = s.memories.Vectors.Ping, s.memories.Cache.Ping
	}
	for name, said := range pinged(ctx, asked, s.limits.Ready) {
		if checks[name].Status != "error" {
			checks[name] = said
		}
	}
	// Without the cache everything is answered, only slower.
	if cache, asked := checks["cache"]; asked && cache.Status != "ok" {
		checks["cache"] = check{"degraded", cache.Message}
	}
	status, word := http.StatusOK, "ready"
	for _, each := range checks {
		if each.Status == "error" {
			status, word = http.StatusServiceUnavailable, "not_ready"
		}
	}
	answer(w, status, map[string]any{"status": word, "checks": checks})
}

// pinged asks all at once, so that together they take no longer than the slowest may.
func pinged(ctx context.Context, stores map[string]func(context.Context) error, within time.Duration) map[string]check {
	type said struct {
		name string
		check
	}
	answers := make(chan said, len(stores))
	for name, ping := range stores {
		go func() {
			err := ping(ctx)
			switch {
			case err == nil:
				answers <- said{name, check{Status: "ok"}}
			case errors.Is(err, context.DeadlineExceeded):
				answers <- said{name, check{"error", "no answer within " + within.String() + ": " + err.Error()}}
			default:
				answers <- said{name, check{"error", err.Error()}}
			}
		}()
	}
	checks := map[string]check{}
	for range stores {
		each := <-answers
		checks[each.name] = each.check
	}
	return checks
}

func (s *Server) create(w http.ResponseWriter, r *http.Request) {
	var wanted struct{ Slug, Name string }
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 64<<10)).Decode(&wanted); err != nil {
		refuse(w, http.StatusBadRequest, "invalid_request", "the body must be {\"slug\": …, \"name\": …}: "+err.Error())
		return
	}
	if strings.TrimSpace(wanted.Slug) == "" || strings.TrimSpace(wanted.Name) == "" {
		refuse(w, http.StatusBadRequest, "tenant_create_failed", "slug and name must not be empty")
		return
	}
	tenant, origin, err := s.store.Create(r.Context(), wanted.Slug, wanted.Name)
	if errors.Is(err, store.ErrDuplicate) {
		refuse(w, http.StatusBadRequest, "tenant_create_failed", err.Error())
		return
	}
	if err != nil {
		s.fail(w, "tenant_create_failed", err)
		return
	}
	from(w, origin)
	answer(w, http.StatusCreated, map[string]any{"success": true, "tenant": tenant})
}

func (s *Server) show(w http.ResponseWriter, r *http.Request) {
	tenant, origin, err := s.store.Find(r.Context(), r.PathValue("tenant"))
	if errors.Is(err, store.ErrNotFound) {
		refuse(w, http.StatusNotFound, "tenant_not_found", "Tenant not found")
		return
	}
	if err != nil {
		s.fail(w, "tenant_show_failed", err)
		return
	}
	from(w, origin)
	answer(w, http.StatusOK, map[string]any{"success": true, "tenant": tenant})
}

func (s *Server) list(w http.ResponseWriter, r *http.Request) {
	tenants, origin, err := s.store.List(r.Context())
	if err != nil {
		s.fail(w, "tenant_list_failed", err)
		return
	}
	from(w, origin)
	answer(w, http.StatusOK, map[string]any{"success": true, "scope": "all", "tenants": tenants})
}

// fail keeps apart what the real server's 400 for every failed write does not: 503 means that nothing was written and the
// request may be repeated, 500 that nobody knows.
func (s *Server) fail(w http.ResponseWriter, code string, err error) {
	if errors.Is(err, store.ErrUnavailable) {
		w.Header().Set("Retry-After", "1")
		refuse(w, http.StatusServiceUnavailable, code, err.Error())
		return
	}
	refuse(w, http.StatusInternalServerError, code, err.Error())
}

func from(w http.ResponseWriter, origin store.Origin) {
	w.Header().Set("X-Pg-Instance", origin.Instance)
	w.Header().Set("X-Pg-Timeline", strconv.FormatUint(uint64(origin.Timeline), 10))
}

func refuse(w http.ResponseWriter, status int, code, message string) {
	answer(w, status, map[string]string{"error": code, "message": message})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the client is gone: nobody is left to tell
}
