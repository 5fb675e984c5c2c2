// Package cache keeps answers in Redis, or in Dragonfly, which speaks the same protocol.
package cache

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"

	"aeterna.chaos/api/names"
)

// ErrSkipped says that the cache failed a moment ago and was not asked.
var ErrSkipped = errors.New("the cache failed a moment ago and is not asked for now")

// Redis is a cache that may fail at any time, at the cost of a few milliseconds and of nothing else. Safe for concurrent use.
//
// The real server falls back to its own memory for good when the cache is away at its start. Here a failure is never for good: the
// cache is left alone for a moment and then tried again.
type Redis struct {
	client *redis.Client
	now    func() time.Time
	// notBefore is when it may be asked again, in Unix nanoseconds.
	notBefore atomic.Int64
}

const (
	lookupPatience = 300 * time.Millisecond
	patience       = 300 * time.Millisecond
	// rest keeps a cache that hangs from costing every request its patience.
	rest = time.Second
	life = 10 * time.Minute
)

// Open prepares a client; it connects to nothing yet.
func Open(host string, port uint16, database int) *Redis {
	return open(host, port, database, time.Now)
}

func open(host string, port uint16, database int, now func() time.Time) *Redis {
	lookup := names.Remembering(net.DefaultResolver.LookupHost, lookupPatience)
	return &Redis{now: now, client: redis.NewClient(&redis.Options{
		Addr: net.JoinHostPort(host, strconv.Itoa(int(port))),
		Dialer: func(ctx context.Context, network, _ string) (net.Conn, error) {
			addresses, err := lookup(ctx, host)
			if err != nil {
				return nil, err
			}
			if len(addresses) == 0 {
				return nil, fmt.Errorf("%s has no address", host)
			}
			return (&net.Dialer{Timeout: patience}).DialContext(ctx, network, net.JoinHostPort(addresses[0], strconv.Itoa(int(port))))
		},
		DB:              database,
		Protocol:        2,
		DisableIdentity: true,
		MaxRetries:      -1,
		DialTimeout:     patience,
		DialerRetries:   1,
		ReadTimeout:     patience,
		WriteTimeout:    patience,
		PoolTimeout:     patience,
		PoolSize:        8,
		// The primary may have changed: a connection must not stay with the old one.
		ConnMaxLifetime:       30 * time.Second,
		ContextTimeoutEnabled: true,
	})}
}

// Get returns the value, or false when it is not cached.
func (r *Redis) Get(ctx context.Context, key string) (value []byte, found bool, err error) {
	err = r.guarded(ctx, func(ctx context.Context) error {
		value, err = r.client.Get(ctx, key).Bytes()
		if errors.Is(err, redis.Nil) {
			return nil
		}
		found = err == nil
		return err
	})
	return value, found, err
}

// Set caches a value for ten minutes.
func (r *Redis) Set(ctx context.Context, key string, value []byte) error {
	return r.guarded(ctx, func(ctx context.Context) error { return r.client.Set(ctx, key, value, life).Err() })
}

// Forget takes values out.
func (r *Redis) Forget(ctx context.Context, keys ...string) error {
	if len(keys) == 0 {
		return nil
	}
	return r.guarded(ctx, func(ctx context.Context) error { return r.client.Unlink(ctx, keys...).Err() })
}

// Ping asks, whether the cache failed a moment ago or not. A replica answers too, and takes no writes: so the role is asked for.
func (r *Redis) Ping(ctx context.Context) error {
	bounded, cancel := context.WithTimeout(ctx, 2*patience)
	defer cancel()
	role, err := r.client.Do(bounded, "ROLE").Slice()
	if err != nil {
		return err
	}
	if len(role) == 0 || role[0] != "master" {
		return fmt.Errorf("the cache that answers is no primary: %v", role)
	}
	return nil
}

func (r *Redis) guarded(ctx context.Context, ask func(context.Context) error) error {
	if r.now().UnixNano() < r.notBefore.Load() {
		return ErrSkipped
	}
	bounded, cancel := context.WithTimeout(ctx, 2*patience)
	defer cancel()
	err := ask(bounded)
	if err != nil && ctx.Err() == nil {
		r.notBefore.Store(r.now().Add(rest).UnixNano())
	}
	return err
}

// Close ends every connection.
func (r *Redis) Close() error { return r.client.Close() }
