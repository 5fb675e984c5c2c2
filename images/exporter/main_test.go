package main

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/apimachinery/pkg/labels"

	"aeterna.chaos/exporter/kube"
	"aeterna.chaos/exporter/postgres"
)

type fakeCluster struct {
	prometheus.Gauge
	synced bool
}

func (c fakeCluster) Synced() bool { return c.synced }

func (c fakeCluster) Instance(_, address string) (string, bool) {
	return "aeterna-postgres-1", address == "127.0.0.1"
}

func (c fakeCluster) Pods(namespace string, selector labels.Selector, port string) []kube.Target {
	return []kube.Target{{Targets: []string{namespace, selector.String(), port}, Labels: map[string]string{}}}
}

func (c fakeCluster) Nodes() []kube.Target { return []kube.Target{} }

func get(t *testing.T, synced bool, path string) (int, string) {
	t.Helper()
	state := fakeCluster{prometheus.NewGauge(prometheus.GaugeOpts{Name: "kube_something", Help: "x"}), synced}
	answer := httptest.NewRecorder()
	handler(state, "aeterna", postgres.Login{Database: "d", Username: "u", Password: "p"}, slog.New(slog.DiscardHandler)).
		ServeHTTP(answer, httptest.NewRequest(http.MethodGet, path, nil))
	return answer.Code, answer.Body.String()
}

func TestAHalfReadClusterIsNotShown(t *testing.T) {
	for _, path := range []string{"/metrics", "/ready", "/targets/nodes"} {
		if code, _ := get(t, false, path); code != http.StatusServiceUnavailable {
			t.Errorf("%s: %d", path, code)
		}
		if code, _ := get(t, true, path); code != http.StatusOK {
			t.Errorf("%s: %d", path, code)
		}
	}
	if _, body := get(t, true, "/metrics"); !strings.Contains(body, "kube_something 0") {
		t.Error(body)
	}
}

// Nothing listens on 5432 here: an instance that cannot be reached is one that is not up, and a scrape that went well.
func TestAnInstanceThatDoesNotAnswerIsNotUp(t *testing.T) {
	code, body := get(t, true, "/postgres?target=127.0.0.1")
	if code != http.StatusOK || !strings.Contains(body, "cnpg_collector_up 0") || strings.Contains(body, "in_recovery") {
		t.Errorf("%d %s", code, body)
	}
}

func TestStrangersAreNotAsked(t *testing.T) {
	if code, body := get(t, true, "/postgres?target=192.0.2.1"); code != http.StatusNotFound || !strings.Contains(body, `"192.0.2.1" is not the address`) {
		t.Errorf("%d %s", code, body)
	}
}

func TestWhatIsNotSetIsNamed(t *testing.T) {
	_, err := settingsFrom(func(name string) string { return map[string]string{"PG_DATABASE": "d"}[name] })
	if err == nil || !strings.Contains(err.Error(), "NAMESPACE") || !strings.Contains(err.Error(), "PG_PASSWORD") || strings.Contains(err.Error(), "PG_DATABASE") {
		t.Error(err)
	}
}

func TestDiscovery(t *testing.T) {
	if code, body := get(t, true, "/targets/pods?selector=a%3Db&port=metrics"); code != http.StatusOK || body != `[{"targets":["aeterna","a=b","metrics"],"labels":{}}]`+"\n" {
		t.Errorf("%d %s", code, body)
	}
	if code, body := get(t, true, "/targets/nodes"); code != http.StatusOK || body != "[]\n" {
		t.Errorf("%d %s", code, body)
	}
	for _, vague := range []string{"/targets/pods?port=metrics", "/targets/pods?selector=%3D%3D&port=x"} {
		if code, _ := get(t, true, vague); code != http.StatusBadRequest {
			t.Errorf("%s: %d", vague, code)
		}
	}
}
