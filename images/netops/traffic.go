package main

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/netip"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/google/nftables"
	"github.com/google/nftables/expr"
	"github.com/google/nftables/xt"
	"github.com/vishvananda/netns"
	"golang.org/x/sys/unix"
)

// Everything of one act carries its tag; a table of the packet filter holds
// all its rules in one namespace and takes them along when it goes.
var tagFormat = regexp.MustCompile(`^[a-z0-9]{4,16}$`)

// mangling is where packets have their final destination already and still
// their first source.
var mangling = nftables.ChainPriority(*nftables.ChainPriorityMangle)

// rule is what happens to packets of one kind in one direction.
type rule struct {
	Hook     string `json:"hook"`               // "in": packets that arrive at the place, "out": packets that leave it
	From     string `json:"from,omitempty"`     // network that they come from
	To       string `json:"to,omitempty"`       // network that they go to
	Protocol string `json:"protocol,omitempty"` // tcp or udp
	Port     uint16 `json:"port,omitempty"`     // destination port
	Act      string `json:"act"`                // drop, lose, queue or classify
	// PerTenThousand of the packets are lost.
	PerTenThousand uint32 `json:"per_ten_thousand,omitempty"`
	Queue          uint16 `json:"queue,omitempty"`
}

type trafficAt struct {
	place
	Rules []rule `json:"rules"`
	Shape *shape `json:"shape,omitempty"`
}

type trafficCounts struct {
	place
	Tag     string `json:"tag"`
	Rules   int    `json:"rules"`
	Packets uint64 `json:"packets"`
	Bytes   uint64 `json:"bytes"`
	Shaped  bool   `json:"shaped"`
}

func runTraffic(arguments []string, out io.Writer) error {
	if len(arguments) == 0 {
		return usageError{"traffic: say set, clear, list or can"}
	}
	var tag, wanted string
	containers := list[string]{parse: parseContainer}
	options := flag.NewFlagSet("traffic", flag.ContinueOnError)
	options.StringVar(&tag, "tag", "", "what names the act: 4 to 16 lower-case letters and digits")
	options.StringVar(&wanted, "wanted", "", "JSON: a list of places with their rules")
	options.Var(&containers, "container", "full id of a node's container")
	if err := parseOptions(options, arguments[1:]); err != nil {
		return err
	}
	switch arguments[0] {
	case "set":
		if !tagFormat.MatchString(tag) {
			return usageError{fmt.Sprintf("traffic: %q is no tag", tag)}
		}
		var places []trafficAt
		if err := json.Unmarshal([]byte(wanted), &places); err != nil {
			return usageError{"traffic: --wanted: " + err.Error()}
		}
		return setTraffic(tag, places)
	case "clear":
		if !tagFormat.MatchString(tag) {
			return usageError{fmt.Sprintf("traffic: %q is no tag", tag)}
		}
		return clearTraffic(tag, containers.values)
	case "list":
		return listTraffic(containers.values, json.NewEncoder(out))
	case "can":
		return json.NewEncoder(out).Encode(map[string]bool{"netem": kernelHasNetem()})
	}
	return usageError{fmt.Sprintf("traffic: %q is none of set, clear, list, can", arguments[0])}
}

func tableOf(tag string) string { return mark + "-" + tag }

// setTraffic prepares every place first, so that the acts themselves follow
// each other within milliseconds.
func setTraffic(tag string, places []trafficAt) error {
	type prepared struct {
		at    trafficAt
		space netns.NsHandle
		conn  *nftables.Conn
	}
	var ready []prepared
	defer func() {
		for _, p := range ready {
			p.space.Close()
		}
	}()
	for _, at := range places {
		space, err := at.network()
		if err != nil {
			return err
		}
		conn, err := nftables.New(nftables.WithNetNSFd(int(space)))
		if err != nil {
			space.Close()
			return err
		}
		ready = append(ready, prepared{at, space, conn})
		for _, r := range at.Rules {
			if r.Act == "queue" {
				if err := awaitQueue(at.place, r.Queue); err != nil {
					return err
				}
			}
		}
		if err := addRules(conn, tag, at.Rules); err != nil {
			return fmt.Errorf("%s: %w", at.place, err)
		}
	}
	for _, p := range ready {
		if err := p.conn.Flush(); err != nil {
			return fmt.Errorf("%s: %w", p.at.place, err)
		}
		// After the table, by which the way back knows that there may be something to undo.
		if p.at.Shape != nil {
			if err := p.at.Shape.set(p.space); err != nil {
				return fmt.Errorf("%s: %w", p.at.place, err)
			}
		}
	}
	return nil
}

