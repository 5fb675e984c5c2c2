package main

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"time"

	"github.com/vishvananda/netns"
)

// attempt is one try to reach an address from inside a place.
type attempt struct {
	place
	To string `json:"to"` // IP:PORT
	// Name is what a name server at that address is asked for; empty to connect by TCP.
	Name string `json:"name,omitempty"`
}

type attemptReport struct {
	Outcome outcome `json:"outcome"`
	Millis  float64 `json:"millis"`
}

// runReach tries everything at once and reports in the order of the question:
// ten dark addresses must not take ten timeouts.
func runReach(arguments []string, out io.Writer) error {
	var wanted string
	var timeout time.Duration
	options := flag.NewFlagSet("reach", flag.ContinueOnError)
	options.StringVar(&wanted, "wanted", "", "JSON: a list of places and addresses")
	options.DurationVar(&timeout, "timeout", 500*time.Millisecond, "how long to wait for an answer")
	if err := parseOptions(options, arguments); err != nil {
		return err
	}
	var attempts []attempt
	if err := json.Unmarshal([]byte(wanted), &attempts); err != nil {
		return usageError{"reach: --wanted: " + err.Error()}
	}
	if timeout <= 0 {
		return usageError{fmt.Sprintf("reach: --timeout %s must be positive", timeout)}
	}
	// Each place is looked up once, however many attempts begin there: a look goes through all processes of the machine.
	networks := map[place]netns.NsHandle{}
	for _, one := range attempts {
		if _, known := networks[one.place]; !known {
			space, err := one.network()
			if err != nil {
				space = netns.None()
			}
			defer space.Close()
			networks[one.place] = space
		}
	}
	results := make([]chan attemptReport, len(attempts))
	for i, one := range attempts {
		results[i] = make(chan attemptReport, 1)
		go func() { results[i] <- one.try(networks[one.place], timeout) }()
	}
	lines := json.NewEncoder(out)
	for _, result := range results {
		if err := lines.Encode(<-result); err != nil {
			return err
		}
	}
	return nil
}

// absent: nobody is there who could try.
const absent outcome = "absent"

func (a attempt) try(space netns.NsHandle, timeout time.Duration) attemptReport {
	address, err := netip.ParseAddrPort(a.To)
	if err != nil {
		return attemptReport{Outcome: otherwise}
	}
	if !space.IsOpen() {
		return attemptReport{Outcome: absent}
	}
	if err := enter(space); err != nil {
		return attemptReport{Outcome: absent}
	}
	began := time.Now()
	if a.Name == "" {
		var connection net.Conn
		if connection, err = net.DialTimeout("tcp", address.String(), timeout); err == nil {
			connection.Close()
		}
	} else {
		err = askForName(address, a.Name, timeout)
	}
	return attemptReport{outcomeOf(err), float64(time.Since(began).Microseconds()) / 1000}
}

// askForName asks by UDP; any answer to our question counts, for it is the way
// there and back that is looked at.
func askForName(server netip.AddrPort, name string, timeout time.Duration) error {
	connection, err := (&net.Dialer{Timeout: timeout}).DialContext(context.Background(), "udp", server.String())
	if err != nil {
		return err
	}
	defer connection.Close()
	if err := connection.SetDeadline(time.Now().Add(timeout)); err != nil {
		return err
	}
	question := []byte{0xae, 0x7e, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0}
	for _, label := range strings.Split(strings.TrimSuffix(name, "."), ".") {
		question = append(append(question, byte(len(label))), label...)
	}
	question = append(question, 0, 0, 1, 0, 1)
	if _, err := connection.Write(question); err != nil {
		return err
	}
	answer := make([]byte, 1500)
	n, err := connection.Read(answer)
	switch {
	case err != nil:
		return err
	case n < 12 || binary.BigEndian.Uint16(answer) != 0xae7e:
		return errors.New("an answer to something else")
	}
	return nil
}
