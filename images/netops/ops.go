package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vishvananda/netns"
)

// client asks one thing on a fixed schedule, from inside a pod.
type client struct {
	place
	Name string `json:"name"`
	To   string `json:"to"` // IP:PORT
	// Request is sent over a new connection; what comes back must begin with Expected.
	Request        []byte `json:"request"`
	Expected       string `json:"expected"`
	SpacingMillis  int64  `json:"spacing_millis"`
	DeadlineMillis int64  `json:"deadline_millis"`
	// Cap is how many requests may be on their way.
	Cap int32 `json:"cap"`

	address  netip.AddrPort
	inFlight atomic.Int32
}

// opReport is one request, its moments on this machine's monotonic clock.
type opReport struct {
	Client    string `json:"client"`
	Number    int64  `json:"number"`
	Scheduled int64  `json:"scheduled"`
	Sent      int64  `json:"sent"`
	Ended     int64  `json:"ended"`
	// Outcome is ok, fail or shed: not sent at all.
	Outcome string `json:"outcome"`
	Error   string `json:"error,omitempty"`
}

// runOps keeps clients at work until it is told to stop. They never wait for
// one another, nor for an answer.
func runOps(ctx context.Context, arguments []string, out io.Writer) error {
	var wanted string
	options := flag.NewFlagSet("ops", flag.ContinueOnError)
	options.StringVar(&wanted, "wanted", "", "JSON: a list of clients")
	if err := parseOptions(options, arguments); err != nil {
		return err
	}
	var clients []*client
	if err := json.Unmarshal([]byte(wanted), &clients); err != nil {
		return usageError{"ops: --wanted: " + err.Error()}
	}
	for _, c := range clients {
		var err error
		if c.address, err = netip.ParseAddrPort(c.To); err != nil {
			return usageError{fmt.Sprintf("ops: %s: %v", c.Name, err)}
		}
		if c.SpacingMillis < 1 || c.DeadlineMillis < 1 || c.Cap < 1 {
			return usageError{fmt.Sprintf("ops: %s: a spacing, a deadline and a cap above zero are needed", c.Name)}
		}
	}
	var working sync.WaitGroup
	reports := make(chan opReport, 64)
	for _, c := range clients {
		working.Add(1)
		go func() {
			defer working.Done()
			c.work(ctx, reports)
		}()
	}
	go func() {
		working.Wait()
		close(reports)
	}()
	lines := json.NewEncoder(out)
	var failed error
	for report := range reports {
		if failed == nil {
			failed = lines.Encode(report)
		}
	}
	return failed
}

func (c *client) work(ctx context.Context, reports chan<- opReport) {
	var answering sync.WaitGroup
	defer answering.Wait()
	spacing := time.Duration(c.SpacingMillis) * time.Millisecond
	origin, began := monotonic(), time.Now()
	var at standpoint
	defer func() { at.close() }()
	for number := int64(0); ; number++ {
		after := time.Duration(number) * spacing
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Until(began.Add(after))):
		}
		report := opReport{Client: c.Name, Number: number, Scheduled: origin + after.Nanoseconds()}
		if err := at.take(c.place); err != nil {
			c.shed(report, err.Error(), reports)
			continue
		}
		if c.inFlight.Add(1) > c.Cap {
			c.inFlight.Add(-1)
			c.shed(report, fmt.Sprintf("%d requests are in flight already", c.Cap), reports)
			continue
		}
		answering.Add(1)
		space := at.network()
		go func() {
			defer answering.Done()
			defer c.inFlight.Add(-1)
			reports <- c.ask(space, report)
		}()
	}
}

func (c *client) shed(report opReport, why string, reports chan<- opReport) {
	report.Sent = monotonic()
	report.Ended, report.Outcome, report.Error = report.Sent, "shed", why
	reports <- report
}

// ask runs on a thread of its own, which goes with it.
func (c *client) ask(space *sharedNetwork, report opReport) opReport {
	defer space.leave()
	err := enter(space.handle)
	report.Sent = monotonic()
	if err == nil {
		deadline := time.Now().Add(time.Duration(report.Scheduled + c.DeadlineMillis*1e6 - report.Sent))
		err = c.converse(deadline)
	}
	report.Ended, report.Outcome = monotonic(), "ok"
	if err != nil {
		report.Outcome, report.Error = "fail", said(err)
	}
	return report
}

// said leaves out the ports, which are others each time: what failed alike is
// to be counted together.
func said(err error) string {
	var network *net.OpError
	if errors.As(err, &network) {
		return network.Op + ": " + network.Err.Error()
	}
	return oneLine(err)
}

func (c *client) converse(deadline time.Time) error {
	connection, err := (&net.Dialer{Deadline: deadline}).Dial("tcp", c.address.String())
	if err != nil {
		return err
	}
	defer connection.Close()
	if err := connection.SetDeadline(deadline); err != nil {
		return err
	}
	if _, err := connection.Write(c.Request); err != nil {
		return err
	}
	answer := make([]byte, 512)
	n, err := io.ReadAtLeast(connection, answer, len(c.Expected))
	if strings.HasPrefix(string(answer[:n]), c.Expected) {
		return nil
	}
	if n == 0 && err != nil {
		return err
	}
	first, _, _ := strings.Cut(string(answer[:n]), "\r\n")
	return errors.New("answered " + first)
}

// standpoint is where a client stands: it asks nothing while its pod stands
// still, and none is left once that has gone.
type standpoint struct {
	taken   bool
	pid     int
	freezer freezer
	space   *sharedNetwork
}

func (s *standpoint) take(at place) error {
	if s.taken && stateOf(s.pid) == "" {
		s.close()
	}
	if !s.taken {
		members, err := at.members()
		if err != nil {
			return err
		}
		if len(members) == 0 {
			return errors.New("nobody is there to ask: its pod does not run")
		}
		if s.freezer, err = freezerOf(members[0], podGroup); err != nil {
			return err
		}
		space, err := networkNamespaceOf(members[0].pid)
		if err != nil {
			return err
		}
		s.taken, s.pid, s.space = true, members[0].pid, share(space)
	}
	if frozen, err := s.freezer.isFrozen(); frozen || err != nil {
		return errors.Join(errors.New("nobody is there to ask: its pod stands still"), err)
	}
	return nil
}

func (s *standpoint) network() *sharedNetwork {
	s.space.users.Add(1)
	return s.space
}

func (s *standpoint) close() {
	if s.taken {
		s.space.leave()
		s.taken = false
	}
}

// sharedNetwork is closed when the last of its users leaves.
type sharedNetwork struct {
	handle netns.NsHandle
	users  atomic.Int32
}

func share(handle netns.NsHandle) *sharedNetwork {
	shared := &sharedNetwork{handle: handle}
	shared.users.Add(1)
	return shared
}

func (s *sharedNetwork) leave() {
	if s.users.Add(-1) == 0 {
		s.handle.Close()
	}
}

// runClock tells this machine's monotonic clock, so that whoever asks can map
// it to its own.
func runClock(arguments []string, out io.Writer) error {
	if len(arguments) > 0 {
		return usageError{"clock: takes no options"}
	}
	return json.NewEncoder(out).Encode(map[string]int64{"monotonic_nanos": monotonic()})
}
