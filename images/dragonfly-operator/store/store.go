// Package store speaks to one instance of the cache in the Redis protocol.
package store

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"aeterna.chaos/images/dragonfly-operator/decide"
)

const (
	port = "6379"
	// promotionKey is where the data itself says which promotion it comes from and who was promoted: "<number> <instance>". Clients
	// read it to learn whose acknowledgement they got; replicas hold a copy that they cannot change.
	promotionKey = "dragonfly-operator:promotion"
	// patience for one command. Dragonfly's own operator dials for 10 s; here an instance that is dead must not cost the others the
	// time that they are to be promoted in.
	patience = time.Second
	// pause is for how long a master that hands over holds writes back; by then it was told to follow, or its pod's grace is over.
	pause     = 30 * time.Second
	caughtUp  = 2 * time.Second
	lookEvery = 20 * time.Millisecond
)

// Redis is the port to every instance.
type Redis struct{}

func connect(address string) *redis.Client {
	return redis.NewClient(&redis.Options{
		Addr: net.JoinHostPort(address, port), Protocol: 2, PoolSize: 1, MaxRetries: -1, DisableIdentity: true,
		DialTimeout: patience, ReadTimeout: patience, WriteTimeout: patience, DialerRetries: 1,
	})
}

// State asks an instance about itself.
func (Redis) State(ctx context.Context, address string) (decide.State, error) {
	client := connect(address)
	defer client.Close()
	var replication *redis.StringCmd
	var size *redis.IntCmd
	var promotion *redis.StringCmd
	_, err := client.Pipelined(ctx, func(pipe redis.Pipeliner) error {
		replication = pipe.Info(ctx, "replication")
		size = pipe.DBSize(ctx)
		promotion = pipe.Get(ctx, promotionKey)
		return nil
	})
	if err != nil && !errors.Is(err, redis.Nil) {
		return decide.State{}, err
	}
	state, err := parse(replication.Val())
	if err != nil {
		return decide.State{}, err
	}
	state.Keys = size.Val()
	if promotion.Err() == nil {
		state.Keys--
		number, _, _ := strings.Cut(promotion.Val(), " ")
		// A client that wrote nonsense there only loses the number.
		state.Promotion, _ = strconv.ParseInt(number, 10, 64)
	}
	return state, nil
}

func parse(info string) (decide.State, error) {
	fields := map[string]string{}
	for line := range strings.Lines(info) {
		if name, value, found := strings.Cut(strings.TrimSpace(line), ":"); found {
			fields[name] = value
		}
	}
	role := fields["role"]
	if role != "master" && role != "slave" && role != "replica" {
		return decide.State{}, fmt.Errorf("role %q in INFO replication: %q", role, info)
	}
	offset, err := strconv.ParseInt(fields["master_repl_offset"], 10, 64)
	if err != nil {
		return decide.State{}, fmt.Errorf("master_repl_offset in INFO replication: %w", err)
	}
	state := decide.State{Master: role == "master", Offset: offset}
	if !state.Master {
		state.Follows = fields["master_host"]
		state.LinkUp = fields["master_link_status"] == "up"
		state.Syncing = fields["master_sync_in_progress"] == "1"
	}
	return state, nil
}

// HandOver makes an instance refuse writes and waits until another one has all that it acknowledged. It is worth an attempt and no
// more: the master that leaves may be gone at any moment.
func (Redis) HandOver(ctx context.Context, from, to string) error {
	old, next := connect(from), connect(to)
	defer old.Close()
	defer next.Close()
	if err := old.Do(ctx, "CLIENT", "PAUSE", pause.Milliseconds(), "WRITE").Err(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, caughtUp)
	defer cancel()
	acknowledged, err := offset(ctx, old)
	if err != nil {
		return err
	}
	for {
		reached, err := offset(ctx, next)
		if err != nil {
			return err
		}
		if reached >= acknowledged {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s had reached %d of %d after %s", to, reached, acknowledged, caughtUp)
		case <-time.After(lookEvery):
		}
	}
}

func offset(ctx context.Context, client *redis.Client) (int64, error) {
	info, err := client.Info(ctx, "replication").Result()
	if err != nil {
		return 0, err
	}
	state, err := parse(info)
	return state.Offset, err
}

// Promote makes an instance the master, writes into its data that it is, and drops its clients: they came to a replica.
func (Redis) Promote(ctx context.Context, address, name string, promotion int64) error {
	client := connect(address)
	defer client.Close()
	if err := client.Do(ctx, "REPLICAOF", "NO", "ONE").Err(); err != nil {
		return err
	}
	if err := client.Do(ctx, "CLIENT", "UNPAUSE").Err(); err != nil {
		return err
	}
	if err := client.Set(ctx, promotionKey, fmt.Sprintf("%d %s", promotion, name), 0).Err(); err != nil {
		return err
	}
	return dropClients(ctx, client)
}

// Follow makes an instance a replica of another and drops its clients, which may think that it is the master.
func (Redis) Follow(ctx context.Context, address, master string) error {
	client := connect(address)
	defer client.Close()
	if err := client.Do(ctx, "REPLICAOF", master, port).Err(); err != nil {
		return err
	}
	if err := dropClients(ctx, client); err != nil {
		return err
	}
	// It handed over perhaps; what it is told now comes from its master, and that must not wait.
	return client.Do(ctx, "CLIENT", "UNPAUSE").Err()
}

func dropClients(ctx context.Context, client *redis.Client) error {
	return client.Do(ctx, "CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes").Err()
}
