package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"unsafe"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netlink/nl"
	"github.com/vishvananda/netns"
	"golang.org/x/sys/unix"
)

// theKernelsOwn are the queueing disciplines that interfaces have when nobody
// has set any.
var theKernelsOwn = map[string]bool{"noqueue": true, "pfifo_fast": true, "fq_codel": true, "fq": true, "mq": true}

// lookAtNetworks looks into every network namespace of a node: its own and
// those of its pods.
func lookAtNetworks(node *machine, tell func(kind, what string)) error {
	looked := map[string]bool{}
	for _, p := range append([]process{{pid: node.pid, command: "the node"}}, node.processes...) {
		link, err := os.Readlink(fmt.Sprintf("/proc/%d/ns/net", p.pid))
		if err != nil || looked[link] {
			continue // it has ended meanwhile, or shares one that was looked into
		}
		looked[link] = true
		where := p.command
		if p.pid != node.pid {
			where = fmt.Sprintf("the pod of %s (pid %d)", p.command, p.pid)
		}
		err = lookAtNetwork(p.pid, func(kind, what string) { tell(kind, where+": "+what) })
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("the network of %s: %w", where, err)
		}
	}
	return nil
}

func lookAtNetwork(pid int, tell func(kind, what string)) error {
	inside, err := netns.GetFromPath(fmt.Sprintf("/proc/%d/ns/net", pid))
	if err != nil {
		return err
	}
	defer inside.Close()
	done := make(chan error, 1)
	// On a thread of its own, which is thrown away: the namespace stays with it.
	go func() {
		if err := enter(inside); err != nil {
			done <- err
			return
		}
		done <- errors.Join(lookAtQueues(tell), lookAtRoutes(tell), lookAtTables(tell),
			lookAtOldTables(pid, "ip_tables_names", unix.IPPROTO_IP, tell),
			lookAtOldTables(pid, "ip6_tables_names", unix.IPPROTO_IPV6, tell))
	}()
	return <-done
}

func lookAtQueues(tell func(kind, what string)) error {
	links, err := netlink.LinkList()
	if err != nil {
		return err
	}
	names := map[int]string{}
	for _, link := range links {
		names[link.Attrs().Index] = link.Attrs().Name
	}
	queues, err := netlink.QdiscList(nil)
	if err != nil {
		return err
	}
	for _, queue := range queues {
		if !theKernelsOwn[queue.Type()] {
			tell("queue", fmt.Sprintf("%s %s on %s", queue.Type(), netlink.HandleStr(queue.Attrs().Handle), names[queue.Attrs().LinkIndex]))
		}
	}
	return nil
}

// lookAtRoutes finds those that lead nowhere.
func lookAtRoutes(tell func(kind, what string)) error {
	routes, err := netlink.RouteListFiltered(netlink.FAMILY_V4, &netlink.Route{Table: unix.RT_TABLE_UNSPEC}, netlink.RT_FILTER_TABLE)
	if err != nil {
		return err
	}
	for _, route := range routes {
		switch route.Type {
		case unix.RTN_BLACKHOLE, unix.RTN_UNREACHABLE, unix.RTN_PROHIBIT:
			tell("route", fmt.Sprintf("%s to %s", routeTypes[route.Type], route.Dst))
		}
	}
	return nil
}

var routeTypes = map[int]string{unix.RTN_BLACKHOLE: "blackhole", unix.RTN_UNREACHABLE: "unreachable", unix.RTN_PROHIBIT: "prohibit"}

// The kernel's numbers for dumps of its newer packet filter; x/sys has them
// under names of other architectures' headers.
const (
	getTable = 1
	getChain = 4
	getRule  = 7
)

