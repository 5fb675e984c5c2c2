package main

import (
	"flag"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// list is an option that may be given several times.
type list[T any] struct {
	values []T
	parse  func(string) (T, error)
}

func (l *list[T]) String() string { return fmt.Sprint(l.values) }

func (l *list[T]) Set(text string) error {
	value, err := l.parse(text)
	if err == nil {
		l.values = append(l.values, value)
	}
	return err
}

func parsePid(text string) (int, error) {
	pid, err := strconv.Atoi(text)
	if err != nil || pid < 1 {
		return 0, fmt.Errorf("%q is not a process id", text)
	}
	return pid, nil
}

// parseOptions reads everything in arguments as options of the set. What is
// left over is an error: a forgotten option name must not pass as nothing.
func parseOptions(options *flag.FlagSet, arguments []string) error {
	options.SetOutput(io.Discard)
	if err := options.Parse(arguments); err != nil {
		return usageError{options.Name() + ": " + err.Error()}
	}
	if options.NArg() > 0 {
		return usageError{fmt.Sprintf("%s: %q belongs to no option", options.Name(), strings.Join(options.Args(), " "))}
	}
	return nil
}
