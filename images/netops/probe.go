package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/netip"
	"runtime"
	"syscall"
	"time"

	"github.com/vishvananda/netns"
)

// probeReport is one attempt to connect. A refusal has travelled both ways, so
// the machine was there and only the port was closed; Outcome tells the two
// apart that Reachable, which asks for an open port, does not.
type probeReport struct {
	Address     string  `json:"address"`
	Reachable   bool    `json:"reachable"`
	Outcome     outcome `json:"outcome"`
	Millis      float64 `json:"millis"`
	AtUnixNanos int64   `json:"at_unix_nanos"`
	Error       string  `json:"error,omitempty"`
}

type outcome string

const (
	connected   outcome = "connected"
	refused     outcome = "refused"
	timedOut    outcome = "timeout"
	unreachable outcome = "unreachable"
	otherwise   outcome = "error"
)

type probeRequest struct {
	addresses []netip.AddrPort
	timeout   time.Duration
	pid       int // 0: from netops' own namespace
}

func parseProbe(arguments []string) (probeRequest, error) {
	var request probeRequest
	addresses := list[netip.AddrPort]{parse: netip.ParseAddrPort}
	pids := list[int]{parse: parsePid}
	options := flag.NewFlagSet("probe", flag.ContinueOnError)
	options.Var(&addresses, "connect", "IP:PORT to connect to")
	options.Var(&pids, "container-pid", "connect from inside this container's network")
	options.DurationVar(&request.timeout, "timeout", 500*time.Millisecond, "how long to wait for an answer")
	if err := parseOptions(options, arguments); err != nil {
		return request, err
	}
	switch {
	case len(addresses.values) == 0:
		return request, usageError{"probe: name at least one --connect IP:PORT"}
	case len(pids.values) > 1:
		return request, usageError{"probe: only one --container-pid can be probed from at a time"}
	case request.timeout <= 0:
		return request, usageError{fmt.Sprintf("probe: --timeout %s must be positive", request.timeout)}
	}
	request.addresses = addresses.values
	if len(pids.values) == 1 {
		request.pid = pids.values[0]
	}
	return request, nil
}

func runProbe(arguments []string, out io.Writer) error {
	request, err := parseProbe(arguments)
	if err != nil {
		return err
	}
	from := netns.None()
	if request.pid != 0 {
		if from, err = networkNamespaceOf(request.pid); err != nil {
			return err
		}
		defer from.Close()
	}
	// All at once: ten dark addresses must not take ten timeouts.
	results := make([]chan probeReport, len(request.addresses))
	failures := make(chan error, len(request.addresses))
	for i, address := range request.addresses {
		results[i] = make(chan probeReport, 1)
		go func() {
			defer close(results[i])
			if err := enter(from); err != nil {
				failures <- fmt.Errorf("pid %d: cannot enter its network namespace: %w", request.pid, err)
				return
			}
			results[i] <- probe(address, request.timeout)
		}()
	}
	lines := json.NewEncoder(out)
	for _, result := range results {
		report, ok := <-result
		if !ok {
			return <-failures
		}
		if err := lines.Encode(report); err != nil {
			return err
		}
	}
	return nil
}

// enter moves the calling goroutine into the namespace for good: its thread is
// never unlocked, so the runtime throws it away with the goroutine. Connecting
// to a plain address opens the socket on that same thread.
func enter(namespace netns.NsHandle) error {
	if !namespace.IsOpen() {
		return nil
	}
	runtime.LockOSThread()
	return netns.Set(namespace)
}

func probe(address netip.AddrPort, timeout time.Duration) probeReport {
	began := time.Now()
	connection, err := net.DialTimeout("tcp", address.String(), timeout)
	report := probeReport{
		Address:     address.String(),
		Reachable:   err == nil,
		Outcome:     outcomeOf(err),
		Millis:      float64(time.Since(began).Microseconds()) / 1000,
		AtUnixNanos: began.UnixNano(),
	}
	if err != nil {
		report.Error = oneLine(err)
		return report
	}
	connection.Close()
	return report
}

func outcomeOf(err error) outcome {
	var network net.Error
	switch {
	case err == nil:
		return connected
	case errors.Is(err, syscall.ECONNREFUSED):
		return refused
	case errors.As(err, &network) && network.Timeout():
		return timedOut
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		return unreachable
	}
	return otherwise
}