// lookAtTables searches the newer packet filter (nftables, and iptables on top
// of it) for the mark: names and comments stand in its messages as they are.
func lookAtTables(tell func(kind, what string)) error {
	for _, what := range []int{getTable, getChain, getRule} {
		request := nl.NewNetlinkRequest(unix.NFNL_SUBSYS_NFTABLES<<8|what, unix.NLM_F_DUMP)
		request.AddData(&nl.Nfgenmsg{NfgenFamily: unix.AF_UNSPEC})
		messages, err := request.Execute(unix.NETLINK_NETFILTER, 0)
		if err != nil {
			if errors.Is(err, unix.EINVAL) || errors.Is(err, unix.EOPNOTSUPP) || errors.Is(err, unix.EPROTONOSUPPORT) {
				return nil // this kernel has none
			}
			return fmt.Errorf("nftables: %w", err)
		}
		for _, message := range messages {
			for _, found := range marked(message) {
				tell("filter", found)
			}
		}
	}
	return nil
}

// markAnywhere finds it in capitals too, as in names of chains, and takes the
// printable text that follows along.
var markAnywhere = regexp.MustCompile("(?i)(?:" + mark + "[ -~]*)")

// marked are the texts in there that begin with the mark.
func marked(message []byte) []string {
	return markAnywhere.FindAllString(string(message), -1)
}

// lookAtOldTables searches the older packet filter's tables, those that are
// there: asking for another one would make it.
func lookAtOldTables(pid int, names string, level int, tell func(kind, what string)) error {
	tables, err := os.ReadFile(fmt.Sprintf("/proc/%d/net/%s", pid, names))
	if err != nil {
		return nil // this kernel has none
	}
	for _, table := range strings.Fields(string(tables)) {
		entries, err := oldTable(level, table)
		if err != nil {
			return fmt.Errorf("table %s: %w", table, err)
		}
		for _, found := range marked(entries) {
			tell("filter", found)
		}
	}
	return nil
}

const (
	getInfo    = 64
	getEntries = 65
	tableName  = 32
	// name, valid hooks, hook entries, underflows, number of entries, size
	infoSize = tableName + 4 + 5*4 + 5*4 + 4 + 4
	// name, size, and what aligns the entries
	entriesHead = tableName + 4 + 4
)

func oldTable(level int, table string) ([]byte, error) {
	family := unix.AF_INET
	if level == unix.IPPROTO_IPV6 {
		family = unix.AF_INET6
	}
	socket, err := unix.Socket(family, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.IPPROTO_RAW)
	if err != nil {
		return nil, err
	}
	defer unix.Close(socket)
	info := make([]byte, infoSize)
	copy(info, table)
	if err := ask(socket, level, getInfo, info); err != nil {
		return nil, err
	}
	size := binary.NativeEndian.Uint32(info[infoSize-4:])
	entries := make([]byte, entriesHead+int(size))
	copy(entries, table)
	binary.NativeEndian.PutUint32(entries[tableName:], size)
	if err := ask(socket, level, getEntries, entries); err != nil {
		return nil, err
	}
	return entries[entriesHead:], nil
}

func ask(socket, level, what int, buffer []byte) error {
	size := uint32(len(buffer))
	_, _, errno := unix.Syscall6(unix.SYS_GETSOCKOPT, uintptr(socket), uintptr(level), uintptr(what),
		uintptr(unsafe.Pointer(&buffer[0])), uintptr(unsafe.Pointer(&size)), 0)
	if errno != 0 {
		return errno
	}
	return nil
}

// lookAtCable looks at the host's end of the node's cable: what is queued there
// the node itself cannot see.
func lookAtCable(node *machine, tell func(kind, what string)) error {
	inside, err := networkNamespaceOf(node.pid)
	if err != nil {
		return err
	}
	defer inside.Close()
	host, err := netlink.NewHandle(unix.NETLINK_ROUTE)
	if err != nil {
		return err
	}
	defer host.Close()
	found, err := findCable(node.pid, inside, host, "eth0")
	if err != nil {
		tell("cable", err.Error())
		return nil
	}
	defer found.close()
	queues, err := host.QdiscList(found.hostEnd)
	if err != nil {
		return err
	}
	for _, queue := range queues {
		if !theKernelsOwn[queue.Type()] {
			tell("queue", fmt.Sprintf("%s %s on the host's end of the cable, %s", queue.Type(),
				netlink.HandleStr(queue.Attrs().Handle), found.hostEnd.Attrs().Name))
		}
	}
	return nil
}
