// Command api serves the Aeterna API, or, as "api relay", passes TCP connections on to it.
//
// Environment of the server, named as the real one names it: PG_HOST, PG_PORT (5432), PG_DATABASE, PG_USERNAME, PG_PASSWORD.
// RD_HOST, RD_PORT (6379), RD_DB (0): the cache; QD_HOST, QD_PORT (6333), QD_COLLECTION (aeterna_memories): the vector store. With
// both hosts set it keeps memories, which the real server, at the release it follows, does not get to do.
// Its own: POD_NAME (else the host name) signs the answers; DRAIN_DELAY (5s) is how long it serves on after SIGTERM while
// endpoints forget it; START_DELAY (0s) is a test hook: how long it does nothing at all before it listens, so that a run can
// plant a replica that starts too slowly and see it judged.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"

	"aeterna.chaos/api/cache"
	"aeterna.chaos/api/relay"
	"aeterna.chaos/api/server"
	"aeterna.chaos/api/store"
	"aeterna.chaos/api/vectors"
)

func main() {
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()

	var err error
	switch {
	case len(os.Args) == 1:
		err = serve(ctx, log)
	case os.Args[1] == "relay":
		err = passOn(ctx, log, os.Args[2:])
	default:
		err = fmt.Errorf("unknown command %q: run it without arguments to serve the API, or as \"relay --to host:port\"", os.Args[1])
	}
	if err != nil {
		log.Error("stopped", "error", err)
		os.Exit(1)
	}
}

func serve(ctx context.Context, log *slog.Logger) error {
	settings, err := settingsFrom(os.Getenv)
	if err != nil {
		return err
	}
	if settings.startDelay > 0 {
		log.Warn("START_DELAY is set: a planted defect", "delay", settings.startDelay)
		select {
		case <-time.After(settings.startDelay):
		case <-ctx.Done():
			return nil
		}
	}

	database, err := store.Open(settings.postgres)
	if err != nil {
		return err
	}
	api := server.New(database, settings.replica, server.DefaultLimits)
	if settings.redis.host != "" {
		quick := cache.Open(settings.redis.host, settings.redis.port, settings.database)
		defer func() { _ = quick.Close() }()
		api.Remembering(server.Memories{Records: database, Cache: quick,
			Vectors: vectors.Open(settings.qdrant.host, settings.qdrant.port, settings.collection)})
	}
	go func() {
		if database.Migrate(ctx, log) == nil {
			api.Migrated()
		}
	}()

	public := &http.Server{Addr: ":8080", Handler: api.Handler(), ReadHeaderTimeout: 5 * time.Second, IdleTimeout: 2 * time.Minute}
	internal := &http.Server{Addr: ":9090", Handler: api.Metrics(), ReadHeaderTimeout: 5 * time.Second}
	failed := make(chan error, 2)
	for _, each := range []*http.Server{public, internal} {
		go func() { failed <- each.ListenAndServe() }()
	}
	log.Info("serving", "replica", settings.replica, "postgres", net.JoinHostPort(settings.postgres.Host, strconv.Itoa(int(settings.postgres.Port))))

	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	// Whoever routes to this replica learns of its end a second or two later and sends requests until then.
	api.Drain()
	log.Info("draining", "delay", settings.drainDelay)
	time.Sleep(settings.drainDelay)
	last, cancel := context.WithTimeout(context.Background(), server.DefaultLimits.Request+time.Second)
	defer cancel()
	err = errors.Join(public.Shutdown(last), internal.Shutdown(last))
	database.Close()
	return err
}

type settings struct {
	postgres   store.Address
	qdrant     endpoint
	collection string
	redis      endpoint
	database   int
	replica    string
	drainDelay time.Duration
	startDelay time.Duration
}

type endpoint struct {
	host string
	port uint16
}

func settingsFrom(env func(string) string) (settings, error) {
	var s settings
	var problems []error
	required := func(name string) string {
		if env(name) == "" {
			problems = append(problems, fmt.Errorf("%s is not set", name))
		}
		return env(name)
	}
	duration := func(name string, otherwise time.Duration) time.Duration {
		if env(name) == "" {
			return otherwise
		}
		d, err := time.ParseDuration(env(name))
		if err != nil || d < 0 {
			problems = append(problems, fmt.Errorf("%s=%q is not a duration such as 5s", name, env(name)))
		}
		return d
	}
	port := func(name string, otherwise uint16) uint16 {
		if env(name) == "" {
			return otherwise
		}
		port, err := strconv.ParseUint(env(name), 10, 16)
		if err != nil || port == 0 {
			problems = append(problems, fmt.Errorf("%s=%q is not a port", name, env(name)))
		}
		return uint16(port)
	}
	s.postgres = store.Address{Host: required("PG_HOST"), Port: port("PG_PORT", 5432), Database: required("PG_DATABASE"),
		Username: required("PG_USERNAME"), Password: required("PG_PASSWORD")}
	s.redis = endpoint{env("RD_HOST"), port("RD_PORT", 6379)}
	s.qdrant = endpoint{env("QD_HOST"), port("QD_PORT", 6333)}
	if (s.redis.host == "") != (s.qdrant.host == "") {
		problems = append(problems, errors.New("RD_HOST and QD_HOST belong together: set both, or neither to keep no memories"))
	}
	if s.collection = env("QD_COLLECTION"); s.collection == "" {
		s.collection = "aeterna_memories"
	}
	if env("RD_DB") != "" {
		database, err := strconv.ParseUint(env("RD_DB"), 10, 8)
		if err != nil {
			problems = append(problems, fmt.Errorf("RD_DB=%q is not the number of a database", env("RD_DB")))
		}
		s.database = int(database)
	}
	s.drainDelay = duration("DRAIN_DELAY", 5*time.Second)
	s.startDelay = duration("START_DELAY", 0)
	if s.replica = env("POD_NAME"); s.replica == "" {
		s.replica, _ = os.Hostname()
	}
	s.postgres.Client = s.replica
	return s, errors.Join(problems...)
}

func passOn(ctx context.Context, log *slog.Logger, args []string) error {
	flags := flag.NewFlagSet("relay", flag.ContinueOnError)
	listen := flags.String("listen", ":8080", "where clients connect")
	to := flags.String("to", "", "host:port to pass connections on to")
	health := flags.String("health", ":8081", "where GET /health answers; a probe of the relayed port would reach the API")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if _, _, err := net.SplitHostPort(*to); err != nil {
		return fmt.Errorf("--to %q is not host:port: %w", *to, err)
	}
	listener, err := net.Listen("tcp", *listen)
	if err != nil {
		return err
	}
	go func() {
		mux := http.NewServeMux()
		mux.HandleFunc("GET /health", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
		log.Error("health server stopped", "error", http.ListenAndServe(*health, mux))
	}()
	log.Info("relaying", "listen", *listen, "to", *to)
	go func() {
		<-ctx.Done()
		_ = listener.Close()
	}()
	open, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		<-ctx.Done()
		time.AfterFunc(10*time.Second, cancel)
	}()
	return relay.New(*to, log).Serve(open, listener)
}
