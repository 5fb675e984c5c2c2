package names_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"aeterna.chaos/api/names"
)

func TestKnownAddressesSurviveASilentNameServer(t *testing.T) {
	silent := false
	lookup := names.Remembering(func(ctx context.Context, host string) ([]string, error) {
		if silent {
			<-ctx.Done()
			return nil, ctx.Err()
		}
		return []string{"10.43.0.7"}, nil
	}, 20*time.Millisecond)

	if _, err := lookup(context.Background(), "pooler"); err != nil {
		t.Fatal(err)
	}
	silent = true
	addresses, err := lookup(context.Background(), "pooler")
	if err != nil || len(addresses) != 1 || addresses[0] != "10.43.0.7" {
		t.Fatalf("want the remembered address, got %v, %v", addresses, err)
	}
}

func TestAnUnknownNameFails(t *testing.T) {
	refused := errors.New("no such host")
	lookup := names.Remembering(func(context.Context, string) ([]string, error) { return nil, refused }, time.Second)
	if _, err := lookup(context.Background(), "nowhere"); !errors.Is(err, refused) {
		t.Fatalf("want %v, got %v", refused, err)
	}
}

func TestAnAddressIsNotLookedUp(t *testing.T) {
	lookup := names.Remembering(func(context.Context, string) ([]string, error) {
		t.Fatal("looked up an address")
		return nil, nil
	}, time.Second)
	if addresses, err := lookup(context.Background(), "10.1.2.3"); err != nil || addresses[0] != "10.1.2.3" {
		t.Fatalf("got %v, %v", addresses, err)
	}
}
