package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// question is one line that serve reads.
type question struct {
	ID        int64    `json:"id"`
	Arguments []string `json:"arguments,omitempty"`
	// Detached starts a program of ours that goes on by itself.
	Detached bool `json:"detached,omitempty"`
	// Stop ends the command of that id, one that goes on until it is told.
	Stop bool `json:"stop,omitempty"`
}

// answer is one line that serve prints: a line of a command's output, or its end.
type answer struct {
	ID      int64           `json:"id"`
	Line    json.RawMessage `json:"line,omitempty"`
	Ended   bool            `json:"ended,omitempty"`
	Code    int             `json:"code"`
	Trouble string          `json:"trouble,omitempty"`
	// MonotonicNanos is this machine's monotonic clock when the line was made.
	MonotonicNanos int64 `json:"monotonic_nanos"`
}

// server carries out command lines beside each other in one process: starting
// a process for each takes a container engine a tenth of a second, and on a busy
// machine a whole one.
type server struct {
	out     *json.Encoder
	lock    sync.Mutex // over out and running
	running map[int64]context.CancelFunc
}

// runServe ends with its standard input, and so with whoever asks.
func runServe(arguments []string, out io.Writer) error {
	if len(arguments) > 0 {
		return usageError{"serve: takes no options"}
	}
	return serve(os.Stdin, out)
}

func serve(in io.Reader, out io.Writer) error {
	s := &server{out: json.NewEncoder(out), running: map[int64]context.CancelFunc{}}
	defer s.stopAll()
	lines := bufio.NewReaderSize(in, 1<<16)
	for {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		var q question
		if err := json.Unmarshal(line, &q); err != nil {
			return usageError{"serve: " + err.Error()}
		}
		if q.Stop {
			s.stop(q.ID)
			continue
		}
		ctx := s.begin(q.ID)
		go s.carryOut(ctx, q)
	}
}

func (s *server) begin(id int64) context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	s.lock.Lock()
	defer s.lock.Unlock()
	s.running[id] = cancel
	return ctx
}

func (s *server) stop(id int64) {
	s.lock.Lock()
	defer s.lock.Unlock()
	if cancel := s.running[id]; cancel != nil {
		cancel()
	}
}

func (s *server) stopAll() {
	s.lock.Lock()
	defer s.lock.Unlock()
	for _, cancel := range s.running {
		cancel()
	}
}

func (s *server) carryOut(ctx context.Context, q question) {
	end := answer{ID: q.ID, Ended: true}
	defer func() {
		if broken := recover(); broken != nil {
			end.Code, end.Trouble = exitFailed, fmt.Sprint(broken)
		}
		s.stop(q.ID)
		s.lock.Lock()
		delete(s.running, q.ID)
		s.lock.Unlock()
		s.say(end)
	}()
	if q.Detached {
		if err := detach(q.Arguments); err != nil {
			end.Code, end.Trouble = exitFailed, oneLine(err)
		}
		return
	}
	var trouble bytes.Buffer
	end.Code = dispatch(ctx, q.Arguments, &sayer{server: s, id: q.ID}, &trouble)
	first, _, _ := bytes.Cut(trouble.Bytes(), []byte{'\n'})
	end.Trouble = string(first)
}

func (s *server) say(a answer) {
	a.MonotonicNanos = monotonic()
	s.lock.Lock()
	defer s.lock.Unlock()
	// Nobody to tell: whoever asked is gone, and the end of standard input says so too.
	_ = s.out.Encode(a)
}

// sayer passes a command's lines on as they come.
type sayer struct {
	server *server
	id     int64
}

func (w *sayer) Write(text []byte) (int, error) {
	for _, line := range bytes.Split(bytes.TrimRight(text, "\n"), []byte{'\n'}) {
		w.server.say(answer{ID: w.id, Line: line})
	}
	return len(text), nil
}

// detach starts this program once more, in a session of its own: it outlives us.
func detach(arguments []string) error {
	helper := exec.Command("/proc/self/exe", arguments...)
	helper.Args[0] = os.Args[0]
	helper.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := helper.Start(); err != nil {
		return err
	}
	go helper.Wait()
	return nil
}

// monotonic is the kernel's clock that nobody sets, in nanoseconds.
func monotonic() int64 {
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &now); err != nil {
		panic(err) // every kernel has it
	}
	return now.Nano()
}