func addRules(conn *nftables.Conn, tag string, rules []rule) error {
	table := conn.AddTable(&nftables.Table{Family: nftables.TableFamilyIPv4, Name: tableOf(tag)})
	chains := map[string]*nftables.Chain{}
	for hook, at := range map[string]*nftables.ChainHook{"in": nftables.ChainHookPrerouting, "out": nftables.ChainHookPostrouting} {
		if slices.ContainsFunc(rules, func(r rule) bool { return r.Hook == hook }) {
			chains[hook] = conn.AddChain(&nftables.Chain{
				Name: strings.ToUpper(mark) + "-" + hook, Table: table, Type: nftables.ChainTypeFilter,
				Hooknum: at, Priority: &mangling,
			})
		}
	}
	for _, r := range rules {
		chain := chains[r.Hook]
		if chain == nil {
			return fmt.Errorf("%q is no hook", r.Hook)
		}
		expressions, err := r.expressions()
		if err != nil {
			return err
		}
		conn.AddRule(&nftables.Rule{Table: table, Chain: chain, Exprs: expressions})
	}
	return nil
}

const register = 1

func (r rule) expressions() ([]expr.Any, error) {
	var all []expr.Any
	for _, side := range []struct {
		network string
		offset  uint32
	}{{r.From, 12}, {r.To, 16}} {
		if side.network == "" {
			continue
		}
		match, err := matchNetwork(side.network, side.offset)
		if err != nil {
			return nil, err
		}
		all = append(all, match...)
	}
	if r.Protocol != "" {
		number, known := map[string]byte{"tcp": unix.IPPROTO_TCP, "udp": unix.IPPROTO_UDP}[r.Protocol]
		if !known {
			return nil, fmt.Errorf("%q is no protocol", r.Protocol)
		}
		all = append(all,
			&expr.Meta{Key: expr.MetaKeyL4PROTO, Register: register},
			&expr.Cmp{Op: expr.CmpOpEq, Register: register, Data: []byte{number}})
	}
	if r.Port != 0 {
		all = append(all,
			&expr.Payload{DestRegister: register, Base: expr.PayloadBaseTransportHeader, Offset: 2, Len: 2},
			&expr.Cmp{Op: expr.CmpOpEq, Register: register, Data: binary.BigEndian.AppendUint16(nil, r.Port)})
	}
	switch r.Act {
	case "drop":
		return append(all, &expr.Counter{}, &expr.Verdict{Kind: expr.VerdictDrop}), nil
	case "lose":
		if r.PerTenThousand < 1 || r.PerTenThousand > 10_000 {
			return nil, fmt.Errorf("%d of ten thousand packets cannot be lost", r.PerTenThousand)
		}
		return append(all,
			&expr.Numgen{Register: register, Modulus: 10_000, Type: unix.NFT_NG_RANDOM},
			&expr.Byteorder{SourceRegister: register, DestRegister: register, Op: expr.ByteorderHton, Len: 4, Size: 4},
			&expr.Cmp{Op: expr.CmpOpLt, Register: register, Data: binary.BigEndian.AppendUint32(nil, r.PerTenThousand)},
			&expr.Counter{}, &expr.Verdict{Kind: expr.VerdictDrop}), nil
	case "queue":
		// One queue, and past it when nobody listens: a delayer that dies must not cut anybody off. The newer filter's own
		// way to a queue is missing in some kernels, the older one's is everywhere.
		info := make([]byte, 8)
		binary.NativeEndian.PutUint16(info[0:], r.Queue)
		binary.NativeEndian.PutUint16(info[2:], 1)
		binary.NativeEndian.PutUint16(info[4:], 1)
		unknown := xt.Unknown(info)
		return append(all, &expr.Counter{}, &expr.Target{Name: "NFQUEUE", Rev: 3, Info: &unknown}), nil
	case "classify":
		return append(all, &expr.Counter{},
			&expr.Immediate{Register: register, Data: binary.NativeEndian.AppendUint32(nil, shapedClass)},
			&expr.Meta{Key: expr.MetaKeyPRIORITY, SourceRegister: true, Register: register}), nil
	}
	return nil, fmt.Errorf("%q is none of drop, lose, queue, classify", r.Act)
}

func matchNetwork(network string, offset uint32) ([]expr.Any, error) {
	prefix, err := netip.ParsePrefix(network)
	if err != nil || !prefix.Addr().Is4() {
		return nil, fmt.Errorf("%q is no IPv4 network", network)
	}
	bits := binary.BigEndian.AppendUint32(nil, ^uint32(0)<<(32-prefix.Bits()))
	address := prefix.Masked().Addr().As4()
	return []expr.Any{
		&expr.Payload{DestRegister: register, Base: expr.PayloadBaseNetworkHeader, Offset: offset, Len: 4},
		&expr.Bitwise{SourceRegister: register, DestRegister: register, Len: 4, Mask: bits, Xor: make([]byte, 4)},
		&expr.Cmp{Op: expr.CmpOpEq, Register: register, Data: address[:]},
	}, nil
}

