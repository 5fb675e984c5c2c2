package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"syscall"
	"time"
)

// powerReport tells how long some containers may have been hit already and
// others not yet; one whose init is killed has no process left a moment later.
type powerReport struct {
	Targets   int   `json:"targets"`
	SkewNanos int64 `json:"skew_nanos"`
}

// runPower ends or freezes containers all at once, as a power cut or a stalled
// host does. An engine that is asked for the same does one after another.
func runPower(arguments []string, out io.Writer) error {
	if len(arguments) == 0 {
		return usageError{"power: say off, freeze or thaw"}
	}
	act, known := map[string]func([]*frozenMachine) error{"off": switchOff, "freeze": freezeAll, "thaw": thawAll}[arguments[0]]
	if !known {
		return usageError{fmt.Sprintf("power: %q is none of off, freeze, thaw", arguments[0])}
	}
	pids := list[int]{parse: parsePid}
	options := flag.NewFlagSet("power", flag.ContinueOnError)
	options.Var(&pids, "container-pid", "process id of the container's init on the host")
	if err := parseOptions(options, arguments[1:]); err != nil {
		return err
	}
	if len(pids.values) == 0 {
		return usageError{"power: name at least one --container-pid"}
	}
	// All of them are looked at before the first is touched: a number may have passed to a process of the host.
	var machines []*frozenMachine
	for _, pid := range pids.values {
		found, err := findFreezer(pid)
		if err != nil {
			return err
		}
		machines = append(machines, found)
	}
	began := time.Now()
	failed := act(machines)
	report := powerReport{Targets: len(machines)}
	if report.Targets > 1 {
		report.SkewNanos = time.Since(began).Nanoseconds()
	}
	return errors.Join(failed, json.NewEncoder(out).Encode(report))
}

// frozenMachine is a container that may be frozen as a whole.
type frozenMachine struct {
	pid int
	freezer
}

func findFreezer(pid int) (*frozenMachine, error) {
	groups, err := controlGroups(pid)
	if err != nil {
		return nil, fmt.Errorf("pid %d: %w; is the container running, and does netops share the host's pid namespace (--pid host)?", pid, err)
	}
	p := process{pid: pid, groups: groups}
	found, err := freezerOf(p, containerGroup)
	if err != nil {
		return nil, fmt.Errorf("pid %d: %w", pid, err)
	}
	return &frozenMachine{pid, found}, nil
}

// containerGroup is the part of a control group's path that ends with the
// outermost container.
func containerGroup(group string) string {
	at := containerID.FindStringIndex(group)
	if at == nil {
		return ""
	}
	end := strings.IndexByte(group[at[1]:], '/')
	if end < 0 {
		return group
	}
	return group[:at[1]+end]
}

func switchOff(machines []*frozenMachine) error {
	var failed error
	for _, m := range machines {
		if err := syscall.Kill(m.pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
			failed = errors.Join(failed, fmt.Errorf("pid %d: %w", m.pid, err))
		}
	}
	// What is frozen does not even die. One that is gone already has no freezer any more.
	_ = thawAll(machines)
	return failed
}

// freezeAll asks the kernel for all of them, and only then looks whether it has
// done so.
func freezeAll(machines []*frozenMachine) error {
	var failed error
	for _, m := range machines {
		failed = errors.Join(failed, m.ask(true))
	}
	for _, m := range machines {
		failed = errors.Join(failed, m.awaitFrozen())
	}
	return failed
}

func thawAll(machines []*frozenMachine) error {
	var failed error
	for _, m := range machines {
		failed = errors.Join(failed, m.ask(false))
	}
	return failed
}
