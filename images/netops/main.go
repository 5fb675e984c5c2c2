// netops acts on the network of other containers from outside of them, so that
// no fault and no witness depends on a tool inside the image under test.
//
// A command prints one JSON object per line on stdout; whoever starts it reads
// those lines, and on failure the single line on stderr. serve carries out
// many of them in one process.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

// command is one verb of the program. A new one is a value in the table below
// and a file of its own.
type command struct {
	name     string
	synopsis string
	run      func(arguments []string, out io.Writer) error
	// goOn takes the place of run where a command goes on until it is told.
	goOn func(ctx context.Context, arguments []string, out io.Writer) error
}

// A function, for serve is one of them and dispatches to all.
func commands() []command {
	return []command{
		{name: "link", synopsis: "down|up|state --container-pid N [--container-pid N …] [--interface eth0]", run: runLink},
		{name: "traces", synopsis: "--container-pid N [--container-pid N …]", run: runTraces},
		{name: "ops", synopsis: "--wanted JSON", goOn: runOps},
		{name: "clock", synopsis: "", run: runClock},
		{name: "serve", synopsis: "", run: runServe},
		{name: "wait", synopsis: "", run: runWait},
		{name: "power", synopsis: "off|freeze|thaw --container-pid N [--container-pid N …]", run: runPower},
		{name: "processes", synopsis: "--container ID [--container ID …]", run: runProcesses},
		{name: "pod", synopsis: "freeze|thaw|kill --container ID --pod UID [--member ID]", run: runPod},
		{name: "traffic", synopsis: "set --tag T --wanted JSON | clear --tag T --container ID … | list --container ID … | can", run: runTraffic},
		{name: "delay", synopsis: "--tag T --container ID [--pod UID] --queue N --latency 50ms [--jitter 5ms]", run: runDelay},
		{name: "reach", synopsis: "--wanted JSON [--timeout 500ms]", run: runReach},
		{name: "burn", synopsis: "--tag T --container ID [--cores N] [--mebibytes N]", run: runBurn},
		{name: "end", synopsis: "--tag T", run: runEnd},
		{name: "load", synopsis: "look|limit --container ID [--container ID …] [--millicores N]", run: runLoad},
		{name: "disk", synopsis: "state|fill|empty --container ID --pod UID --path P [--at-most BYTES]", run: runDisk},
		{name: "probe", synopsis: "--connect IP:PORT [--connect IP:PORT …] [--timeout 500ms] [--container-pid N]", run: runProbe},
	}
}

// usageError is a command line that asks for nothing that could be done, as
// against an act that was tried and failed.
type usageError struct{ reason string }

func (e usageError) Error() string { return e.reason }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	os.Exit(dispatch(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

func dispatch(ctx context.Context, arguments []string, out, trouble io.Writer) int {
	err := runCommand(ctx, arguments, out)
	var wrongUsage usageError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &wrongUsage):
		fmt.Fprintln(trouble, "netops: "+oneLine(err))
		for _, c := range commands() {
			fmt.Fprintf(trouble, "usage: netops %s %s\n", c.name, c.synopsis)
		}
		return exitUsage
	default:
		fmt.Fprintln(trouble, "netops: "+oneLine(err))
		return exitFailed
	}
}

func runCommand(ctx context.Context, arguments []string, out io.Writer) error {
	if len(arguments) == 0 {
		return usageError{"no command given"}
	}
	for _, c := range commands() {
		if c.name != arguments[0] {
			continue
		}
		if c.goOn != nil {
			return c.goOn(ctx, arguments[1:], out)
		}
		return c.run(arguments[1:], out)
	}
	return usageError{fmt.Sprintf("unknown command %q", arguments[0])}
}

// oneLine keeps the promise that a failure is one line, also for errors joined
// from several targets.
func oneLine(err error) string {
	return strings.Join(strings.Split(err.Error(), "\n"), "; ")
}
