// Command dragonfly-operator does for a StatefulSet of Redis what Dragonfly's operator does for one of Dragonfly: it makes one pod
// the master, lets the others follow it, labels them so that the Service finds the master, and promotes another one when
// Kubernetes says that the master is gone. Several of it may run; one of them works.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/leaderelection"
	"k8s.io/client-go/tools/leaderelection/resourcelock"

	"aeterna.chaos/images/dragonfly-operator/operator"
	"aeterna.chaos/images/dragonfly-operator/store"
)

type settings struct {
	namespace, statefulSet, selector, name, lease, health string
	retry, patience, leaseDuration                        time.Duration
}

func main() {
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	s, err := settingsFrom(os.Args[1:])
	if err == nil {
		err = run(ctx, log, s)
	}
	if err != nil {
		log.Error("stopped", "error", err)
		os.Exit(1)
	}
}

func settingsFrom(args []string) (settings, error) {
	var s settings
	flags := flag.NewFlagSet("dragonfly-operator", flag.ContinueOnError)
	flags.StringVar(&s.namespace, "namespace", "", "of the cache")
	flags.StringVar(&s.statefulSet, "stateful-set", "", "that the cache's pods belong to")
	flags.StringVar(&s.selector, "selector", "", "labels of the cache's pods, such as app=aeterna-dragonfly")
	flags.StringVar(&s.name, "name", os.Getenv("POD_NAME"), "this operator's own among several")
	flags.StringVar(&s.lease, "lease", "dragonfly-operator", "name of the lease that the working one holds")
	flags.StringVar(&s.health, "health", ":8081", "where GET /healthz answers")
	flags.DurationVar(&s.retry, "retry", 5*time.Second, "when to look again although nothing was heard")
	flags.DurationVar(&s.patience, "patience", 10*time.Second, "how long an instance that may hold newer data is waited for")
	flags.DurationVar(&s.leaseDuration, "lease-duration", 15*time.Second, "how long a silent operator keeps the work, at least 3s")
	if err := flags.Parse(args); err != nil {
		return s, err
	}
	var problems []error
	for name, value := range map[string]string{"namespace": s.namespace, "stateful-set": s.statefulSet, "selector": s.selector, "name": s.name} {
		if value == "" {
			problems = append(problems, fmt.Errorf("--%s is missing", name))
		}
	}
	if _, err := metav1.ParseToLabelSelector(s.selector); err != nil {
		problems = append(problems, fmt.Errorf("--selector %q: %w", s.selector, err))
	}
	if s.retry <= 0 || s.patience < 0 || s.leaseDuration < 3*time.Second {
		problems = append(problems, fmt.Errorf("--retry %s must be above zero, --patience %s not below, --lease-duration %s at least 3s",
			s.retry, s.patience, s.leaseDuration))
	}
	return s, errors.Join(problems...)
}

func run(ctx context.Context, log *slog.Logger, s settings) error {
	config, err := rest.InClusterConfig()
	if err != nil {
		return err
	}
	// A connection to an API server that fell silent must not hold up a promotion for the 30 s that are the default.
	config.Timeout = 10 * time.Second
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}

	// Full as soon as a change was heard and not looked at yet.
	changed := make(chan struct{}, 1)
	hear := func() {
		select {
		case changed <- struct{}{}:
		default:
		}
	}
	watching := cache.NewFilteredListWatchFromClient(client.CoreV1().RESTClient(), "pods", s.namespace, func(options *metav1.ListOptions) {
		options.LabelSelector = s.selector
	})
	_, controller := cache.NewInformerWithOptions(cache.InformerOptions{ListerWatcher: watching, ObjectType: &corev1.Pod{},
		Handler: cache.ResourceEventHandlerFuncs{
			AddFunc: func(any) { hear() }, UpdateFunc: func(any, any) { hear() }, DeleteFunc: func(any) { hear() }}})
	go controller.Run(ctx.Done())
	if !cache.WaitForCacheSync(ctx.Done(), controller.HasSynced) {
		return nil
	}

	// When the loop last came round; zero while another one works.
	var round atomic.Int64
	go serveHealth(ctx, log, s, &round)
	k := &kube{client: client, namespace: s.namespace, statefulSet: s.statefulSet, selector: s.selector}
	lock := &resourcelock.LeaseLock{LeaseMeta: metav1.ObjectMeta{Namespace: s.namespace, Name: s.lease},
		Client: client.CoordinationV1(), LockConfig: resourcelock.ResourceLockConfig{Identity: s.name}}
	elector, err := leaderelection.NewLeaderElector(leaderelection.LeaderElectionConfig{
		Lock: lock, Name: s.lease, ReleaseOnCancel: true,
		LeaseDuration: s.leaseDuration, RenewDeadline: s.leaseDuration * 2 / 3, RetryPeriod: s.leaseDuration / 5,
		Callbacks: leaderelection.LeaderCallbacks{
			OnStartedLeading: func(working context.Context) {
				log.Info("working", "name", s.name)
				work(working, log, s, operator.New(k, store.Redis{}, log, time.Now, s.patience), changed, &round)
			},
			OnStoppedLeading: func() { log.Info("no longer working", "name", s.name) },
			OnNewLeader: func(name string) {
				if name != s.name {
					log.Info("another one works", "name", name)
				}
			},
		},
	})
	if err != nil {
		return err
	}
	elector.Run(ctx)
	if ctx.Err() == nil {
		// Whoever lost the lease may still have something half done; a new process has not.
		return errors.New("lost the lease")
	}
	return nil
}

func work(ctx context.Context, log *slog.Logger, s settings, o *operator.Operator, changed <-chan struct{}, round *atomic.Int64) {
	for ctx.Err() == nil {
		settled, err := o.Reconcile(ctx)
		round.Store(time.Now().UnixNano())
		next := s.retry
		switch {
		case err != nil && ctx.Err() == nil:
			log.Error("looks again", "after", next, "error", err)
		case !settled:
			// Copying, starting: what will end it is not told by an event.
			next = min(next, time.Second)
		}
		timer := time.NewTimer(next)
		select {
		case <-ctx.Done():
		case <-changed:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// serveHealth says no when the loop hangs: Kubernetes then restarts it, and another one takes the lease.
func serveHealth(ctx context.Context, log *slog.Logger, s settings, round *atomic.Int64) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		if last := round.Load(); last != 0 && time.Since(time.Unix(0, last)) > s.retry+time.Minute {
			http.Error(w, "the loop has not come round since "+time.Unix(0, last).String(), http.StatusServiceUnavailable)
			return
		}
		w.WriteHeader(http.StatusOK)
	})
	server := &http.Server{Addr: s.health, Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	go func() {
		<-ctx.Done()
		_ = server.Close()
	}()
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		log.Error("health server stopped", "error", err)
	}
}
