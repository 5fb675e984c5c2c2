package shard

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
)

// Store is one replica of a shard. Thread-safe.
//
// Its log is the points: a record is appended (and, when the writer waits, forced to disk) before it can be read, and the log is
// written anew when most of it is about points that have changed since.
type Store struct {
	path string

	// use is held for reading by whoever writes, and for writing by whoever needs all writes to be over.
	use sync.RWMutex

	mutex   sync.RWMutex
	records map[ID]*Record
	live    int
	epoch   uint64
	file    *os.File
	size    int64
	// compacted is what the log measured when it held nothing but the points.
	compacted int64

	syncing sync.Mutex
	synced  int64
}

// What a log may waste before it is written anew.
const wasteful = 8 << 20

// entry is what one frame of the log holds: the epoch, in the first one, or records.
type entry struct {
	Epoch   *uint64  `json:"epoch,omitempty"`
	Records []Record `json:"records,omitempty"`
}

// Open reads a replica's log, or begins it.
func Open(folder string) (*Store, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	s := &Store{path: filepath.Join(folder, "points.log"), records: map[ID]*Record{}}
	file, err := os.OpenFile(s.path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	s.file = file
	if err := s.load(); err != nil {
		_ = file.Close()
		return nil, fmt.Errorf("%s: %w", s.path, err)
	}
	if s.size == 0 {
		if err := s.rewrite(); err != nil {
			return nil, err
		}
	}
	return s, syncFolder(folder)
}

func (s *Store) load() error {
	reader := bufio.NewReaderSize(s.file, 1<<20)
	for {
		payload, frame, err := readFrame(reader)
		if errors.Is(err, io.EOF) || errors.Is(err, errTorn) {
			break
		}
		if err != nil {
			return err
		}
		var e entry
		if err := json.Unmarshal(payload, &e); err != nil {
			return fmt.Errorf("the frame at byte %d: %w", s.size, err)
		}
		if e.Epoch != nil {
			s.epoch = *e.Epoch
		}
		s.put(e.Records)
		s.size += frame
	}
	// The last frame may be torn by a crash; nobody was told that it is kept.
	if err := s.file.Truncate(s.size); err != nil {
		return err
	}
	if _, err := s.file.Seek(s.size, io.SeekStart); err != nil {
		return err
	}
	s.compacted = s.size
	return s.file.Sync()
}

var errTorn = errors.New("a torn frame")

// A frame is the length and the checksum of its payload, four bytes each, and the payload.
func readFrame(reader io.Reader) (payload []byte, size int64, err error) {
	var head [8]byte
	if _, err := io.ReadFull(reader, head[:]); err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) {
			err = errTorn
		}
		return nil, 0, err
	}
	length := binary.LittleEndian.Uint32(head[:4])
	if length == 0 || length > 1<<28 {
		return nil, 0, errTorn
	}
	payload = make([]byte, length)
	if _, err := io.ReadFull(reader, payload); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			err = errTorn
		}
		return nil, 0, err
	}
	if crc32.ChecksumIEEE(payload) != binary.LittleEndian.Uint32(head[4:]) {
		return nil, 0, errTorn
	}
	return payload, int64(len(head)) + int64(length), nil
}

func frame(e entry) ([]byte, error) {
	payload, err := json.Marshal(e)
	if err != nil {
		return nil, err
	}
	framed := make([]byte, 0, 8+len(payload))
	framed = binary.LittleEndian.AppendUint32(framed, uint32(len(payload)))
	framed = binary.LittleEndian.AppendUint32(framed, crc32.ChecksumIEEE(payload))
	return append(framed, payload...), nil
}

// put takes what is newer than what is there; it needs mutex, or a store that nobody else knows yet.
func (s *Store) put(records []Record) {
	for i := range records {
		record := &records[i]
		before, there := s.records[record.Point.ID]
		if there && !record.Tag.Newer(before.Tag) {
			continue
		}
		if there && !before.Deleted {
			s.live--
		}
		if !record.Deleted {
			s.live++
		}
		s.records[record.Point.ID] = record
	}
}

// Hold keeps the log from being replaced while a writer decides whether it may write, and writes.
func (s *Store) Hold() { s.use.RLock() }

// Release ends a Hold.
func (s *Store) Release() { s.use.RUnlock() }

// Apply carries a write out; the caller has Hold. With wait it is on disk when this returns; without, it is in the hands of the
// operating system, so it survives the end of the process but not of the machine.
func (s *Store) Apply(update Update, wait bool) error {
	records := make([]Record, 0, len(update.Upsert)+len(update.Delete))
	for _, point := range update.Upsert {
		records = append(records, Record{Tag: update.Tag, Point: point})
	}
	for _, id := range update.Delete {
		records = append(records, Record{Tag: update.Tag, Deleted: true, Point: Point{ID: id}})
	}
	if update.Where != nil {
		s.mutex.RLock()
		for id, record := range s.records {
			if !record.Deleted && update.Where.Holds(&record.Point) {
				records = append(records, Record{Tag: update.Tag, Deleted: true, Point: Point{ID: id}})
			}
		}
		s.mutex.RUnlock()
	}
	return s.Put(records, wait)
}

