package main

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
)

func TestWrongCommandLinesExitWithTwoAndSayWhatWasWrong(t *testing.T) {
	for line, reason := range map[string]string{
		"":                                      "no command given",
		"cut":                                   `unknown command "cut"`,
		"link":                                  "say down, up or state",
		"link off --container-pid 1":            `"off" is none of down, up, state`,
		"link down":                             "at least one --container-pid",
		"link down --container-pid zero":        `"zero" is not a process id`,
		"link down --container-pid -4":          `"-4" is not a process id`,
		"link down --container-pid 12 34":       `"34" belongs to no option`,
		"link down --pid 12 --container-pid 12": "12 is given twice",
		"link down --nic eth1":                  "-nic",
		"probe":                                 "at least one --connect",
		"probe --connect localhost:80":          `"localhost:80"`,
		"probe --connect 10.0.0.1":              `"10.0.0.1"`,
		"probe --connect 10.0.0.1:80 --timeout 0s": "must be positive",
		"wait long":                         "takes no options",
		"pod freeze --container 12":         "is not the full id of a container",
		"pod freeze":                        "name --container and --pod",
		"traffic":                           "say set, clear, list or can",
		"traffic clear":                     `"" is no tag`,
		"traffic set --tag abcd --wanted {": "--wanted",
		"delay --tag abcd":                  "--container",
		"burn --tag abcd":                   "name --tag and --container",
		"power":                             "say off, freeze or thaw",
		"power on":                          `"on" is none of off, freeze, thaw`,
		"power off":                         "at least one --container-pid",
		"ops --wanted {":                    "ops: --wanted",
		"clock now":                         "takes no options",
		"serve me":                          "takes no options",
		"end":                               `"" is no tag`,
		"load look":                         "at least one --container",
		"disk fill":                         "absolute --path",
		"processes":                         "at least one --container",
		"probe --connect 10.0.0.1:80 --timeout 500":                       `"500"`,
		"probe --connect 10.0.0.1:80 --container-pid 1 --container-pid 2": "only one",
	} {
		var out, trouble bytes.Buffer
		if code := dispatch(context.Background(), strings.Fields(line), &out, &trouble); code != exitUsage {
			t.Errorf("%q: exit code %d, want %d", line, code, exitUsage)
		}
		if first, _, _ := strings.Cut(trouble.String(), "\n"); !strings.Contains(first, reason) {
			t.Errorf("%q: said %q, want it to contain %q", line, first, reason)
		}
		if out.Len() > 0 {
			t.Errorf("%q: wrote %q to stdout", line, out.String())
		}
	}
}

func TestAProcessThatIsGoneExitsWithOneAndOneLine(t *testing.T) {
	for _, line := range []string{
		"link down --container-pid 4194999 --container-pid 4194998",
		"probe --container-pid 4194999 --connect 127.0.0.1:9",
	} {
		var out, trouble bytes.Buffer
		if code := dispatch(context.Background(), strings.Fields(line), &out, &trouble); code != exitFailed {
			t.Errorf("%q: exit code %d, want %d (%s)", line, code, exitFailed, trouble.String())
		}
		if !strings.Contains(trouble.String(), "pid 4194999: no such process") || strings.Count(trouble.String(), "\n") != 1 {
			t.Errorf("%q: said %q, want one line about pid 4194999", line, trouble.String())
		}
	}
}

func TestJoinedErrorsStayOnOneLine(t *testing.T) {
	joined := errors.Join(errors.New("first"), errors.New("second"))
	if got := oneLine(joined); got != "first; second" {
		t.Errorf("got %q", got)
	}
}
