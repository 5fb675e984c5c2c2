package cache

import (
	"context"
	"errors"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/alicebob/miniredis/v2/server"
)

type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }

func opened(t *testing.T, redis *miniredis.Miniredis) (*Redis, *clock) {
	t.Helper()
	port, err := strconv.ParseUint(redis.Port(), 10, 16)
	if err != nil {
		t.Fatal(err)
	}
	hand := &clock{now: time.Unix(1, 0)}
	client := open(redis.Host(), uint16(port), 0, hand.Now)
	t.Cleanup(func() { _ = client.Close() })
	return client, hand
}

func TestWhatIsSetIsFoundForAWhile(t *testing.T) {
	redis := miniredis.RunT(t)
	client, _ := opened(t, redis)
	ctx := context.Background()
	if _, found, err := client.Get(ctx, "k"); found || err != nil {
		t.Fatalf("found before it was set: %v", err)
	}
	if err := client.Set(ctx, "k", []byte("v")); err != nil {
		t.Fatal(err)
	}
	if value, found, err := client.Get(ctx, "k"); !found || err != nil || string(value) != "v" {
		t.Errorf("got %q, %v, %v", value, found, err)
	}
	if ttl := redis.TTL("k"); ttl != life {
		t.Errorf("kept for %v", ttl)
	}
	if err := client.Forget(ctx, "k"); err != nil || redis.Exists("k") {
		t.Errorf("not forgotten: %v", err)
	}
}

func TestAFailureIsNotForGood(t *testing.T) {
	redis := miniredis.RunT(t)
	client, hand := opened(t, redis)
	ctx := context.Background()
	redis.SetError("LOADING")
	if err := client.Set(ctx, "k", []byte("v")); err == nil || errors.Is(err, ErrSkipped) {
		t.Fatalf("got %v", err)
	}
	redis.SetError("")
	if err := client.Set(ctx, "k", []byte("v")); !errors.Is(err, ErrSkipped) {
		t.Errorf("asked again at once: %v", err)
	}
	hand.now = hand.now.Add(rest)
	if err := client.Set(ctx, "k", []byte("v")); err != nil {
		t.Errorf("not asked again after a rest: %v", err)
	}
}

func TestACacheThatHangsCostsItsPatienceOnce(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = silent.Close() }()
	client := Open("127.0.0.1", uint16(silent.Addr().(*net.TCPAddr).Port), 0)
	defer func() { _ = client.Close() }()
	began := time.Now()
	if _, _, err := client.Get(context.Background(), "k"); err == nil {
		t.Fatal("a cache that never answers answered")
	}
	if took := time.Since(began); took > 4*patience {
		t.Errorf("the first request waited %v", took)
	}
	if _, _, err := client.Get(context.Background(), "k"); !errors.Is(err, ErrSkipped) {
		t.Errorf("the second was not spared: %v", err)
	}
}

func TestAReplicaIsNoCacheToWriteTo(t *testing.T) {
	redis := miniredis.RunT(t)
	role := "master"
	if err := redis.Server().Register("ROLE", func(c *server.Peer, _ string, _ []string) {
		c.WriteLen(2)
		c.WriteBulk(role)
		c.WriteInt(0)
	}); err != nil {
		t.Fatal(err)
	}
	client, _ := opened(t, redis)
	if err := client.Ping(context.Background()); err != nil {
		t.Errorf("a primary: %v", err)
	}
	role = "slave"
	if err := client.Ping(context.Background()); err == nil || !strings.Contains(err.Error(), "no primary") {
		t.Errorf("a replica: %v", err)
	}
}
