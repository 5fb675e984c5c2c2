// Package operator looks at the cache's pods, asks the stores in them, and carries out what package decide says.
package operator

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"aeterna.chaos/images/dragonfly-operator/decide"
)

// Cluster is what the operator needs of Kubernetes.
type Cluster interface {
	// Instances are the pods as they are now, whatever was done to them last included; their stores are not asked yet.
	Instances(ctx context.Context) ([]decide.Instance, error)
	// Label sets or removes a pod's role; master is the address that everybody follows.
	Label(ctx context.Context, pod string, role decide.Role, master string) error
	// Replicated sets the pod's readiness gate.
	Replicated(ctx context.Context, pod string, is bool) error
	// Record reads what was written down last; Write writes it.
	Record(ctx context.Context) (Record, error)
	Write(ctx context.Context, record Record) error
}

// Stores is what the operator does to stores.
type Stores interface {
	State(ctx context.Context, address string) (decide.State, error)
	HandOver(ctx context.Context, from, to string) error
	Promote(ctx context.Context, address, name string, promotion int64) error
	Follow(ctx context.Context, address, master string) error
}

// Record is what outlives the operator.
type Record struct {
	Master    string
	Promotion int64
	Phase     decide.Phase
}

// Operator keeps one cache in order. Not safe for concurrent use.
type Operator struct {
	cluster  Cluster
	stores   Stores
	log      *slog.Logger
	now      func() time.Time
	patience time.Duration
	without  time.Time
	waiting  string
}

// New makes an operator; patience is how long an instance that may hold newer data is waited for.
func New(cluster Cluster, stores Stores, log *slog.Logger, now func() time.Time, patience time.Duration) *Operator {
	return &Operator{cluster: cluster, stores: stores, log: log, now: now, patience: patience}
}

// Reconcile looks once and does what is to be done; settled is false when it should look again soon.
func (o *Operator) Reconcile(ctx context.Context) (settled bool, err error) {
	record, err := o.cluster.Record(ctx)
	if err != nil {
		return false, fmt.Errorf("the record of the last promotion: %w", err)
	}
	instances, err := o.cluster.Instances(ctx)
	if err != nil {
		return false, err
	}
	o.ask(ctx, instances)

	for _, each := range instances {
		// Volumes can outlive the record.
		record.Promotion = max(record.Promotion, each.State.Promotion)
	}

	view := decide.View{Instances: instances, Last: record.Master, Patience: o.patience}
	if !o.without.IsZero() {
		view.Without = o.now().Sub(o.without)
	}
	plan := decide.Decide(view)
	o.remember(plan)
	if plan.Waiting != o.waiting {
		o.waiting = plan.Waiting
		if o.waiting != "" {
			o.log.Info("no master can be promoted yet", "because", o.waiting)
		}
	}
	if err := o.carryOut(ctx, plan, instances, &record); err != nil {
		return false, err
	}
	if record.Phase != plan.Phase {
		record.Phase = plan.Phase
		if err := o.cluster.Write(ctx, record); err != nil {
			return false, fmt.Errorf("writing down the phase %s: %w", plan.Phase, err)
		}
		o.log.Info("phase", "is", plan.Phase, "master", plan.Master)
	}
	return plan.Phase == decide.Ready && len(plan.Actions) == 0, nil
}

// ask asks everyone at the same time: one that is dead costs its own patience once, not everybody's.
func (o *Operator) ask(ctx context.Context, instances []decide.Instance) {
	var asking sync.WaitGroup
	for i := range instances {
		if instances[i].Address == "" {
			continue
		}
		asking.Add(1)
		go func(each *decide.Instance) {
			defer asking.Done()
			state, err := o.stores.State(ctx, each.Address)
			if err != nil {
				o.log.Debug("no answer", "instance", each.Name, "error", err)
				return
			}
			each.Answered, each.State = true, state
		}(&instances[i])
	}
	asking.Wait()
}

func (o *Operator) remember(plan decide.Plan) {
	switch {
	case plan.Waiting == "":
		o.without = time.Time{}
	case o.without.IsZero():
		o.without = o.now()
	}
}

func (o *Operator) carryOut(ctx context.Context, plan decide.Plan, instances []decide.Instance, record *Record) error {
	address := map[string]string{}
	for _, each := range instances {
		address[each.Name] = each.Address
	}
	var failures []error
	for _, action := range plan.Actions {
		o.log.Info("does", "what", action.String())
		if err := o.do(ctx, action, address, plan.Master, record); err != nil {
			err = fmt.Errorf("%s: %w", action, err)
			// Clients must not be sent to an instance that was not promoted. What fails besides holds nobody else up.
			if action.Kind == decide.Promote {
				return errors.Join(append(failures, err)...)
			}
			if action.Kind == decide.HandOver {
				o.log.Warn("the master that leaves could not hand over", "error", err)
				continue
			}
			failures = append(failures, err)
		}
	}
	return errors.Join(failures...)
}

func (o *Operator) do(ctx context.Context, action decide.Action, address map[string]string, master string, record *Record) error {
	switch action.Kind {
	case decide.SetLabel:
		return o.cluster.Label(ctx, action.Target, action.As, address[master])
	case decide.HandOver:
		from := address[action.From]
		if from == "" {
			from = action.From
		}
		return o.stores.HandOver(ctx, from, address[action.Target])
	case decide.Promote:
		// Written down before the act: a number is used once, even if we die in between.
		record.Master, record.Phase = action.Target, decide.ConfiguringReplication
		record.Promotion++
		if err := o.cluster.Write(ctx, *record); err != nil {
			return err
		}
		return o.stores.Promote(ctx, address[action.Target], action.Target, record.Promotion)
	case decide.Follow:
		return o.stores.Follow(ctx, address[action.Target], address[action.From])
	case decide.SetReplicated:
		return o.cluster.Replicated(ctx, action.Target, action.Is)
	}
	return fmt.Errorf("unknown action %q", action.Kind)
}
