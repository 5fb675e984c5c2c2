package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"
)

// A share of a processor is given out anew this often.
const periodMicros = 100_000

// loadReport is what the kernel counts of a node, everything in it included.
type loadReport struct {
	Container     string `json:"container"`
	CPUNanos      uint64 `json:"cpu_nanos"`
	ThrottledNano uint64 `json:"throttled_nanos"`
	MemoryBytes   uint64 `json:"memory_bytes"`
	// Millicores is the node's limit; 0 when it has none.
	Millicores uint64 `json:"millicores"`
	// FreeBytes is what the whole machine has left.
	FreeBytes uint64 `json:"free_bytes"`
}

// runLoad tells what nodes use, and limits what one may use.
func runLoad(arguments []string, out io.Writer) error {
	if len(arguments) == 0 {
		return usageError{"load: say look or limit"}
	}
	containers := list[string]{parse: parseContainer}
	var millicores uint64
	options := flag.NewFlagSet("load", flag.ContinueOnError)
	options.Var(&containers, "container", "full id of a node's container")
	options.Uint64Var(&millicores, "millicores", 0, "thousandths of a processor; 0 for no limit")
	if err := parseOptions(options, arguments[1:]); err != nil {
		return err
	}
	if len(containers.values) == 0 {
		return usageError{"load: name at least one --container"}
	}
	lines := json.NewEncoder(out)
	for _, container := range containers.values {
		groups, err := nodeGroups(place{Container: container})
		if err != nil {
			if arguments[0] == "limit" && millicores == 0 {
				continue // one that is off comes back without a limit
			}
			return err
		}
		switch arguments[0] {
		case "look":
			report, err := lookAtLoad(container, groups)
			if err != nil {
				return err
			}
			if err := lines.Encode(report); err != nil {
				return err
			}
		case "limit":
			if err := limit(groups, millicores); err != nil {
				return err
			}
		default:
			return usageError{fmt.Sprintf("load: %q is none of look, limit", arguments[0])}
		}
	}
	return nil
}

func limit(groups map[string]string, millicores uint64) error {
	if group, there := groups["cpu"]; there {
		quota := "-1"
		if millicores > 0 {
			quota = strconv.FormatUint(millicores*periodMicros/1000, 10)
		}
		return os.WriteFile(path.Join(hostGroups, "cpu", group, "cpu.cfs_quota_us"), []byte(quota), 0)
	}
	quota := "max"
	if millicores > 0 {
		quota = strconv.FormatUint(millicores*periodMicros/1000, 10)
	}
	return os.WriteFile(path.Join(hostGroups, groups[""], "cpu.max"), []byte(quota+" "+strconv.Itoa(periodMicros)), 0)
}

func lookAtLoad(container string, groups map[string]string) (loadReport, error) {
	report := loadReport{Container: container}
	var failed error
	number := func(file, key string) uint64 {
		value, err := numberIn(path.Join(hostGroups, file), key)
		failed = errors.Join(failed, err)
		return value
	}
	if cpu, there := groups["cpu"]; there {
		report.CPUNanos = number(path.Join("cpuacct", groups["cpuacct"], "cpuacct.usage"), "")
		report.ThrottledNano = number(path.Join("cpu", cpu, "cpu.stat"), "throttled_time")
		report.MemoryBytes = number(path.Join("memory", groups["memory"], "memory.stat"), "total_rss")
		quota, err := os.ReadFile(path.Join(hostGroups, "cpu", cpu, "cpu.cfs_quota_us"))
		failed = errors.Join(failed, err)
		if micros, err := strconv.ParseInt(strings.TrimSpace(string(quota)), 10, 64); err == nil && micros > 0 {
			report.Millicores = uint64(micros) * 1000 / periodMicros
		}
	} else {
		group := groups[""]
		report.CPUNanos = number(path.Join(group, "cpu.stat"), "usage_usec") * 1000
		report.ThrottledNano = number(path.Join(group, "cpu.stat"), "throttled_usec") * 1000
		report.MemoryBytes = number(path.Join(group, "memory.stat"), "anon")
		quota, err := os.ReadFile(path.Join(hostGroups, group, "cpu.max"))
		failed = errors.Join(failed, err)
		if fields := strings.Fields(string(quota)); len(fields) == 2 {
			if micros, err := strconv.ParseUint(fields[0], 10, 64); err == nil {
				report.Millicores = micros * 1000 / periodMicros
			}
		}
	}
	kibibytes, err := numberIn("/proc/meminfo", "MemAvailable:")
	report.FreeBytes = kibibytes << 10
	return report, errors.Join(failed, err)
}

// numberIn reads the number after a key, or the only number of a file.
func numberIn(file, key string) (uint64, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0, err
	}
	for _, line := range strings.Split(string(text), "\n") {
		fields := strings.Fields(line)
		switch {
		case key == "" && len(fields) == 1:
			return strconv.ParseUint(fields[0], 10, 64)
		case len(fields) >= 2 && fields[0] == key:
			return strconv.ParseUint(fields[1], 10, 64)
		}
	}
	return 0, fmt.Errorf("%s: has no %q: %w", file, key, fs.ErrNotExist)
}