// spaces calls back once for every network namespace in the containers.
func spaces(containers []string, visit func(at place, space netns.NsHandle) error) error {
	var failed error
	for _, container := range containers {
		all, err := processesIn(container)
		if err != nil {
			return err
		}
		looked := map[string]bool{}
		for _, p := range all {
			link, err := os.Readlink(fmt.Sprintf("/proc/%d/ns/net", p.pid))
			if err != nil || looked[link] {
				continue
			}
			space, err := networkNamespaceOf(p.pid)
			if err != nil {
				continue // it has ended meanwhile
			}
			looked[link] = true
			failed = errors.Join(failed, visit(place{container, p.podOf()}, space))
			space.Close()
		}
	}
	return failed
}

// clearTraffic takes away whatever of the tag there is, also of an act that
// failed half-way; what is not there is fine.
func clearTraffic(tag string, containers []string) error {
	failed := spaces(containers, func(at place, space netns.NsHandle) error {
		conn, err := nftables.New(nftables.WithNetNSFd(int(space)))
		if err != nil {
			return err
		}
		tables, err := conn.ListTablesOfFamily(nftables.TableFamilyIPv4)
		if err != nil {
			return fmt.Errorf("%s: %w", at, err)
		}
		for _, table := range tables {
			if table.Name != tableOf(tag) {
				continue
			}
			conn.DelTable(table)
			if err := conn.Flush(); err != nil && !errors.Is(err, unix.ENOENT) {
				return fmt.Errorf("%s: %w", at, err)
			}
			if err := unshape(space); err != nil {
				return fmt.Errorf("%s: %w", at, err)
			}
		}
		return nil
	})
	return errors.Join(failed, endHelpers("delay", tag))
}

func listTraffic(containers []string, lines *json.Encoder) error {
	return spaces(containers, func(at place, space netns.NsHandle) error {
		conn, err := nftables.New(nftables.WithNetNSFd(int(space)))
		if err != nil {
			return err
		}
		tables, err := conn.ListTablesOfFamily(nftables.TableFamilyIPv4)
		if err != nil {
			return fmt.Errorf("%s: %w", at, err)
		}
		for _, table := range tables {
			tag, ours := strings.CutPrefix(table.Name, mark+"-")
			if !ours {
				continue
			}
			counts := trafficCounts{place: at, Tag: tag}
			if counts.Shaped, err = shaped(space); err != nil {
				return err
			}
			for _, hook := range []string{"in", "out"} {
				rules, err := conn.GetRules(table, &nftables.Chain{Name: strings.ToUpper(mark) + "-" + hook, Table: table})
				if err != nil {
					if errors.Is(err, unix.ENOENT) {
						continue
					}
					return fmt.Errorf("%s: %w", at, err)
				}
				for _, r := range rules {
					counts.Rules++
					for _, e := range r.Exprs {
						if counter, is := e.(*expr.Counter); is {
							counts.Packets += counter.Packets
							counts.Bytes += counter.Bytes
						}
					}
				}
			}
			if err := lines.Encode(counts); err != nil {
				return err
			}
		}
		return nil
	})
}

// awaitQueue waits until a delayer listens: packets sent before would pass.
func awaitQueue(at place, queue uint16) error {
	members, err := at.members()
	if err != nil {
		return err
	}
	for end := time.Now().Add(3 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		for _, member := range members {
			listening, err := os.ReadFile(fmt.Sprintf("/proc/%d/net/netfilter/nfnetlink_queue", member.pid))
			if err != nil {
				continue
			}
			for _, line := range strings.Split(string(listening), "\n") {
				if fields := strings.Fields(line); len(fields) > 0 && fields[0] == strconv.Itoa(int(queue)) {
					return nil
				}
			}
			break
		}
	}
	return fmt.Errorf("%s: nobody listens to queue %d", at, queue)
}

// endHelpers ends the processes of an act, whoever started them.
func endHelpers(verb, tag string) error {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return err
	}
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil || pid == os.Getpid() {
			continue
		}
		line, err := os.ReadFile(path.Join("/proc", entry.Name(), "cmdline"))
		if err != nil {
			continue
		}
		words := strings.Split(string(line), "\x00")
		if len(words) < 4 || !strings.HasPrefix(path.Base(words[0]), mark) || words[1] != verb {
			continue
		}
		if at := slices.Index(words, "--tag"); at < 0 || words[at+1] != tag {
			continue
		}
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
			return err
		}
	}
	return nil
}

// runEnd ends what an act started and left running.
func runEnd(arguments []string, _ io.Writer) error {
	var tag string
	options := flag.NewFlagSet("end", flag.ContinueOnError)
	options.StringVar(&tag, "tag", "", "what names the act")
	if err := parseOptions(options, arguments); err != nil {
		return err
	}
	if !tagFormat.MatchString(tag) {
		return usageError{fmt.Sprintf("end: %q is no tag", tag)}
	}
	return errors.Join(endHelpers("burn", tag), endHelpers("delay", tag))
}
