package server_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"aeterna.chaos/api/server"
	"aeterna.chaos/api/store"
)

// tenants is a store in memory; fail, when set, answers every question.
type tenants struct {
	bySlug map[string]store.Tenant
	fail   error
	hang   bool
	// entered, when set, hears of each question before it is answered.
	entered chan struct{}
}

var primary = store.Origin{Instance: "aeterna-postgres-2", Timeline: 7}

func (t *tenants) trouble(ctx context.Context) error {
	if t.entered != nil {
		t.entered <- struct{}{}
	}
	if t.hang {
		<-ctx.Done()
		return ctx.Err()
	}
	return t.fail
}

func (t *tenants) Create(ctx context.Context, slug, name string) (store.Tenant, store.Origin, error) {
	if err := t.trouble(ctx); err != nil {
		return store.Tenant{}, store.Origin{}, err
	}
	if _, taken := t.bySlug[slug]; taken {
		return store.Tenant{}, store.Origin{}, fmt.Errorf("%w: Key (slug)=(%s)", store.ErrDuplicate, slug)
	}
	tenant := store.Tenant{ID: "0001", Slug: slug, Name: name, Status: "active"}
	t.bySlug[slug] = tenant
	return tenant, primary, nil
}

func (t *tenants) Find(ctx context.Context, slug string) (store.Tenant, store.Origin, error) {
	if err := t.trouble(ctx); err != nil {
		return store.Tenant{}, store.Origin{}, err
	}
	tenant, found := t.bySlug[slug]
	if !found {
		return store.Tenant{}, store.Origin{}, store.ErrNotFound
	}
	return tenant, primary, nil
}

func (t *tenants) List(ctx context.Context) ([]store.Tenant, store.Origin, error) {
	if err := t.trouble(ctx); err != nil {
		return nil, store.Origin{}, err
	}
	all := []store.Tenant{}
	for _, tenant := range t.bySlug {
		all = append(all, tenant)
	}
	return all, primary, nil
}

func (t *tenants) Ping(ctx context.Context) error { return t.trouble(ctx) }

var tight = server.Limits{InFlight: 2, Request: 50 * time.Millisecond, Ready: 30 * time.Millisecond}

func serving(t *tenants) *server.Server {
	if t.bySlug == nil {
		t.bySlug = map[string]store.Tenant{}
	}
	s := server.New(t, "aeterna-0", tight)
	s.Migrated()
	return s
}

func ask(s *server.Server, method, path, body string, change ...func(http.Header)) *httptest.ResponseRecorder {
	request := httptest.NewRequest(method, path, strings.NewReader(body))
	request.Header.Set("X-User-ID", "probe")
	request.Header.Set("X-User-Role", "PlatformAdmin")
	request.Header.Set("X-Tenant-ID", "default")
	for _, apply := range change {
		apply(request.Header)
	}
	response := httptest.NewRecorder()
	s.Handler().ServeHTTP(response, request)
	return response
}

func without(header string) func(http.Header) { return func(h http.Header) { h.Del(header) } }

func TestStatusCodes(t *testing.T) {
	unreachable := fmt.Errorf("%w: connection refused", store.ErrUnavailable)
	lost := errors.New("unexpected EOF")
	for name, c := range map[string]struct {
		store  tenants
		method string
		path   string
		body   string
		change func(http.Header)
		want   int
		code   string
	}{
		"health":             {method: "GET", path: "/health", want: 200},
		"health, no backend": {store: tenants{fail: unreachable}, method: "GET", path: "/health", want: 200},
		"live":               {method: "GET", path: "/live", want: 200},
		"ready":              {method: "GET", path: "/ready", want: 200},
		"not ready":          {store: tenants{fail: unreachable}, method: "GET", path: "/ready", want: 503},
		"created":            {method: "POST", path: "/api/v1/admin/tenants", body: `{"slug":"a","name":"A"}`, want: 201},
		"no slug":            {method: "POST", path: "/api/v1/admin/tenants", body: `{"name":"A"}`, want: 400, code: "tenant_create_failed"},
		"no JSON":            {method: "POST", path: "/api/v1/admin/tenants", body: `slug=a`, want: 400, code: "invalid_request"},
		"no user":            {method: "POST", path: "/api/v1/admin/tenants", body: `{}`, change: without("X-User-ID"), want: 401, code: "unauthorized"},
		"no role":            {method: "GET", path: "/api/v1/admin/tenants", change: without("X-User-Role"), want: 403, code: "forbidden"},
		"no tenant":          {method: "GET", path: "/api/v1/admin/tenants", change: without("X-Tenant-ID"), want: 400, code: "tenant_required"},
		"unknown":            {method: "GET", path: "/api/v1/admin/tenants/nobody", want: 404, code: "tenant_not_found"},
		"list":               {method: "GET", path: "/api/v1/admin/tenants", want: 200},
		"not sent": {store: tenants{fail: unreachable}, method: "POST", path: "/api/v1/admin/tenants",
			body: `{"slug":"a","name":"A"}`, want: 503, code: "tenant_create_failed"},
		"outcome unknown": {store: tenants{fail: lost}, method: "POST", path: "/api/v1/admin/tenants",
			body: `{"slug":"a","name":"A"}`, want: 500, code: "tenant_create_failed"},
		"not confirmed": {store: tenants{fail: store.ErrNotConfirmed}, method: "POST", path: "/api/v1/admin/tenants",
			body: `{"slug":"a","name":"A"}`, want: 500, code: "tenant_create_failed"},
		"read failed":  {store: tenants{fail: lost}, method: "GET", path: "/api/v1/admin/tenants/a", want: 500, code: "tenant_show_failed"},
		"hung":         {store: tenants{hang: true}, method: "GET", path: "/api/v1/admin/tenants/a", want: 500, code: "tenant_show_failed"},
		"wrong path":   {method: "GET", path: "/health/ready", want: 404},
		"wrong method": {method: "DELETE", path: "/api/v1/admin/tenants", want: 405},
	} {
		t.Run(name, func(t *testing.T) {
			change := c.change
			if change == nil {
				change = func(http.Header) {}
			}
			response := ask(serving(&c.store), c.method, c.path, c.body, change)
			if response.Code != c.want {
				t.Fatalf("want %d, got %d: %s", c.want, response.Code, response.Body)
			}
			if got := response.Header().Get("X-Served-By"); got != "aeterna-0" {
				t.Errorf("X-Served-By is %q", got)
			}
			var body struct{ Error string }
			_ = json.Unmarshal(response.Body.Bytes(), &body)
			if body.Error != c.code {
				t.Errorf("want error %q, got %q", c.code, body.Error)
			}
		})
	}
}

