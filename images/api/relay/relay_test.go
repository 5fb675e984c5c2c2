package relay_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"syscall"
	"testing"
	"time"

	"aeterna.chaos/api/relay"
)

func TestBytesPassBothWaysAndEndsAreKept(t *testing.T) {
	upstream := listen(t)
	go func() {
		conn, err := upstream.Accept()
		if err != nil {
			return
		}
		request, _ := io.ReadAll(conn) // ends only if the client's FIN came through
		_, _ = conn.Write(append([]byte("echo "), request...))
		_ = conn.Close()
	}()
	client := connect(t, relayTo(t, upstream.Addr().String()))
	_, _ = client.Write([]byte("hello"))
	_ = client.CloseWrite()
	answer, err := io.ReadAll(client)
	if err != nil || string(answer) != "echo hello" {
		t.Fatalf("got %q, %v", answer, err)
	}
}

func TestARefusedConnectionIsReset(t *testing.T) {
	upstream := listen(t)
	nobody := upstream.Addr().String()
	_ = upstream.Close()
	// On the loopback interface the reset can overtake the end of the client's own connect.
	client, err := net.Dial("tcp", relayTo(t, nobody))
	if err == nil {
		defer client.Close()
		_, err = client.Read(make([]byte, 1))
	}
	if !errors.Is(err, syscall.ECONNRESET) {
		t.Fatalf("want a reset, got %v", err)
	}
}

func TestAResetComesThrough(t *testing.T) {
	upstream := listen(t)
	go func() {
		conn, err := upstream.Accept()
		if err != nil {
			return
		}
		_, _ = conn.Read(make([]byte, 1))
		_ = conn.(*net.TCPConn).SetLinger(0)
		_ = conn.Close()
	}()
	client := connect(t, relayTo(t, upstream.Addr().String()))
	_, _ = client.Write([]byte("x"))
	if _, err := client.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
		t.Fatalf("want a reset, got %v", err)
	}
}

func TestServeEndsWhenItsConnectionsHaveEnded(t *testing.T) {
	upstream := listen(t)
	listener := listen(t)
	ended := make(chan error)
	go func() { ended <- relay.New(upstream.Addr().String(), quiet()).Serve(context.Background(), listener) }()
	client := connect(t, listener.Addr().String())
	server, err := upstream.Accept()
	if err != nil {
		t.Fatal(err)
	}
	_ = listener.Close()
	select {
	case <-ended:
		t.Fatal("ended with a connection open")
	case <-time.After(50 * time.Millisecond):
	}
	_ = client.Close()
	_ = server.Close()
	select {
	case err := <-ended:
		if err != nil {
			t.Fatal(err)
		}
	case <-time.After(2 * time.Second):
		t.Fatal("did not end")
	}
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func relayTo(t *testing.T, to string) string {
	listener := listen(t)
	go func() { _ = relay.New(to, quiet()).Serve(context.Background(), listener) }()
	return listener.Addr().String()
}

func listen(t *testing.T) net.Listener {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	return listener
}

func connect(t *testing.T, address string) *net.TCPConn {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
	return conn.(*net.TCPConn)
}
