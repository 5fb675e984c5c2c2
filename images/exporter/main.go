// Command exporter gives Prometheus its metrics: GET /metrics is the state of the cluster's objects, as kube-state-metrics shows it;
// GET /postgres?target=10.42.3.7 is one PostgreSQL instance, as CloudNativePG's own exporter in that pod would show it. And it says
// where to find the others: GET /targets/pods?selector=…&port=…, GET /targets/nodes.
//
// Environment: NAMESPACE, whose instances may be asked; PG_DATABASE, PG_USERNAME, PG_PASSWORD, a login with pg_monitor;
// LISTEN (:9187). It runs in the cluster, under a service account that may list and watch what it shows.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"aeterna.chaos/exporter/kube"
	"aeterna.chaos/exporter/postgres"
)

// patience is how long one instance may take to answer. Below Prometheus' own, so that a hung instance is reported as one that is
// not up instead of as a scrape that failed.
const patience = 2 * time.Second

func main() {
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if err := run(ctx, log); err != nil {
		log.Error("stopped", "error", err)
		os.Exit(1)
	}
}

type settings struct {
	namespace, listen string
	login             postgres.Login
}

func settingsFrom(env func(string) string) (settings, error) {
	var problems []error
	required := func(name string) string {
		if env(name) == "" {
			problems = append(problems, fmt.Errorf("%s is not set", name))
		}
		return env(name)
	}
	s := settings{namespace: required("NAMESPACE"), listen: env("LISTEN"), login: postgres.Login{
		Database: required("PG_DATABASE"), Username: required("PG_USERNAME"), Password: required("PG_PASSWORD")}}
	if s.listen == "" {
		s.listen = ":9187"
	}
	return s, errors.Join(problems...)
}

func run(ctx context.Context, log *slog.Logger) error {
	s, err := settingsFrom(os.Getenv)
	if err != nil {
		return err
	}
	config, err := rest.InClusterConfig()
	if err != nil {
		return fmt.Errorf("it must run in a pod with a service account: %w", err)
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	state := kube.Watch(ctx, client, log)
	server := &http.Server{Addr: s.listen, Handler: handler(state, s.namespace, s.login, log), ReadHeaderTimeout: 5 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- server.ListenAndServe() }()
	log.Info("serving", "listen", s.listen, "namespace", s.namespace)
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
		return server.Close()
	}
}

// cluster is what is known of the cluster. Only who it says is an instance is ever sent our password.
type cluster interface {
	prometheus.Collector
	Synced() bool
	Instance(namespace, address string) (pod string, known bool)
	Pods(namespace string, selector labels.Selector, port string) []kube.Target
	Nodes() []kube.Target
}

func handler(state cluster, namespace string, login postgres.Login, log *slog.Logger) http.Handler {
	objects := prometheus.NewRegistry()
	objects.MustRegister(state)
	show := promhttp.HandlerFor(objects, promhttp.HandlerOpts{})
	mux := http.NewServeMux()
	// A half-read cluster would look like one with missing parts.
	whole := func(next http.HandlerFunc) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if !state.Synced() {
				http.Error(w, "the cluster's objects have not all been listed yet", http.StatusServiceUnavailable)
				return
			}
			next(w, r)
		}
	}
	mux.HandleFunc("GET /ready", whole(func(http.ResponseWriter, *http.Request) {}))
	mux.HandleFunc("GET /metrics", whole(show.ServeHTTP))
	mux.HandleFunc("GET /targets/nodes", whole(func(w http.ResponseWriter, _ *http.Request) { answer(w, state.Nodes()) }))
	mux.HandleFunc("GET /targets/pods", whole(func(w http.ResponseWriter, r *http.Request) {
		selector, err := labels.Parse(r.URL.Query().Get("selector"))
		if err != nil || selector.Empty() {
			http.Error(w, fmt.Sprintf("selector=%q selects nothing in particular: %v", r.URL.Query().Get("selector"), err), http.StatusBadRequest)
			return
		}
		answer(w, state.Pods(namespace, selector, r.URL.Query().Get("port")))
	}))
	mux.HandleFunc("GET /postgres", func(w http.ResponseWriter, r *http.Request) {
		target := r.URL.Query().Get("target")
		pod, known := state.Instance(namespace, target)
		if !known {
			http.Error(w, fmt.Sprintf("%q is not the address of a PostgreSQL instance in namespace %s", target, namespace), http.StatusNotFound)
			return
		}
		within, cancel := context.WithTimeout(r.Context(), patience)
		defer cancel()
		one := prometheus.NewRegistry()
		one.MustRegister(postgres.Ask(within, target, pod, login, log))
		promhttp.HandlerFor(one, promhttp.HandlerOpts{}).ServeHTTP(w, r)
	})
	return mux
}

func answer(w http.ResponseWriter, targets []kube.Target) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(targets)
}
