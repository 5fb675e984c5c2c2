package store

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

func TestErrorsSayWhetherAnythingCanHaveBeenWritten(t *testing.T) {
	lost := errors.New("unexpected EOF")
	for name, c := range map[string]struct{ given, want error }{
		"none":           {nil, nil},
		"no row":         {pgx.ErrNoRows, ErrNotFound},
		"slug taken":     {&pgconn.PgError{Code: "23505", Detail: "Key (slug)=(a) already exists."}, ErrDuplicate},
		"other refusal":  {&pgconn.PgError{Code: "25006"}, &pgconn.PgError{Code: "25006"}},
		"answer lost":    {lost, lost},
		"not confirmed":  {ErrNotConfirmed, ErrNotConfirmed},
		"cannot connect": {&pgconn.ConnectError{}, ErrUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			got := classified(c.given)
			var refusal *pgconn.PgError
			if errors.Is(got, c.want) || errors.As(c.want, &refusal) && errors.As(got, &refusal) && !errors.Is(got, ErrDuplicate) {
				return
			}
			t.Errorf("want %v, got %v", c.want, got)
		})
	}
}

// A server whose database is down must start, say so, and stop when it is told to.
func TestADatabaseThatIsDownNeitherHangsNorEndsTheServer(t *testing.T) {
	database, err := Open(Address{Host: "127.0.0.1", Port: 1, Database: "aeterna", Username: "aeterna", Password: "x", Client: "test"})
	if err != nil {
		t.Fatal(err)
	}
	defer database.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	if err := database.Ping(ctx); !errors.Is(err, ErrUnavailable) {
		t.Errorf("ping: want %v, got %v", ErrUnavailable, err)
	}
	if _, _, err := database.Create(ctx, "a", "A"); !errors.Is(err, ErrUnavailable) {
		t.Errorf("create: want %v, got %v", ErrUnavailable, err)
	}
	if err := database.Migrate(ctx, slog.New(slog.DiscardHandler)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("migrate: want it to try until it is stopped, got %v", err)
	}
}
