package consensus

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"sync/atomic"
	"time"

	"go.etcd.io/bbolt"
	"go.etcd.io/raft/v3"
	"go.etcd.io/raft/v3/raftpb"
)

var (
	entriesBucket = []byte("entries")
	metaBucket    = []byte("meta")
	peerIDKey     = []byte("peer-id")
	hardStateKey  = []byte("hard-state")
	snapshotKey   = []byte("snapshot")
)

// diskLog is the Raft log on disk. Every save is one transaction, on disk before it returns: a peer that is killed at any
// instant comes back with all that it promised to others.
type diskLog struct {
	db     *bbolt.DB
	peer   PeerID
	memory *raft.MemoryStorage
	// hasState says that this peer founded or joined a cluster before.
	hasState atomic.Bool
}

func openLog(path string) (*diskLog, error) {
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: 10 * time.Second})
	if err != nil {
		return nil, fmt.Errorf("%s cannot be opened (does another peer use it?): %w", path, err)
	}
	log := &diskLog{db: db, memory: raft.NewMemoryStorage()}
	if err := db.Update(log.load); err != nil {
		_ = db.Close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return log, nil
}

func (l *diskLog) load(tx *bbolt.Tx) error {
	entries, err := tx.CreateBucketIfNotExists(entriesBucket)
	if err != nil {
		return err
	}
	meta, err := tx.CreateBucketIfNotExists(metaBucket)
	if err != nil {
		return err
	}
	if id := meta.Get(peerIDKey); id != nil {
		l.peer = PeerID(binary.BigEndian.Uint64(id))
	} else {
		l.peer = randomPeer()
		if err := meta.Put(peerIDKey, key(uint64(l.peer))); err != nil {
			return err
		}
	}
	if data := meta.Get(snapshotKey); data != nil {
		var snapshot raftpb.Snapshot
		if err := snapshot.Unmarshal(data); err != nil {
			return err
		}
		if err := l.memory.ApplySnapshot(snapshot); err != nil {
			return err
		}
		l.hasState.Store(true)
	}
	if data := meta.Get(hardStateKey); data != nil {
		var hard raftpb.HardState
		if err := hard.Unmarshal(data); err != nil {
			return err
		}
		if err := l.memory.SetHardState(hard); err != nil {
			return err
		}
		l.hasState.Store(true)
	}
	var list []raftpb.Entry
	if err := entries.ForEach(func(_, data []byte) error {
		var entry raftpb.Entry
		if err := entry.Unmarshal(data); err != nil {
			return err
		}
		list = append(list, entry)
		return nil
	}); err != nil {
		return err
	}
	return l.memory.Append(list)
}

func randomPeer() PeerID {
	var bytes [8]byte
	for {
		_, _ = rand.Read(bytes[:]) // never fails
		if id := binary.BigEndian.Uint64(bytes[:]) >> 11; id != 0 {
			return PeerID(id)
		}
	}
}

func key(index uint64) []byte { return binary.BigEndian.AppendUint64(nil, index) }

// save puts what Raft wants kept on disk, and then where Raft reads it.
func (l *diskLog) save(hard raftpb.HardState, entries []raftpb.Entry, snapshot raftpb.Snapshot) error {
	if raft.IsEmptyHardState(hard) && len(entries) == 0 && raft.IsEmptySnap(snapshot) {
		return nil
	}
	err := l.db.Update(func(tx *bbolt.Tx) error {
		bucket, meta := tx.Bucket(entriesBucket), tx.Bucket(metaBucket)
		if !raft.IsEmptySnap(snapshot) {
			if err := put(meta, snapshotKey, &snapshot); err != nil {
				return err
			}
			// A snapshot from the leader replaces the whole log.
			if err := deleteRange(bucket, 0, math.MaxUint64); err != nil {
				return err
			}
		}
		if len(entries) > 0 {
			if err := deleteRange(bucket, entries[0].Index, math.MaxUint64); err != nil {
				return err
			}
		}
		for i := range entries {
			if err := put(bucket, key(entries[i].Index), &entries[i]); err != nil {
				return err
			}
		}
		if !raft.IsEmptyHardState(hard) {
			return put(meta, hardStateKey, &hard)
		}
		return nil
	})
	if err != nil {
		return err
	}
	l.hasState.Store(true)
	if !raft.IsEmptySnap(snapshot) {
		if err := l.memory.ApplySnapshot(snapshot); err != nil {
			return err
		}
	}
	if !raft.IsEmptyHardState(hard) {
		if err := l.memory.SetHardState(hard); err != nil {
			return err
		}
	}
	return l.memory.Append(entries)
}

// compact keeps the state up to an index as a snapshot, and of the log only its end: a peer a little behind needs no snapshot.
func (l *diskLog) compact(index uint64, members *raftpb.ConfState, state []byte, keep uint64) error {
	snapshot, err := l.memory.CreateSnapshot(index, members, state)
	if err != nil {
		return err
	}
	if err := l.db.Update(func(tx *bbolt.Tx) error {
		if err := put(tx.Bucket(metaBucket), snapshotKey, &snapshot); err != nil {
			return err
		}
		// What memory keeps before the snapshot is not needed on disk: a restart begins at the snapshot.
		return deleteRange(tx.Bucket(entriesBucket), 0, index)
	}); err != nil {
		return err
	}
	first, err := l.memory.FirstIndex()
	if err != nil || index < first+keep {
		return err
	}
	return l.memory.Compact(index - keep)
}

type message interface{ Marshal() ([]byte, error) }

func put(bucket *bbolt.Bucket, key []byte, value message) error {
	data, err := value.Marshal()
	if err != nil {
		return err
	}
	return bucket.Put(key, data)
}

// deleteRange deletes the entries of both indices and between. Keys first: a cursor that deletes may skip.
func deleteRange(bucket *bbolt.Bucket, first, last uint64) error {
	var keys [][]byte
	cursor := bucket.Cursor()
	for k, _ := cursor.Seek(key(first)); k != nil && binary.BigEndian.Uint64(k) <= last; k, _ = cursor.Next() {
		keys = append(keys, slices.Clone(k))
	}
	for _, k := range keys {
		if err := bucket.Delete(k); err != nil {
			return err
		}
	}
	return nil
}

func (l *diskLog) close() error { return l.db.Close() }
