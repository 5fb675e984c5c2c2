// netops acts on the network of other containers from outside of them, so that
// no fault and no witness depends on a tool inside the image under test.
//
// It runs once per act and prints one JSON object per line on stdout; whoever
// starts it reads those lines, and on failure the single line on stderr.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
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
}

var commands = []command{
	{"link", "down|up|state --container-pid N [--container-pid N …] [--interface eth0]", runLink},
	{"traces", "--container-pid N [--container-pid N …]", runTraces},
	{"wait", "", runWait},
	{"power", "off --container-pid N [--container-pid N …]", runPower},
	{"processes", "--container ID [--container ID …]", runProcesses},
	{"pod", "freeze|thaw|kill --container ID --pod UID [--member ID]", runPod},
	{"traffic", "set --tag T --wanted JSON | clear --tag T --container ID … | list --container ID … | can", runTraffic},
	{"delay", "--tag T --container ID [--pod UID] --queue N --latency 50ms [--jitter 5ms]", runDelay},
	{"reach", "--wanted JSON [--timeout 500ms]", runReach},
	{"burn", "--tag T --container ID [--cores N] [--mebibytes N]", runBurn},
	{"end", "--tag T", runEnd},
	{"load", "look|limit --container ID [--container ID …] [--millicores N]", runLoad},
	{"disk", "state|fill|empty --container ID --pod UID --path P [--at-most BYTES]", runDisk},
	{"probe", "--connect IP:PORT [--connect IP:PORT …] [--timeout 500ms] [--container-pid N]", runProbe},
}

// usageError is a command line that asks for nothing that could be done, as
// against an act that was tried and failed.
type usageError struct{ reason string }

func (e usageError) Error() string { return e.reason }

func main() {
	os.Exit(dispatch(os.Args[1:], os.Stdout, os.Stderr))
}

func dispatch(arguments []string, out, trouble io.Writer) int {
	err := runCommand(arguments, out)
	var wrongUsage usageError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &wrongUsage):
		fmt.Fprintln(trouble, "netops: "+oneLine(err))
		for _, c := range commands {
			fmt.Fprintf(trouble, "usage: netops %s %s\n", c.name, c.synopsis)
		}
		return exitUsage
	default:
		fmt.Fprintln(trouble, "netops: "+oneLine(err))
		return exitFailed
	}
}

func runCommand(arguments []string, out io.Writer) error {
	if len(arguments) == 0 {
		return usageError{"no command given"}
	}
	i := slices.IndexFunc(commands, func(c command) bool { return c.name == arguments[0] })
	if i < 0 {
		return usageError{fmt.Sprintf("unknown command %q", arguments[0])}
	}
	return commands[i].run(arguments[1:], out)
}

// oneLine keeps the promise that a failure is one line, also for errors joined
// from several targets.
func oneLine(err error) string {
	return strings.Join(strings.Split(err.Error(), "\n"), "; ")
}
