package peer

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"aeterna.chaos/qdrant/consensus"
	"go.etcd.io/raft/v3/raftpb"
)

// SendFailure is what GET /cluster tells about messages that did not arrive.
type SendFailure struct {
	Count           int       `json:"count"`
	LatestError     string    `json:"latest_error"`
	LatestTimestamp time.Time `json:"latest_error_timestamp"`
}

// messenger carries Raft's messages, each peer's on a lane of its own: one that does not answer delays nobody else's.
type messenger struct {
	ctx     context.Context
	node    *consensus.Node
	client  *http.Client
	timeout time.Duration

	mutex    sync.Mutex
	lanes    map[consensus.PeerID]chan raftpb.Message
	failures map[string]*SendFailure
}

const (
	laneLength       = 256
	snapshotPatience = 10 * time.Second
)

func newMessenger(ctx context.Context, node *consensus.Node, timeout time.Duration) *messenger {
	dialer := &net.Dialer{Timeout: connectTimeout, KeepAlive: 5 * time.Second}
	transport := &http.Transport{DialContext: dialer.DialContext, MaxIdleConnsPerHost: 2, IdleConnTimeout: time.Minute, DisableCompression: true}
	return &messenger{ctx: ctx, node: node, client: &http.Client{Transport: transport}, timeout: timeout,
		lanes: map[consensus.PeerID]chan raftpb.Message{}, failures: map[string]*SendFailure{}}
}

// Send puts a message on its lane; on a full lane it is lost, which Raft expects of messages.
func (m *messenger) Send(to consensus.PeerID, message raftpb.Message) {
	m.mutex.Lock()
	lane, there := m.lanes[to]
	if !there {
		lane = make(chan raftpb.Message, laneLength)
		m.lanes[to] = lane
		go m.carry(to, lane)
	}
	m.mutex.Unlock()
	select {
	case lane <- message:
	default:
		if message.Type == raftpb.MsgSnap {
			go m.node.SnapshotSent(to, false)
		}
	}
}

func (m *messenger) carry(to consensus.PeerID, lane chan raftpb.Message) {
	for {
		var batch []raftpb.Message
		select {
		case <-m.ctx.Done():
			return
		case first := <-lane:
			batch = append(batch, first)
		}
		for more := true; more && len(batch) < 64; {
			select {
			case next := <-lane:
				batch = append(batch, next)
			default:
				more = false
			}
		}
		snapshot := false
		for i := range batch {
			snapshot = snapshot || batch[i].Type == raftpb.MsgSnap
		}
		// An address may have changed meanwhile, or the peer been removed.
		uri, known := m.node.View().State.Peers[to]
		err := fmt.Errorf("peer %d is not known", to)
		if known {
			err = m.post(uri, batch, snapshot)
			m.count(uri, err)
		}
		if err != nil && m.ctx.Err() == nil {
			m.node.Unreachable(to)
		}
		if snapshot {
			m.node.SnapshotSent(to, err == nil)
		}
	}
}

func (m *messenger) post(uri string, batch []raftpb.Message, snapshot bool) error {
	var body []byte
	for i := range batch {
		data, err := batch[i].Marshal()
		if err != nil {
			return err
		}
		body = binary.AppendUvarint(body, uint64(len(data)))
		body = append(body, data...)
	}
	timeout := m.timeout
	if snapshot {
		timeout = max(timeout, snapshotPatience)
	}
	ctx, cancel := context.WithTimeout(m.ctx, timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, at(uri, "/raft"), bytes.NewReader(body))
	if err != nil {
		return err
	}
	response, err := m.client.Do(request)
	if err != nil {
		return err
	}
	_, _ = io.Copy(io.Discard, response.Body)
	_ = response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("it answered %s", response.Status)
	}
	return nil
}

func (m *messenger) count(uri string, err error) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if err == nil {
		delete(m.failures, uri)
		return
	}
	failure := m.failures[uri]
	if failure == nil {
		failure = &SendFailure{}
		m.failures[uri] = failure
	}
	failure.Count++
	failure.LatestError, failure.LatestTimestamp = err.Error(), time.Now().UTC()
}

// Failures by address, of peers whose last message did not arrive.
func (m *messenger) Failures() map[string]SendFailure {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	copied := map[string]SendFailure{}
	for uri, failure := range m.failures {
		copied[uri] = *failure
	}
	return copied
}

// read is the other end of post.
func readMessages(body []byte) ([]raftpb.Message, error) {
	var messages []raftpb.Message
	for len(body) > 0 {
		length, used := binary.Uvarint(body)
		if used <= 0 || length > uint64(len(body)-used) {
			return nil, fmt.Errorf("a cut-off message")
		}
		var message raftpb.Message
		if err := message.Unmarshal(body[used : used+int(length)]); err != nil {
			return nil, err
		}
		messages = append(messages, message)
		body = body[used+int(length):]
	}
	return messages, nil
}
