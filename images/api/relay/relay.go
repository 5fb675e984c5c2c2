// Package relay passes TCP connections on, one to one: no retries, no pooling, no opinion. It stands for the load balancer in
// front of the cluster, so whatever the API does to a connection, the client must feel.
package relay

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"sync"
	"time"

	"aeterna.chaos/api/names"
)

const (
	dialPatience   = 2 * time.Second
	lookupPatience = time.Second
	// afterClientEnds bounds how long a connection may live on when its client has said its last word.
	afterClientEnds = 30 * time.Second
)

// Relay forwards to one address.
type Relay struct {
	to     string
	lookup names.Lookup
	log    *slog.Logger
}

// New makes a relay to host:port; the host is looked up for each connection.
func New(to string, log *slog.Logger) *Relay {
	return &Relay{to: to, lookup: names.Remembering(net.DefaultResolver.LookupHost, lookupPatience), log: log}
}

// Serve accepts until the listener is closed, then waits for the connections that are open, or for ctx.
func (r *Relay) Serve(ctx context.Context, listener net.Listener) error {
	var open sync.WaitGroup
	for {
		client, err := listener.Accept()
		if err != nil {
			if !errors.Is(err, net.ErrClosed) {
				r.log.Error("accept failed", "error", err)
			}
			ended := make(chan struct{})
			go func() { open.Wait(); close(ended) }()
			select {
			case <-ended:
			case <-ctx.Done():
			}
			if errors.Is(err, net.ErrClosed) {
				return nil
			}
			return err
		}
		open.Add(1)
		go func() {
			defer open.Done()
			r.pass(ctx, client.(*net.TCPConn))
		}()
	}
}

func (r *Relay) pass(ctx context.Context, client *net.TCPConn) {
	defer client.Close()
	server, err := r.dial(ctx)
	if err != nil {
		// The client's connection was accepted before ours was refused; a reset is the closest thing to that refusal.
		r.log.Info("not connected", "to", r.to, "error", err)
		reset(client)
		return
	}
	defer server.Close()

	upwards := make(chan struct{})
	go func() {
		defer close(upwards)
		_, err := io.Copy(server, client)
		if err != nil {
			reset(server)
			return
		}
		_ = server.CloseWrite()
		_ = server.SetReadDeadline(time.Now().Add(afterClientEnds))
	}()
	if _, err := io.Copy(client, server); err != nil {
		reset(client)
	} else {
		_ = client.CloseWrite()
		_ = client.SetReadDeadline(time.Now().Add(afterClientEnds))
	}
	<-upwards
}

func (r *Relay) dial(ctx context.Context) (*net.TCPConn, error) {
	bounded, cancel := context.WithTimeout(ctx, dialPatience)
	defer cancel()
	host, port, err := net.SplitHostPort(r.to)
	if err != nil {
		return nil, err
	}
	addresses, err := r.lookup(bounded, host)
	if err != nil {
		return nil, err
	}
	dialer := net.Dialer{KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 5 * time.Second, Interval: time.Second, Count: 5}}
	// The first address only: trying the next one would be a retry that the client knows nothing of.
	server, err := dialer.DialContext(bounded, "tcp", net.JoinHostPort(addresses[0], port))
	if err != nil {
		return nil, err
	}
	return server.(*net.TCPConn), nil
}

// reset closes with RST instead of FIN: the other side broke off, so this side breaks off too.
func reset(conn *net.TCPConn) {
	_ = conn.SetLinger(0)
	_ = conn.Close()
}
