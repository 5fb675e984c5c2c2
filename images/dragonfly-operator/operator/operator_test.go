package operator_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"aeterna.chaos/images/dragonfly-operator/decide"
	"aeterna.chaos/images/dragonfly-operator/operator"
)

// world is a cluster and its stores; acts that are carried out change it.
type world struct {
	instances []decide.Instance
	record    operator.Record
	acts      []string
	// fail, by the first word of an act.
	fail map[string]error
	now  time.Time
}

func (w *world) act(format string, parts ...any) error {
	text := fmt.Sprintf(format, parts...)
	w.acts = append(w.acts, text)
	kind, _, _ := strings.Cut(text, " ")
	return w.fail[kind]
}

func (w *world) at(address string) *decide.Instance {
	for i := range w.instances {
		if w.instances[i].Address == address || w.instances[i].Name == address {
			return &w.instances[i]
		}
	}
	return nil
}

func (w *world) Instances(context.Context) ([]decide.Instance, error) {
	bare := slices.Clone(w.instances)
	for i := range bare {
		bare[i].Answered, bare[i].State = false, decide.State{}
	}
	return bare, nil
}

func (w *world) Label(_ context.Context, pod string, role decide.Role, master string) error {
	if err := w.act("label %s %s %s", pod, role, master); err != nil {
		return err
	}
	w.at(pod).Label = role
	return nil
}

func (w *world) Replicated(_ context.Context, pod string, is bool) error {
	if err := w.act("replicated %s %t", pod, is); err != nil {
		return err
	}
	w.at(pod).Replicated = is
	return nil
}

func (w *world) Record(context.Context) (operator.Record, error) { return w.record, w.fail["record"] }

func (w *world) Write(_ context.Context, record operator.Record) error {
	if err := w.act("write %s %d %s", record.Master, record.Promotion, record.Phase); err != nil {
		return err
	}
	w.record = record
	return nil
}

func (w *world) State(_ context.Context, address string) (decide.State, error) {
	i := w.at(address)
	if !i.Answered {
		return decide.State{}, errors.New("connection refused")
	}
	return i.State, nil
}

func (w *world) HandOver(_ context.Context, from, to string) error {
	return w.act("handover %s %s", from, to)
}

func (w *world) Promote(_ context.Context, address, name string, promotion int64) error {
	if err := w.act("promote %s %s %d", address, name, promotion); err != nil {
		return err
	}
	state := &w.at(address).State
	state.Master, state.Follows, state.LinkUp, state.Promotion = true, "", false, promotion
	return nil
}

func (w *world) Follow(_ context.Context, address, master string) error {
	if err := w.act("follow %s %s", address, master); err != nil {
		return err
	}
	to, from := w.at(address), w.at(master)
	to.State = from.State
	to.State.Master, to.State.Follows, to.State.LinkUp = false, master, true
	return nil
}

func pair() *world {
	return &world{fail: map[string]error{}, now: time.Unix(1000, 0), record: operator.Record{Master: "df-0", Promotion: 3, Phase: decide.Ready},
		instances: []decide.Instance{
			{Name: "df-0", Address: "10.0.0.1", Up: true, Label: decide.Master, Replicated: true, Answered: true,
				State: decide.State{Master: true, Offset: 900, Keys: 50, Promotion: 3}},
			{Name: "df-1", Address: "10.0.0.2", Up: true, Label: decide.Replica, Replicated: true, Answered: true,
				State: decide.State{Follows: "10.0.0.1", LinkUp: true, Offset: 900, Keys: 50, Promotion: 3}}}}
}

func reconciling(w *world) func(t *testing.T) (bool, error) {
	o := operator.New(w, w, slog.New(slog.DiscardHandler), func() time.Time { return w.now }, 10*time.Second)
	return func(t *testing.T) (bool, error) {
		t.Helper()
		w.acts = nil
		return o.Reconcile(context.Background())
	}
}

func expect(t *testing.T, w *world, acts ...string) {
	t.Helper()
	if !slices.Equal(w.acts, acts) {
		t.Errorf("want\n%q\ngot\n%q", acts, w.acts)
	}
}

func TestASteadyCacheIsLeftAlone(t *testing.T) {
	w := pair()
	if settled, err := reconciling(w)(t); !settled || err != nil {
		t.Errorf("settled %t, %v", settled, err)
	}
	expect(t, w)
}

