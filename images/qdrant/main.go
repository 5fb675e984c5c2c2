// Command qdrant stands in for Qdrant where its image cannot be pulled: a cluster of peers behind Qdrant's REST paths, with Raft
// for what they must agree on and replicated shards for the points. It takes Qdrant's flags (--uri, --bootstrap) and those of its
// environment variables that matter here; its answers name the pod that gave them (X-Served-By), which Qdrant's do not.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	"aeterna.chaos/qdrant/peer"
	"aeterna.chaos/qdrant/rest"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	if err := run(ctx, log, os.Args[1:], os.Getenv); err != nil {
		log.Error("stopped", "error", err)
		os.Exit(1)
	}
}

type settings struct {
	peer     peer.Settings
	defaults rest.Defaults
	name     string
	host     string
	http     int
	p2p      int
}

func settingsFrom(args []string, env func(string) string) (settings, error) {
	var problems []error
	text := func(name, otherwise string) string {
		if value := env(name); value != "" {
			return value
		}
		return otherwise
	}
	number := func(name string, otherwise int) int {
		value := env(name)
		if value == "" {
			return otherwise
		}
		n, err := strconv.Atoi(value)
		if err != nil || n < 1 {
			problems = append(problems, fmt.Errorf("%s=%q is not a number above zero", name, value))
		}
		return n
	}
	flags := flag.NewFlagSet("qdrant", flag.ContinueOnError)
	uri := flags.String("uri", env("QDRANT_URI"), "where other peers reach this one, such as http://qdrant-0.qdrant-headless:6335")
	bootstrap := flags.String("bootstrap", env("QDRANT_BOOTSTRAP"), "a peer of the cluster to join; without it, a new peer founds a cluster")
	if err := flags.Parse(args); err != nil {
		return settings{}, err
	}
	s := settings{
		peer: peer.Settings{
			Folder: text("QDRANT__STORAGE__STORAGE_PATH", "./storage"), URI: *uri, Bootstrap: *bootstrap,
			BootstrapTimeout: time.Duration(number("QDRANT__CLUSTER__CONSENSUS__BOOTSTRAP_TIMEOUT_SEC", 15)) * time.Second,
			TickPeriod:       time.Duration(number("QDRANT__CLUSTER__CONSENSUS__TICK_PERIOD_MS", 100)) * time.Millisecond,
			MessageTicks:     number("QDRANT__CLUSTER__CONSENSUS__MESSAGE_TIMEOUT_TICKS", 10),
			CompactEntries:   uint64(number("QDRANT__CLUSTER__CONSENSUS__COMPACT_WAL_ENTRIES", 128)),
		},
		defaults: rest.Defaults{
			ReplicationFactor:      number("QDRANT__STORAGE__COLLECTION__REPLICATION_FACTOR", 1),
			WriteConsistencyFactor: number("QDRANT__STORAGE__COLLECTION__WRITE_CONSISTENCY_FACTOR", 1),
			MetricsPrefix:          env("QDRANT__SERVICE__METRICS_PREFIX"),
		},
		name: env("POD_NAME"),
		host: text("QDRANT__SERVICE__HOST", "0.0.0.0"),
		http: number("QDRANT__SERVICE__HTTP_PORT", 6333),
		p2p:  number("QDRANT__CLUSTER__P2P__PORT", 6335),
	}
	if s.name == "" {
		s.name, _ = os.Hostname()
	}
	if flags.NArg() > 0 {
		problems = append(problems, fmt.Errorf("%q is not understood: only flags are", flags.Arg(0)))
	}
	if enabled := text("QDRANT__CLUSTER__ENABLED", "true"); !strings.EqualFold(enabled, "true") {
		problems = append(problems, fmt.Errorf("QDRANT__CLUSTER__ENABLED=%s: this stand-in is always a cluster", enabled))
	}
	for name, value := range map[string]string{"--uri": *uri, "--bootstrap": *bootstrap} {
		if parsed, err := url.Parse(value); value != "" && (err != nil || parsed.Scheme != "http" || parsed.Port() == "") {
			problems = append(problems, fmt.Errorf("%s %q is not an address such as http://qdrant-0.qdrant-headless:6335", name, value))
		}
	}
	if *uri == "" {
		problems = append(problems, errors.New("--uri (or QDRANT_URI) is missing: other peers need it"))
	}
	return s, errors.Join(problems...)
}

func run(ctx context.Context, log *slog.Logger, args []string, env func(string) string) error {
	settings, err := settingsFrom(args, env)
	if err != nil {
		return err
	}
	settings.peer.Log = log
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	self, err := peer.New(ctx, settings.peer)
	if err != nil {
		return err
	}
	between := &http.Server{Addr: net.JoinHostPort(settings.host, strconv.Itoa(settings.p2p)), Handler: self.Handler(), ReadHeaderTimeout: peer.ReadHeaderTimeout}
	public := &http.Server{Addr: net.JoinHostPort(settings.host, strconv.Itoa(settings.http)),
		Handler: rest.New(self, settings.name, settings.defaults).Handler(), ReadHeaderTimeout: 5 * time.Second, IdleTimeout: 2 * time.Minute}
	serve := func(server *http.Server) {
		if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
			cancel(err)
		}
	}
	go serve(between)
	if err := self.Join(); err != nil {
		return err
	}
	stopped := make(chan error, 1)
	go func() { stopped <- self.Run() }()
	// Clients are answered once this peer belongs to a cluster.
	go serve(public)
	log.Info("serving", "name", settings.name, "peer", self.ID(), "uri", settings.peer.URI)

	var failed error
	select {
	case failed = <-stopped:
	case <-ctx.Done():
		if failed = context.Cause(ctx); errors.Is(failed, context.Canceled) {
			failed = nil // asked to stop
		}
	}
	last, end := context.WithTimeout(context.Background(), 3*time.Second)
	defer end()
	return errors.Join(failed, public.Shutdown(last), between.Close())
}
