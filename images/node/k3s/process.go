package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// children starts programs and collects the exit of every process of the node. The supervisor is process 1: orphans
// (of shims, of kubectl exec) become its children, so nobody else may wait for a pid.
type children struct {
	mu      sync.Mutex
	waiting map[int]chan syscall.WaitStatus
}

func newChildren() *children {
	c := &children{waiting: map[int]chan syscall.WaitStatus{}}
	died := make(chan os.Signal, 1)
	signal.Notify(died, syscall.SIGCHLD)
	go func() {
		for range died {
			c.reap()
		}
	}()
	return c
}

func (c *children) reap() {
	for {
		var status syscall.WaitStatus
		pid, err := syscall.Wait4(-1, &status, syscall.WNOHANG, nil)
		if errors.Is(err, syscall.EINTR) {
			continue
		}
		if pid <= 0 || err != nil {
			return
		}
		// start holds the lock until the pid is known, so a child that dies at once is not taken for an orphan.
		c.mu.Lock()
		if waiting, ours := c.waiting[pid]; ours {
			waiting <- status
			delete(c.waiting, pid)
		}
		c.mu.Unlock()
	}
}

func (c *children) start(cmd *exec.Cmd) (<-chan syscall.WaitStatus, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	exited := make(chan syscall.WaitStatus, 1)
	c.waiting[cmd.Process.Pid] = exited
	return exited, nil
}

// run carries out a short command and returns what it printed; its last words are in the error.
func (c *children) run(ctx context.Context, name string, args ...string) (string, error) {
	read, write, err := os.Pipe()
	if err != nil {
		return "", err
	}
	defer read.Close()
	cmd := exec.Command(name, args...)
	cmd.Stdout, cmd.Stderr = write, write
	exited, err := c.start(cmd)
	write.Close()
	if err != nil {
		return "", err
	}
	stop := context.AfterFunc(ctx, func() { cmd.Process.Kill() })
	defer stop()
	output, _ := io.ReadAll(read)
	status := <-exited
	if status.ExitStatus() != 0 {
		return string(output), fmt.Errorf("%s %s: exit status %d: %s", filepath.Base(name), strings.Join(args, " "), status.ExitStatus(), lastLine(output))
	}
	return string(output), nil
}

// program is a long-running child: kept running, with its output in a file of bounded size.
type program struct {
	name string
	path string
	args func() []string // asked at every start
	env  []string
	// grace is how long an orderly stop may take before the program is killed.
	grace time.Duration

	children *children
	stop     context.CancelFunc
	done     chan struct{}
}

const (
	logSize        = 8 << 20
	restartAfter   = 500 * time.Millisecond
	restartAtMost  = 5 * time.Second
	consideredUp   = 10 * time.Second
	programsFolder = "/usr/local/lib/k3s"
)

func (c *children) keepRunning(p *program) *program {
	ctx, stop := context.WithCancel(context.Background())
	p.children, p.stop, p.done = c, stop, make(chan struct{})
	go func() {
		defer close(p.done)
		for pause := restartAfter; ctx.Err() == nil; {
			started := time.Now()
			outcome := p.once(ctx)
			if ctx.Err() != nil {
				return
			}
			if time.Since(started) > consideredUp {
				pause = restartAfter
			}
			say("%s %s; starting it again", p.name, outcome)
			select {
			case <-ctx.Done():
			case <-time.After(pause):
			}
			pause = min(2*pause, restartAtMost)
		}
	}()
	return p
}

// once runs the program until it ends or is told to stop, and says how it ended.
func (p *program) once(ctx context.Context) string {
	output, err := openLog(filepath.Join("/var/log", p.name+".log"), logSize)
	if err != nil {
		return err.Error()
	}
	defer output.Close()
	read, write, err := os.Pipe()
	if err != nil {
		return err.Error()
	}
	defer read.Close()

	cmd := exec.Command(p.path)
	cmd.Args = append([]string{p.name}, p.args()...)
	cmd.Env = append(os.Environ(), p.env...)
	cmd.Stdout, cmd.Stderr = write, write
	exited, err := p.children.start(cmd)
	write.Close()
	if err != nil {
		return "did not start: " + err.Error()
	}
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		io.Copy(output, read)
	}()

	var status syscall.WaitStatus
	select {
	case status = <-exited:
	case <-ctx.Done():
		cmd.Process.Signal(syscall.SIGTERM)
		select {
		case status = <-exited:
		case <-time.After(p.grace):
			cmd.Process.Kill()
			status = <-exited
		}
	}
	// Grandchildren (shims) may hold the pipe open; what the program itself said is there by now.
	select {
	case <-drained:
	case <-time.After(100 * time.Millisecond):
	}
	if status.Signaled() { // from outside: what it said before explains nothing
		return fmt.Sprintf("was ended by a signal (%s)", status.Signal())
	}
	how := fmt.Sprintf("exited with status %d", status.ExitStatus())
	if words := output.lastWords(); words != "" {
		how += ", last words: " + words
	}
	return how
}

// end stops the program in order and waits for it.
func (p *program) end() {
	p.stop()
	<-p.done
}

// cappedLog is a log file of bounded size: when it is full it becomes name.1 and a new one begins.
type cappedLog struct {
	mu    sync.Mutex
	name  string
	limit int64
	size  int64
	file  *os.File
	tail  []byte
}

func openLog(name string, limit int64) (*cappedLog, error) {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return nil, err
	}
	size, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		file.Close()
		return nil, err
	}
	return &cappedLog{name: name, limit: limit, size: size, file: file}, nil
}

// Write never fails: a full disk, which may well be a fault under test, must not block or end the program.
func (l *cappedLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.size+int64(len(p)) > l.limit {
		if fresh, err := l.rotate(); err == nil {
			l.file.Close()
			l.file, l.size = fresh, 0
		}
	}
	n, _ := l.file.Write(p)
	l.size += int64(n)
	l.tail = append(l.tail, p...)
	if len(l.tail) > 2048 {
		l.tail = append([]byte(nil), l.tail[len(l.tail)-2048:]...)
	}
	return len(p), nil
}

func (l *cappedLog) rotate() (*os.File, error) {
	if err := os.Rename(l.name, l.name+".1"); err != nil {
		return nil, err
	}
	return os.OpenFile(l.name, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o644)
}

func (l *cappedLog) lastWords() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return lastLine(l.tail)
}

func (l *cappedLog) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.file.Close()
}

func lastLine(output []byte) string {
	text := bytes.TrimSpace(output)
	return string(text[bytes.LastIndexByte(text, '\n')+1:])
}

// say prints a progress line; the node's standard error is what `docker logs` shows.
func say(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "%s %s\n", time.Now().UTC().Format("15:04:05.000"), fmt.Sprintf(format, args...))
}
