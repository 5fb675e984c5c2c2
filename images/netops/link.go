package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// linkReport is one target after the act. The act took place between
// AskedUnixNanos and AtUnixNanos, when the kernel had confirmed it. Carrier is
// what the container feels. A cable that was plugged but not Announced works
// too, after a second or so. Frozen is whether all its processes stand still.
type linkReport struct {
	Pid            int      `json:"pid"`
	Interface      string   `json:"interface"`
	State          position `json:"state"`
	Changed        bool     `json:"changed"`
	Carrier        bool     `json:"carrier"`
	Announced      bool     `json:"announced,omitempty"`
	Frozen         bool     `json:"frozen"`
	AskedUnixNanos int64    `json:"asked_unix_nanos"`
	AtUnixNanos    int64    `json:"at_unix_nanos"`
}

// linkSummary is the last line. SkewNanos is the longest time during which
// some targets were already done and others not yet.
type linkSummary struct {
	Targets   int   `json:"targets"`
	Changed   int   `json:"changed"`
	SkewNanos int64 `json:"skew_nanos"`
}

type linkRequest struct {
	wanted        position // empty: only look
	pids          []int
	interfaceName string
}

func parseLink(arguments []string) (linkRequest, error) {
	var request linkRequest
	if len(arguments) == 0 {
		return request, usageError{"link: say down, up or state"}
	}
	switch arguments[0] {
	case "down", "up":
		request.wanted = position(arguments[0])
	case "state":
	default:
		return request, usageError{fmt.Sprintf("link: %q is none of down, up, state", arguments[0])}
	}
	pids := list[int]{parse: parsePid}
	options := flag.NewFlagSet("link", flag.ContinueOnError)
	options.Var(&pids, "container-pid", "process id of the container on the host")
	options.Var(&pids, "pid", "the same, for short")
	options.StringVar(&request.interfaceName, "interface", "eth0", "interface inside the container")
	if err := parseOptions(options, arguments[1:]); err != nil {
		return request, err
	}
	if len(pids.values) == 0 {
		return request, usageError{"link: name at least one --container-pid"}
	}
	for i, pid := range pids.values {
		if slices.Contains(pids.values[:i], pid) {
			return request, usageError{fmt.Sprintf("link: --container-pid %d is given twice", pid)}
		}
	}
	request.pids = pids.values
	return request, nil
}

func runLink(arguments []string, out io.Writer) error {
	request, err := parseLink(arguments)
	if err != nil {
		return err
	}
	host, err := netlink.NewHandle(unix.NETLINK_ROUTE)
	if err != nil {
		return fmt.Errorf("cannot talk to the kernel's network (is the container privileged?): %w", err)
	}
	defer host.Close()

	var cables []*cable
	var missing error
	for _, pid := range request.pids {
		inside, err := networkNamespaceOf(pid)
		if err != nil {
			missing = errors.Join(missing, err)
			continue
		}
		defer inside.Close()
		found, err := findCable(pid, inside, host, request.interfaceName)
		if err != nil {
			missing = errors.Join(missing, err)
			continue
		}
		defer found.close()
		cables = append(cables, found)
	}
	// Harm is all or nothing: half a partition is another experiment than the
	// one asked for. Healing goes as far as it can.
	if missing != nil && request.wanted == down {
		return missing
	}
	return errors.Join(missing, act(cables, request.wanted, out))
}

// act switches all cables in a loop that does nothing else, and only then looks
// at what has become of them.
func act(cables []*cable, wanted position, out io.Writer) error {
	reports := make([]linkReport, len(cables))
	failures := make([]error, len(cables))
	began := time.Now().UnixNano()
	for i, c := range cables {
		reports[i] = linkReport{Pid: c.pid, Interface: c.hostEnd.Attrs().Name, AskedUnixNanos: began, AtUnixNanos: began}
	}
	if wanted != "" {
		for i, c := range cables {
			reports[i].AskedUnixNanos = time.Now().UnixNano()
			failures[i] = c.set(wanted)
			reports[i].AtUnixNanos = time.Now().UnixNano()
		}
	}
	for i, c := range cables {
		if failures[i] == nil && wanted == up {
			reports[i].Announced = c.announce() == nil
		}
	}
	for i, c := range cables {
		if failures[i] == nil {
			failures[i] = look(c, wanted, &reports[i])
		}
		if failures[i] != nil {
			failures[i] = fmt.Errorf("pid %d: %s: %w", c.pid, reports[i].Interface, failures[i])
		}
	}
	lines := json.NewEncoder(out)
	for i, report := range reports {
		if failures[i] == nil {
			if err := lines.Encode(report); err != nil {
				return err
			}
		}
	}
	if err := lines.Encode(summarize(reports)); err != nil {
		return err
	}
	return errors.Join(failures...)
}

// look completes a report, and contradicts the kernel's confirmation when the
// host end does not stand where it was put.
func look(c *cable, wanted position, report *linkReport) (err error) {
	if report.State, err = c.position(); err != nil {
		return err
	}
	if report.Carrier, err = c.carrier(); err != nil {
		return err
	}
	if wanted == "" {
		machine, err := findFreezer(c.pid)
		if err != nil {
			return err
		}
		report.Frozen, err = machine.isFrozen()
		return err
	}
	report.Changed = positionOf(c.hostEnd.Attrs().Flags) != wanted
	if report.State != wanted {
		return fmt.Errorf("was put %s and is %s", wanted, report.State)
	}
	return nil
}

func summarize(reports []linkReport) linkSummary {
	summary := linkSummary{Targets: len(reports)}
	var first, last int64
	for i, report := range reports {
		if report.Changed {
			summary.Changed++
		}
		if i == 0 || report.AskedUnixNanos < first {
			first = report.AskedUnixNanos
		}
		last = max(last, report.AtUnixNanos)
	}
	if len(reports) > 1 {
		summary.SkewNanos = last - first
	}
	return summary
}
