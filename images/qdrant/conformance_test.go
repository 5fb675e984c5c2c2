package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// What a cluster of three answers when peers are down. It runs against three processes of this stand-in, or against a real
// Qdrant cluster that is described by the environment:
//
//	QDRANT_CONFORMANCE_URLS   the REST addresses of its three peers, separated by commas
//	QDRANT_CONFORMANCE_STOP   a shell command that kills peer {peer} (0, 1 or 2) at once
//	QDRANT_CONFORMANCE_START  a shell command that starts it again
//
// For example, in the harness's testbed, with `kubectl` pointed at it:
//
//	QDRANT_CONFORMANCE_URLS=http://127.0.0.1:30634,http://127.0.0.1:30635,http://127.0.0.1:30636 go test -run Conformance -v .

func TestMain(m *testing.M) {
	if os.Getenv("QDRANT_TEST_PEER") != "" {
		main()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

type trio struct {
	t     *testing.T
	urls  [3]string
	local [3]*process
}

// process is one peer on this machine.
type process struct {
	folder    string
	http, p2p int
	bootstrap string
	cmd       *exec.Cmd
	log       *os.File
}

var external sync.Mutex

// three hands out a steady cluster that a test may break.
func three(t *testing.T) *trio {
	t.Helper()
	c := &trio{t: t}
	if urls := os.Getenv("QDRANT_CONFORMANCE_URLS"); urls != "" {
		// There is one, so one test after the other has it.
		external.Lock()
		t.Cleanup(external.Unlock)
		list := strings.Split(urls, ",")
		if len(list) != 3 || os.Getenv("QDRANT_CONFORMANCE_STOP") == "" || os.Getenv("QDRANT_CONFORMANCE_START") == "" {
			t.Fatal("QDRANT_CONFORMANCE_URLS needs three addresses, and QDRANT_CONFORMANCE_STOP and _START beside it")
		}
		copy(c.urls[:], list)
		t.Cleanup(func() {
			for peer := range 3 {
				c.command("QDRANT_CONFORMANCE_START", peer)
			}
		})
	} else {
		t.Parallel()
		for peer := range 3 {
			c.local[peer] = &process{folder: t.TempDir(), http: freePort(t), p2p: freePort(t)}
			c.urls[peer] = fmt.Sprintf("http://127.0.0.1:%d", c.local[peer].http)
			if peer > 0 {
				c.local[peer].bootstrap = c.local[0].uri()
			}
		}
		t.Cleanup(func() {
			for peer, each := range c.local {
				c.kill(peer)
				if data, err := os.ReadFile(filepath.Join(each.folder, "log")); t.Failed() && err == nil {
					t.Logf("peer %d:\n%s", peer, data)
				}
			}
		})
		c.start(0)
		within(t, 10*time.Second, "the first peer to found a cluster", func() bool { return c.up(0) })
		c.start(1)
		c.start(2)
	}
	within(t, 30*time.Second, "three voters under one leader", func() bool { return len(c.voters()) == 3 })
	return c
}

func freePort(t *testing.T) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().(*net.TCPAddr).Port
}

func (p *process) uri() string { return fmt.Sprintf("http://127.0.0.1:%d", p.p2p) }

func (c *trio) start(peer int) {
	c.t.Helper()
	if c.local[peer] == nil {
		c.command("QDRANT_CONFORMANCE_START", peer)
		return
	}
	p := c.local[peer]
	arguments := []string{"--uri", p.uri()}
	if p.bootstrap != "" {
		arguments = append(arguments, "--bootstrap", p.bootstrap)
	}
	log, err := os.OpenFile(filepath.Join(p.folder, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		c.t.Fatal(err)
	}
	p.log = log
	p.cmd = exec.Command(os.Args[0], arguments...)
	p.cmd.Stdout, p.cmd.Stderr = log, log
	p.cmd.Env = append(os.Environ(), "QDRANT_TEST_PEER=1", "POD_NAME=peer-"+strconv.Itoa(peer), "QDRANT__SERVICE__HOST=127.0.0.1",
		"QDRANT__STORAGE__STORAGE_PATH="+filepath.Join(p.folder, "storage"),
		"QDRANT__SERVICE__HTTP_PORT="+strconv.Itoa(p.http), "QDRANT__CLUSTER__P2P__PORT="+strconv.Itoa(p.p2p))
	// A test that is killed takes its peers along.
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := p.cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
}

// kill ends a peer without any warning.
func (c *trio) kill(peer int) {
	if c.local[peer] == nil {
		c.command("QDRANT_CONFORMANCE_STOP", peer)
		return
	}
	if p := c.local[peer]; p.cmd != nil {
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait()
		_ = p.log.Close()
		p.cmd = nil
	}
}

func (c *trio) command(name string, peer int) {
	output, err := exec.Command("sh", "-c", strings.ReplaceAll(os.Getenv(name), "{peer}", strconv.Itoa(peer))).CombinedOutput()
	if err != nil {
		c.t.Errorf("%s for peer %d: %v: %s", name, peer, err, output)
	}
}

// signal freezes or thaws a local peer.
func (c *trio) signal(peer int, signal syscall.Signal) {
	if c.local[peer] == nil {
		c.t.Skip("only peers on this machine can be frozen")
	}
	if err := c.local[peer].cmd.Process.Signal(signal); err != nil {
		c.t.Fatal(err)
	}
}

type answer struct {
	code   int
	header http.Header
	Result json.RawMessage `json:"result"`
	Status json.RawMessage `json:"status"`
	took   time.Duration
}

var client = &http.Client{Timeout: 50 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}

// ask sends one request; a code of zero means that no answer came.
func (c *trio) ask(peer int, method, path string, body any) answer {
	var reader io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			c.t.Fatal(err)
		}
		reader = bytes.NewReader(data)
	}
	request, err := http.NewRequest(method, c.urls[peer]+path, reader)
	if err != nil {
		c.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	began := time.Now()
	response, err := client.Do(request)
	if err != nil {
		return answer{took: time.Since(began)}
	}
	defer func() { _ = response.Body.Close() }()
	a := answer{code: response.StatusCode, header: response.Header}
	if data, err := io.ReadAll(response.Body); err == nil {
		_ = json.Unmarshal(data, &a)
	}
	a.took = time.Since(began)
	return a
}

func (a answer) error() string {
	var told struct {
		Error string `json:"error"`
	}
	_ = json.Unmarshal(a.Status, &told)
	return told.Error
}

func (c *trio) up(peer int) bool { return c.ask(peer, "GET", "/cluster", nil).code == 200 }

type clusterInfo struct {
	PeerID uint64                    `json:"peer_id"`
	Peers  map[string]map[string]any `json:"peers"`
	Raft   struct {
		Term   uint64 `json:"term"`
		Leader uint64 `json:"leader"`
		Role   string `json:"role"`
		Voter  bool   `json:"is_voter"`
	} `json:"raft_info"`
	Failures map[string]any `json:"message_send_failures"`
}

func (c *trio) info(peer int) (info clusterInfo, ok bool) {
	a := c.ask(peer, "GET", "/cluster", nil)
	return info, a.code == 200 && json.Unmarshal(a.Result, &info) == nil
}

// voters are the peers that vote and agree on one leader in one term; none when any two disagree.
func (c *trio) voters() []int {
	var voters []int
	var leader, term uint64
	for peer := range 3 {
		info, ok := c.info(peer)
		if !ok {
			continue
		}
		if len(voters) > 0 && (info.Raft.Leader != leader || info.Raft.Term != term) || info.Raft.Leader == 0 || !info.Raft.Voter {
			return nil
		}
		leader, term = info.Raft.Leader, info.Raft.Term
		voters = append(voters, peer)
	}
	return voters
}

func (c *trio) leader() int {
	for peer := range 3 {
		if info, ok := c.info(peer); ok && info.Raft.Leader == info.PeerID {
			return peer
		}
	}
	c.t.Fatal("no peer says that it leads")
	return -1
}

func within(t *testing.T, limit time.Duration, what string, holds func() bool) time.Duration {
	t.Helper()
	began := time.Now()
	for !holds() {
		if time.Since(began) > limit {
			t.Fatalf("waited %s for %s in vain", limit, what)
		}
		time.Sleep(50 * time.Millisecond)
	}
	return time.Since(began)
}

// make creates a collection of three shards.
func (c *trio) make(name string, replicas, consistency int) {
	c.t.Helper()
	c.ask(0, "DELETE", "/collections/"+name, nil)
	a := c.ask(0, "PUT", "/collections/"+name, map[string]any{"vectors": map[string]any{"size": 4, "distance": "Cosine"},
		"shard_number": 3, "replication_factor": replicas, "write_consistency_factor": consistency})
	if a.code != 200 {
		c.t.Fatalf("creating %s: %d %s", name, a.code, a.error())
	}
	within(c.t, 10*time.Second, name+" active everywhere", func() bool { return c.whole(name) })
}

type replicas struct {
	Local []struct {
		State  string `json:"state"`
		Points int    `json:"points_count"`
	} `json:"local_shards"`
	Remote []struct {
		Peer  uint64 `json:"peer_id"`
		State string `json:"state"`
	} `json:"remote_shards"`
	Transfers []any `json:"shard_transfers"`
}

func (c *trio) replicas(peer int, name string) (seen replicas, ok bool) {
	a := c.ask(peer, "GET", "/collections/"+name+"/cluster", nil)
	return seen, a.code == 200 && json.Unmarshal(a.Result, &seen) == nil
}

// whole: every replica is active in every peer's view, and none is being refilled.
func (c *trio) whole(name string) bool {
	for peer := range 3 {
		seen, ok := c.replicas(peer, name)
		if !ok || len(seen.Transfers) > 0 || len(seen.Local)+len(seen.Remote) == 0 {
			return false
		}
		for _, each := range seen.Local {
			if each.State != "Active" {
				return false
			}
		}
		for _, each := range seen.Remote {
			if each.State != "Active" {
				return false
			}
		}
	}
	return true
}

func (c *trio) put(peer int, collection string, id int, wait bool) answer {
	return c.ask(peer, "PUT", fmt.Sprintf("/collections/%s/points?wait=%t", collection, wait), map[string]any{"points": []any{
		map[string]any{"id": id, "vector": []float64{float64(id), 1, 2, 3}, "payload": map[string]any{"number": id}}}})
}

func (c *trio) get(peer int, collection string, id int, consistency string) answer {
	return c.ask(peer, "GET", fmt.Sprintf("/collections/%s/points/%d?consistency=%s", collection, id, consistency), nil)
}

func (c *trio) fill(collection string, from, to int) {
	c.t.Helper()
	for id := from; id < to; id++ {
		if a := c.put(id%3, collection, id, true); a.code != 200 {
			c.t.Fatalf("point %d of %s: %d %s", id, collection, a.code, a.error())
		}
	}
}

// all points are in all replicas, asked at every peer.
func (c *trio) holds(collection string, ids ...int) {
	c.t.Helper()
	within(c.t, 20*time.Second, "every replica active", func() bool { return c.whole(collection) })
	for peer := range 3 {
		var found []struct {
			ID int `json:"id"`
		}
		// Replicas that a peer left out by itself are declared dead, and refilled, only when there is a leader again.
		within(c.t, 20*time.Second, "a read that all replicas of "+collection+" answer", func() bool {
			a := c.ask(peer, "POST", "/collections/"+collection+"/points?consistency=all", map[string]any{"ids": ids, "with_payload": false})
			return a.code == 200 && json.Unmarshal(a.Result, &found) == nil
		})
		there := map[int]bool{}
		for _, each := range found {
			there[each.ID] = true
		}
		var lost []int
		for _, id := range ids {
			if !there[id] {
				lost = append(lost, id)
			}
		}
		if len(lost) > 0 {
			var has [3]bool
			for one := range 3 {
				has[one] = c.get(one, collection, lost[0], "1").code == 200
			}
			c.t.Errorf("asked at peer %d: %d acknowledged points of %s are lost, %v; replicas that have the first of them: %v",
				peer, len(lost), collection, lost[:min(10, len(lost))], has)
		}
	}
}

func numbers(from, to int) (list []int) {
	for id := from; id < to; id++ {
		list = append(list, id)
	}
	return list
}

func TestConformanceOnePeerDown(t *testing.T) {
	c := three(t)
	c.make("single", 1, 1)
	c.make("loose", 3, 1)
	c.make("firm", 3, 2)
	for _, name := range []string{"single", "loose", "firm"} {
		c.fill(name, 0, 30)
	}
	asked := c.leader()
	down := (asked + 1) % 3
	c.kill(down)

	t.Log("replication factor 1: what was on the peer is gone for reads and writes, the rest is there")
	var served, refused int
	for id := range 30 {
		read, write := c.get(asked, "single", id, "1"), c.put(asked, "single", id, true)
		switch {
		case read.code == 200 && write.code == 200:
			served++
		case read.code == 500 && write.code == 500:
			refused++
		default:
			t.Errorf("point %d: read %d, write %d; both of one shard must be served or refused", id, read.code, write.code)
		}
	}
	if served == 0 || refused == 0 {
		t.Errorf("%d points served, %d refused", served, refused)
	}

	for _, name := range []string{"loose", "firm"} {
		for id := range 30 {
			if a := c.get(asked, name, id, "1"); a.code != 200 {
				t.Errorf("%s: reading point %d: %d %s", name, id, a.code, a.error())
			}
		}
		// The writes that find the peer missing wait until it is declared dead.
		for id := 30; id < 60; id++ {
			if a := c.put(asked, name, id, true); a.code != 200 || a.took > 5*time.Second {
				t.Errorf("%s: writing point %d: %d %s after %s", name, id, a.code, a.error(), a.took)
			}
		}
		seen, _ := c.replicas(asked, name)
		dead := 0
		for _, each := range seen.Remote {
			if each.State == "Dead" {
				dead++
			}
		}
		if dead != 3 {
			t.Errorf("%s: %d replicas are dead, 3 were on the peer that is down", name, dead)
		}
		info, _ := c.info(asked)
		// It is the leader, whoever that is by now, that has messages for the peer that is down.
		other, _ := c.info((down + 2) % 3)
		if len(info.Peers) != 3 || len(info.Failures)+len(other.Failures) == 0 {
			t.Errorf("a peer that is down stays registered (%d of 3), and messages to it fail", len(info.Peers))
		}
	}

	c.start(down)
	took := within(t, 30*time.Second, "every replica active again", func() bool { return c.whole("loose") && c.whole("firm") && c.whole("single") })
	t.Logf("whole again %s after the start", took)
	c.holds("loose", numbers(0, 60)...)
	c.holds("firm", numbers(0, 60)...)
	c.holds("single", numbers(0, 30)...)
	within(t, 10*time.Second, "the peer that came back to be ready", func() bool { return c.ask(down, "GET", "/readyz", nil).code == 200 })
}

func TestConformanceTwoPeersDown(t *testing.T) {
	c := three(t)
	c.make("loose", 3, 1)
	c.make("firm", 3, 2)
	c.fill("loose", 0, 20)
	c.fill("firm", 0, 20)
	left := c.leader()
	c.kill((left + 1) % 3)
	c.kill((left + 2) % 3)

	for _, name := range []string{"loose", "firm"} {
		for id := range 20 {
			if a := c.get(left, name, id, "1"); a.code != 200 {
				t.Errorf("%s: the survivor answers %d for point %d", name, a.code, id)
			}
		}
		if a := c.get(left, name, 0, "majority"); a.code != 500 {
			t.Errorf("%s: a read that wants two replicas is answered %d", name, a.code)
		}
	}
	if a := c.put(left, "firm", 100, true); a.code != 500 || a.took > 10*time.Second {
		t.Errorf("a write that needs two replicas is answered %d after %s", a.code, a.took)
	}
	// The failed write stays where it arrived: it is neither lost nor kept until the cluster is whole.
	if a := c.get(left, "firm", 100, "1"); a.code != 200 {
		t.Errorf("the failed write is not on the survivor: %d", a.code)
	}
	seen, _ := c.replicas(left, "firm")
	for _, each := range seen.Remote {
		if each.State != "Active" {
			t.Errorf("a replica is %s although nobody could agree on that", each.State)
		}
	}
	if a := c.ask(left, "PUT", "/collections/new?timeout=3", map[string]any{"vectors": map[string]any{"size": 4, "distance": "Dot"}}); a.code == 200 {
		t.Error("a collection was created without a quorum")
	}

	// One replica suffices for this write, but nobody can agree that the others missed it.
	slow := c.put(left, "loose", 100, true)
	if slow.code != 500 || slow.took < 25*time.Second || !strings.Contains(slow.error(), "onsistency of this update is not guaranteed") {
		t.Errorf("answered %d %q after %s", slow.code, slow.error(), slow.took)
	}
	if a := c.get(left, "loose", 100, "1"); a.code != 200 {
		t.Errorf("the write that failed for want of agreement was not applied: %d", a.code)
	}
	// From now on the survivor leaves them out by itself.
	if a := c.put(left, "loose", 100, true); a.code != 200 || a.took > 5*time.Second {
		t.Errorf("the repeated write is answered %d %s after %s", a.code, a.error(), a.took)
	}

	c.start((left + 1) % 3)
	c.start((left + 2) % 3)
	within(t, 40*time.Second, "every replica active again", func() bool { return c.whole("loose") && c.whole("firm") })
	c.holds("loose", append(numbers(0, 20), 100)...)
	c.holds("firm", numbers(0, 20)...)
}

func TestConformanceLeaderLoss(t *testing.T) {
	c := three(t)
	c.make("firm", 3, 2)
	c.fill("firm", 0, 10)
	for round := range 2 {
		lost := c.leader()
		before, _ := c.info(lost)
		c.kill(lost)
		killed := time.Now()
		within(t, 20*time.Second, "another leader", func() bool {
			voters := c.voters()
			if len(voters) != 2 {
				return false
			}
			info, ok := c.info(voters[0])
			return ok && info.Raft.Leader != before.PeerID && info.Raft.Term > before.Raft.Term
		})
		took := time.Since(killed)
		t.Logf("another leader after %s", took)
		// 20 to 40 ticks of 100 ms, less what had passed since the last heartbeat; a split vote, which is rare, costs as much again.
		if took < 1500*time.Millisecond || took > 12*time.Second {
			t.Errorf("another leader after %s; 2 to 4 s are Qdrant's", took)
		}
		c.start(lost)
		within(t, 20*time.Second, "three voters", func() bool { return len(c.voters()) == 3 && c.whole("firm") })
		c.fill("firm", 100*(round+1), 100*(round+1)+10)
	}
	c.holds("firm", append(append(numbers(0, 10), numbers(100, 110)...), numbers(200, 210)...)...)
}

// Peers are killed at arbitrary moments while points are written: whatever was acknowledged is there afterwards.
func TestConformanceNothingAcknowledgedIsLost(t *testing.T) {
	c := three(t)
	c.make("firm", 3, 2)
	var mutex sync.Mutex
	var acknowledged []int
	stop := make(chan struct{})
	var writers sync.WaitGroup
	for writer := range 3 {
		writers.Go(func() {
			for id := writer; ; id += 3 {
				select {
				case <-stop:
					return
				default:
				}
				if c.put(id/3%3, "firm", id, true).code == 200 {
					mutex.Lock()
					acknowledged = append(acknowledged, id)
					mutex.Unlock()
				} else {
					time.Sleep(10 * time.Millisecond)
				}
			}
		})
	}
	for round := range 5 {
		time.Sleep(time.Duration(300+137*round) * time.Millisecond)
		victim := round % 3
		c.kill(victim)
		time.Sleep(time.Duration(200*round) * time.Millisecond)
		c.start(victim)
		within(t, 30*time.Second, "every replica active again", func() bool { return len(c.voters()) == 3 && c.whole("firm") })
	}
	close(stop)
	writers.Wait()
	if len(acknowledged) < 100 {
		t.Errorf("only %d writes were acknowledged", len(acknowledged))
	}
	t.Logf("%d acknowledged", len(acknowledged))
	within(t, 20*time.Second, "every replica active", func() bool { return c.whole("firm") })
	c.holds("firm", acknowledged...)
}

func TestConformanceFrozenPeer(t *testing.T) {
	c := three(t)
	c.make("firm", 3, 2)
	c.fill("firm", 0, 10)
	frozen := c.leader()
	asked := (frozen + 1) % 3
	c.signal(frozen, syscall.SIGSTOP)
	// It accepts connections and never answers: a second until it is looked at, one until the look fails, then an election.
	began := time.Now()
	within(t, 15*time.Second, "a write past the frozen leader", func() bool { return c.put(asked, "firm", 50, true).code == 200 })
	t.Logf("served past the frozen leader after %s", time.Since(began))
	for id := 51; id < 60; id++ {
		if a := c.put(asked, "firm", id, true); a.code != 200 || a.took > 6*time.Second {
			t.Errorf("point %d: %d %s after %s", id, a.code, a.error(), a.took)
		}
	}
	c.signal(frozen, syscall.SIGCONT)
	within(t, 30*time.Second, "every replica active again", func() bool { return len(c.voters()) == 3 && c.whole("firm") })
	c.holds("firm", append(numbers(0, 10), numbers(50, 60)...)...)
}

// A peer whose volume is gone comes back as a new one; the old one is removed by an operator, and its replicas made anew.
func TestConformanceLostVolume(t *testing.T) {
	c := three(t)
	if c.local[0] == nil {
		t.Skip("volumes of peers elsewhere are not ours to remove")
	}
	c.make("firm", 3, 2)
	c.fill("firm", 0, 10)
	old, _ := c.info(0)
	c.kill(0)
	c.fill2("firm", 10, 20, 1, 2)
	if err := os.RemoveAll(filepath.Join(c.local[0].folder, "storage")); err != nil {
		t.Fatal(err)
	}
	c.local[0].bootstrap = c.local[1].uri()
	c.start(0)
	within(t, 20*time.Second, "the new peer to be known to all", func() bool {
		info, ok := c.info(0)
		seen, ok2 := c.info(1)
		return ok && ok2 && info.PeerID != old.PeerID && len(info.Peers) == 4 && len(seen.Peers) == 4
	})
	if a := c.ask(1, "DELETE", fmt.Sprintf("/cluster/peer/%d", old.PeerID), nil); a.code != 400 {
		t.Errorf("a peer that has replicas is removed only by force: %d", a.code)
	}
	if a := c.ask(1, "DELETE", fmt.Sprintf("/cluster/peer/%d?force=true", old.PeerID), nil); a.code != 200 {
		t.Fatalf("removing the old peer: %d %s", a.code, a.error())
	}
	within(t, 20*time.Second, "three voters", func() bool { return len(c.voters()) == 3 })
	fresh, _ := c.info(0)
	from, _ := c.info(1)
	for shard := range 3 {
		within(t, 20*time.Second, "a replica to be made", func() bool {
			return c.ask(1, "POST", "/collections/firm/cluster", map[string]any{"replicate_shard": map[string]any{
				"shard_id": shard, "from_peer_id": from.PeerID, "to_peer_id": fresh.PeerID}}).code == 200
		})
	}
	within(t, 20*time.Second, "every replica active", func() bool {
		seen, ok := c.replicas(0, "firm")
		return ok && len(seen.Local) == 3 && c.whole("firm")
	})
	c.holds("firm", numbers(0, 20)...)
}

// fill2 writes through some of the peers.
func (c *trio) fill2(collection string, from, to int, through ...int) {
	c.t.Helper()
	for id := from; id < to; id++ {
		if a := c.put(through[id%len(through)], collection, id, true); a.code != 200 {
			c.t.Fatalf("point %d of %s: %d %s", id, collection, a.code, a.error())
		}
	}
}

func TestConformanceRequests(t *testing.T) {
	c := three(t)
	c.make("firm", 3, 2)
	c.fill("firm", 1, 21)
	expect := func(code int, method, path string, body any) answer {
		t.Helper()
		a := c.ask(0, method, path, body)
		if a.code != code {
			t.Errorf("%s %s: %d %s instead of %d", method, path, a.code, a.error(), code)
		}
		if code >= 400 && a.error() == "" {
			t.Errorf("%s %s: no status.error in the answer", method, path)
		}
		return a
	}
	expect(404, "GET", "/collections/none", nil)
	expect(404, "GET", "/collections/firm/points/999", nil)
	expect(400, "GET", "/collections/firm/points/no-id", nil)
	expect(409, "PUT", "/collections/firm", map[string]any{"vectors": map[string]any{"size": 4, "distance": "Dot"}})
	expect(400, "PUT", "/collections/firm/points", map[string]any{"points": []any{map[string]any{"id": 1, "vector": []int{1}}}})
	expect(400, "PUT", "/collections/firm/points?consistency=0&ordering=loud", map[string]any{"points": []any{map[string]any{"id": 1, "vector": []int{1, 2, 3, 4}}}})

	var page struct {
		Points []struct {
			ID      int            `json:"id"`
			Payload map[string]int `json:"payload"`
		} `json:"points"`
		Next *int `json:"next_page_offset"`
	}
	first := expect(200, "POST", "/collections/firm/points/scroll", map[string]any{"limit": 15})
	if err := json.Unmarshal(first.Result, &page); err != nil || len(page.Points) != 15 || page.Next == nil || *page.Next != 16 || page.Points[0].Payload["number"] != 1 {
		t.Errorf("the first page is %s", first.Result)
	}
	rest := expect(200, "POST", "/collections/firm/points/scroll", map[string]any{"limit": 15, "offset": 16})
	page.Next = nil
	if err := json.Unmarshal(rest.Result, &page); err != nil || len(page.Points) != 5 || page.Next != nil {
		t.Errorf("the second page is %s", rest.Result)
	}
	filter := map[string]any{"must": []any{map[string]any{"key": "number", "match": map[string]any{"any": []int{3, 4, 99}}}}}
	var counted struct {
		Count int `json:"count"`
	}
	if a := expect(200, "POST", "/collections/firm/points/count", map[string]any{"filter": filter, "exact": true}); json.Unmarshal(a.Result, &counted) != nil || counted.Count != 2 {
		t.Errorf("two points pass the filter, counted are %s", a.Result)
	}
	var found []struct {
		ID    int     `json:"id"`
		Score float64 `json:"score"`
	}
	search := map[string]any{"vector": []float64{7, 1, 2, 3}, "limit": 3}
	if a := expect(200, "POST", "/collections/firm/points/search", search); json.Unmarshal(a.Result, &found) != nil || len(found) != 3 || found[0].ID != 7 || found[0].Score < 0.999 {
		t.Errorf("point 7 is the nearest to itself, found are %s", a.Result)
	}
	for _, ordering := range []string{"medium", "strong"} {
		if a := c.ask(1, "PUT", "/collections/firm/points?wait=true&ordering="+ordering, map[string]any{"points": []any{
			map[string]any{"id": "00000000-0000-4000-8000-00000000000a", "vector": []int{1, 2, 3, 4}}}}); a.code != 200 {
			t.Errorf("ordering=%s: %d %s", ordering, a.code, a.error())
		}
	}
	expect(200, "POST", "/collections/firm/points/delete?wait=true", map[string]any{"filter": filter})
	expect(404, "GET", "/collections/firm/points/3?consistency=all", nil)
	expect(200, "GET", "/collections/firm/points/5?consistency=all", nil)
	expect(200, "GET", "/collections/firm/points/5?consistency=quorum", nil)
	if a := expect(200, "DELETE", "/collections/firm", nil); string(a.Result) != "true" {
		t.Errorf("deleting says %s", a.Result)
	}
	if a := expect(200, "DELETE", "/collections/firm", nil); string(a.Result) != "false" {
		t.Errorf("deleting what is gone says %s", a.Result)
	}
	if c.local[0] != nil {
		if served := c.ask(2, "GET", "/healthz", nil).header.Get("X-Served-By"); served != "peer-2" {
			t.Errorf("X-Served-By is %q", served)
		}
		response, err := client.Get(c.urls[0] + "/metrics")
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(response.Body)
		if err = errors.Join(err, response.Body.Close()); err != nil || !strings.Contains(string(text), "\ncluster_peers_total 3\n") {
			t.Errorf("metrics: %v\n%s", err, text)
		}
	}
}

func TestSettings(t *testing.T) {
	for name, arguments := range map[string][]string{
		"--uri (or QDRANT_URI) is missing": {},
		"is not an address":                {"--uri", "qdrant-0:6335"},
		"is not understood":                {"--uri", "http://q:6335", "serve"},
		"QDRANT__SERVICE__HTTP_PORT":       {"--uri", "http://q:6335"},
	} {
		env := func(variable string) string {
			if variable == name {
				return "many"
			}
			return ""
		}
		if _, err := settingsFrom(arguments, env); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%v: %v does not say %q", arguments, err, name)
		}
	}
}