// Put keeps records as another replica has them; the caller has Hold.
func (s *Store) Put(records []Record, wait bool) error {
	if len(records) == 0 {
		return nil
	}
	framed, err := frame(entry{Records: records})
	if err != nil {
		return err
	}
	s.mutex.Lock()
	if _, err := s.file.Write(framed); err != nil {
		// Half a frame would hide every later one.
		_ = s.file.Truncate(s.size)
		_, _ = s.file.Seek(s.size, io.SeekStart)
		s.mutex.Unlock()
		return err
	}
	s.size += int64(len(framed))
	end := s.size
	if !wait {
		s.put(records)
	}
	s.mutex.Unlock()
	if !wait {
		return nil
	}
	if err := s.sync(end); err != nil {
		return err
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.put(records)
	return nil
}

// sync forces the log to disk up to there; who comes while another one does waits for both at once.
func (s *Store) sync(end int64) error {
	s.syncing.Lock()
	defer s.syncing.Unlock()
	if s.synced >= end {
		return nil
	}
	s.mutex.RLock()
	written := s.size
	s.mutex.RUnlock()
	if err := s.file.Sync(); err != nil {
		// What the kernel dropped then, no later call would report.
		panic(fmt.Sprintf("%s cannot be forced to disk: %v", s.path, err))
	}
	s.synced = written
	return nil
}

// Epoch is which refill the points belong to.
func (s *Store) Epoch() uint64 {
	s.mutex.RLock()
	defer s.mutex.RUnlock()
	return s.epoch
}

// Restart empties the replica for a refill, once for each epoch.
func (s *Store) Restart(epoch uint64) error {
	s.use.Lock()
	defer s.use.Unlock()
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.epoch == epoch {
		return nil
	}
	records, live, before := s.records, s.live, s.epoch
	s.records, s.live, s.epoch = map[ID]*Record{}, 0, epoch
	if err := s.rewrite(); err != nil {
		s.records, s.live, s.epoch = records, live, before
		return err
	}
	return nil
}

// Compact writes the log anew if it wastes much.
func (s *Store) Compact() error {
	s.mutex.RLock()
	waste := s.size - s.compacted
	enough := waste > wasteful && waste > s.compacted
	s.mutex.RUnlock()
	if !enough {
		return nil
	}
	s.use.Lock()
	defer s.use.Unlock()
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.rewrite()
}

// rewrite replaces the log by one that holds the present points alone; nobody else may be at it.
func (s *Store) rewrite() error {
	draft := s.path + ".new"
	file, err := os.OpenFile(draft, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	writer := bufio.NewWriterSize(file, 1<<20)
	var size int64
	write := func(e entry) error {
		framed, err := frame(e)
		if err != nil {
			return err
		}
		size += int64(len(framed))
		_, err = writer.Write(framed)
		return err
	}
	err = write(entry{Epoch: &s.epoch})
	for _, record := range s.records {
		if err == nil {
			err = write(entry{Records: []Record{*record}})
		}
	}
	if err = errors.Join(err, writer.Flush()); err == nil {
		err = file.Sync()
	}
	if err == nil {
		err = os.Rename(draft, s.path)
	}
	if err != nil {
		_ = file.Close()
		return err
	}
	_ = s.file.Close()
	s.file, s.size, s.compacted, s.synced = file, size, size, size
	return syncFolder(filepath.Dir(s.path))
}

func syncFolder(folder string) error {
	dir, err := os.Open(folder)
	if err != nil {
		return err
	}
	defer func() { _ = dir.Close() }()
	return dir.Sync()
}

// Settled waits until every write that began before is over.
func (s *Store) Settled() {
	s.use.Lock()
	defer s.use.Unlock()
}

// Dump hands over everything that is here now, deletions too, in parts.
func (s *Store) Dump(size int, take func([]Record) error) error {
	s.mutex.RLock()
	all := make([]*Record, 0, len(s.records))
	for _, record := range s.records {
		all = append(all, record)
	}
	s.mutex.RUnlock()
	for part := range slices.Chunk(all, size) {
		records := make([]Record, len(part))
		for i, record := range part {
			records[i] = *record
		}
		if err := take(records); err != nil {
			return err
		}
	}
	return nil
}

// Get finds points by ID.
func (s *Store) Get(ids []ID) []Record {
	s.mutex.RLock()
	defer s.mutex.RUnlock()
	var found []Record
	for _, id := range ids {
		if record, there := s.records[id]; there && !record.Deleted {
			found = append(found, *record)
		}
	}
	return found
}

// Scroll lists points in the order of their IDs, from an ID on.
func (s *Store) Scroll(from *ID, filter *Filter, limit int) []Record {
	s.mutex.RLock()
	var found []Record
	for id, record := range s.records {
		if !record.Deleted && (from == nil || id.Compare(*from) >= 0) && filter.Holds(&record.Point) {
			found = append(found, *record)
		}
	}
	s.mutex.RUnlock()
	slices.SortFunc(found, func(a, b Record) int { return a.Point.ID.Compare(b.Point.ID) })
	return found[:min(limit, len(found))]
}

// Count says how many points pass.
func (s *Store) Count(filter *Filter) int {
	s.mutex.RLock()
	defer s.mutex.RUnlock()
	if filter == nil {
		return s.live
	}
	count := 0
	for _, record := range s.records {
		if !record.Deleted && filter.Holds(&record.Point) {
			count++
		}
	}
	return count
}

// Close gives the file back.
func (s *Store) Close() error {
	s.use.Lock()
	defer s.use.Unlock()
	return s.file.Close()
}