func TestAnAcknowledgementNamesTheInstanceAndItsTimeline(t *testing.T) {
	s := serving(&tenants{})
	created := ask(s, "POST", "/api/v1/admin/tenants", `{"slug":"a","name":"A"}`)
	if got := created.Header().Get("X-Pg-Instance") + "/" + created.Header().Get("X-Pg-Timeline"); got != "aeterna-postgres-2/7" {
		t.Errorf("acknowledged by %q", got)
	}
	var body struct {
		Success bool
		Tenant  store.Tenant
	}
	if err := json.Unmarshal(created.Body.Bytes(), &body); err != nil || !body.Success || body.Tenant.Slug != "a" || body.Tenant.ID == "" {
		t.Errorf("got %s, %v", created.Body, err)
	}
	if read := ask(s, "GET", "/api/v1/admin/tenants/a", ""); read.Code != 200 {
		t.Errorf("read back: %d", read.Code)
	}
	again := ask(s, "POST", "/api/v1/admin/tenants", `{"slug":"a","name":"A"}`)
	if again.Code != 400 || !strings.Contains(again.Body.String(), "already exists") {
		t.Errorf("duplicate: %d %s", again.Code, again.Body)
	}
	if again.Header().Get("X-Pg-Instance") != "" {
		t.Error("a refusal is no acknowledgement")
	}
}

func TestReadinessSaysWhatIsWrongAndNeverHangs(t *testing.T) {
	for name, c := range map[string]struct {
		prepare func() *server.Server
		want    string
	}{
		"down":         {func() *server.Server { return serving(&tenants{fail: errors.New("connection refused")}) }, "connection refused"},
		"hung":         {func() *server.Server { return serving(&tenants{hang: true}) }, "no answer within 30ms"},
		"not migrated": {func() *server.Server { return server.New(&tenants{}, "aeterna-0", tight) }, "the schema is not in place yet"},
		"leaving": {func() *server.Server {
			s := serving(&tenants{})
			s.Drain()
			return s
		}, "shutting down"},
	} {
		t.Run(name, func(t *testing.T) {
			response := ask(c.prepare(), "GET", "/ready", "")
			if response.Code != 503 || !strings.Contains(response.Body.String(), c.want) {
				t.Errorf("want 503 and %q, got %d: %s", c.want, response.Code, response.Body)
			}
		})
	}
}

func TestAFullServerTurnsRequestsAwayAtOnce(t *testing.T) {
	entered := make(chan struct{}, tight.InFlight)
	s := serving(&tenants{hang: true, entered: entered})
	answers := make(chan int, tight.InFlight)
	for range tight.InFlight {
		go func() { answers <- ask(s, "GET", "/api/v1/admin/tenants/a", "").Code }()
	}
	for range tight.InFlight {
		<-entered
	}
	turnedAway := ask(s, "GET", "/api/v1/admin/tenants/a", "")
	if turnedAway.Code != 503 || turnedAway.Header().Get("Retry-After") == "" || !strings.Contains(turnedAway.Body.String(), "overloaded") {
		t.Errorf("not turned away: %d %s", turnedAway.Code, turnedAway.Body)
	}
	if health := ask(s, "GET", "/health", ""); health.Code != 200 {
		t.Errorf("a full server is alive, yet /health said %d", health.Code)
	}
	for range tight.InFlight {
		<-answers
	}
	if after := ask(s, "GET", "/api/v1/admin/tenants/a", ""); after.Code == 503 {
		t.Error("the places were not given back")
	}
}

func TestALeavingServerServesOnAndEndsConnections(t *testing.T) {
	s := serving(&tenants{})
	s.Drain()
	response := ask(s, "POST", "/api/v1/admin/tenants", `{"slug":"late","name":"Late"}`)
	if response.Code != 201 || response.Header().Get("Connection") != "close" {
		t.Errorf("got %d, Connection: %q", response.Code, response.Header().Get("Connection"))
	}
}

func TestMetricsCountByRoute(t *testing.T) {
	s := serving(&tenants{})
	ask(s, "GET", "/api/v1/admin/tenants/one", "")
	ask(s, "GET", "/api/v1/admin/tenants/two", "")
	response := httptest.NewRecorder()
	s.Metrics().ServeHTTP(response, httptest.NewRequest("GET", "/metrics", nil))
	want := `http_requests_total{method="GET",path="/api/v1/admin/tenants/{tenant}",status="404"} 2`
	if !strings.Contains(response.Body.String(), want) || !strings.Contains(response.Body.String(), "http_request_duration_ms_bucket") {
		t.Errorf("no %s in\n%s", want, response.Body)
	}
}