func TestFailoverAndReturn(t *testing.T) {
	w := pair()
	reconcile := reconciling(w)
	old := w.at("df-0")
	old.Up, old.Answered, w.at("df-1").State.LinkUp = false, false, false
	if settled, err := reconcile(t); settled || err != nil {
		t.Fatalf("settled %t, %v", settled, err)
	}
	expect(t, w, "label df-0  10.0.0.2", "write df-1 4 configuring-replication", "promote 10.0.0.2 df-1 4", "label df-1 master 10.0.0.2")

	// It comes back as it starts: following nobody, with the data of its disk.
	old.Up, old.Answered, old.State = true, true, decide.State{Follows: "127.0.0.1", Keys: 49, Promotion: 3}
	if settled, err := reconcile(t); settled || err != nil {
		t.Fatalf("settled %t, %v", settled, err)
	}
	expect(t, w, "follow 10.0.0.1 10.0.0.2", "replicated df-0 false")
	if settled, err := reconcile(t); settled || err != nil {
		t.Fatalf("settled %t, %v", settled, err)
	}
	expect(t, w, "label df-0 replica 10.0.0.2", "replicated df-0 true", "write df-1 4 ready")
	if settled, err := reconcile(t); !settled || err != nil {
		t.Fatalf("settled %t, %v", settled, err)
	}
	expect(t, w)
}

func TestNobodyIsSentToAnInstanceThatCouldNotBePromoted(t *testing.T) {
	w := pair()
	reconcile := reconciling(w)
	w.at("df-0").Up = false
	refused := errors.New("refused")
	w.fail["promote"] = refused
	if _, err := reconcile(t); !errors.Is(err, refused) {
		t.Fatalf("got %v", err)
	}
	expect(t, w, "label df-0  10.0.0.2", "handover 10.0.0.1 10.0.0.2", "write df-1 4 configuring-replication", "promote 10.0.0.2 df-1 4")
	delete(w.fail, "promote")
	if _, err := reconcile(t); err != nil || w.at("df-1").Label != decide.Master || w.record.Promotion != 5 {
		t.Errorf("not repeated with a number of its own: %v, %+v", err, w)
	}
}

func TestAPromotionThatCannotBeWrittenDownIsNotMade(t *testing.T) {
	w := pair()
	w.at("df-0").Up, w.at("df-0").Answered = false, false
	w.fail["write"] = errors.New("the API server is away")
	if _, err := reconciling(w)(t); err == nil || w.at("df-1").State.Master {
		t.Errorf("promoted: %v, %q", err, w.acts)
	}
}

func TestAMasterThatCannotHandOverIsReplacedNevertheless(t *testing.T) {
	w := pair()
	w.at("df-0").Leaving = true
	w.fail["handover"] = errors.New("gone")
	if _, err := reconciling(w)(t); err != nil || w.at("df-1").Label != decide.Master {
		t.Errorf("%v, %q", err, w.acts)
	}
}

func TestAMasterThatIsNoLongerListedHandsOverAsLongAsItLives(t *testing.T) {
	w := pair()
	w.instances = w.instances[1:]
	if _, err := reconciling(w)(t); err != nil {
		t.Fatal(err)
	}
	expect(t, w, "handover 10.0.0.1 10.0.0.2", "write df-1 4 configuring-replication", "promote 10.0.0.2 df-1 4", "label df-1 master 10.0.0.2")
}

func TestALabelThatCannotBeRemovedDoesNotPreventThePromotion(t *testing.T) {
	w := pair()
	w.at("df-0").Up, w.at("df-0").Answered = false, false
	w.fail["label"] = errors.New("the pod is gone")
	if _, err := reconciling(w)(t); err == nil || !w.at("df-1").State.Master {
		t.Errorf("%v, %q", err, w.acts)
	}
}

func TestWaitingEndsWithPatience(t *testing.T) {
	w := pair()
	reconcile := reconciling(w)
	w.at("df-0").Up, w.at("df-0").Answered = false, false
	w.at("df-1").State.Follows, w.at("df-1").State.Offset = "127.0.0.1", 0
	for _, later := range []time.Duration{0, 9 * time.Second} {
		w.now = time.Unix(1000, 0).Add(later)
		if settled, err := reconcile(t); settled || err != nil || w.at("df-1").State.Master {
			t.Fatalf("after %s: settled %t, %v, %q", later, settled, err, w.acts)
		}
	}
	w.now = time.Unix(1010, 0)
	if _, err := reconcile(t); err != nil || !w.at("df-1").State.Master {
		t.Errorf("%v, %q", err, w.acts)
	}
}

func TestANumberThatTheDataKnowsIsNotUsedAgain(t *testing.T) {
	w := pair()
	w.record = operator.Record{}
	w.at("df-0").Up, w.at("df-0").Answered = false, false
	if _, err := reconciling(w)(t); err != nil || w.at("df-1").State.Promotion != 4 {
		t.Errorf("%v, %q", err, w.acts)
	}
}
