package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"syscall"
	"time"
)

// powerReport tells how long some containers were already hit and others not
// yet; a container whose init is killed has no process left a moment later.
type powerReport struct {
	Targets   int   `json:"targets"`
	SkewNanos int64 `json:"skew_nanos"`
}

// runPower ends containers as a power cut does. An engine that is asked for the
// same does one after another and waits for each to be cleared away.
func runPower(arguments []string, out io.Writer) error {
	if len(arguments) == 0 || arguments[0] != "off" {
		return usageError{"power: say off"}
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
	for _, pid := range pids.values {
		if _, err := findMachine(pid); err != nil {
			return err
		}
	}
	began := time.Now()
	var failed error
	for _, pid := range pids.values {
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
			failed = errors.Join(failed, fmt.Errorf("pid %d: %w", pid, err))
		}
	}
	report := powerReport{Targets: len(pids.values)}
	if report.Targets > 1 {
		report.SkewNanos = time.Since(began).Nanoseconds()
	}
	return errors.Join(failed, json.NewEncoder(out).Encode(report))
}
