package decide_test

import (
	"slices"
	"testing"
	"time"

	"aeterna.chaos/images/dragonfly-operator/decide"
)

const patience = 10 * time.Second

// master and replica are as in steady state; a test changes what is different about them.
func master(change ...func(*decide.Instance)) decide.Instance {
	return changed(decide.Instance{Name: "df-0", Address: "10.0.0.1", Up: true, Label: decide.Master, Replicated: true, Answered: true,
		State: decide.State{Master: true, Offset: 900, Keys: 50, Promotion: 3}}, change)
}

func replica(change ...func(*decide.Instance)) decide.Instance {
	return changed(decide.Instance{Name: "df-1", Address: "10.0.0.2", Up: true, Label: decide.Replica, Replicated: true, Answered: true,
		State: decide.State{Follows: "10.0.0.1", LinkUp: true, Offset: 899, Keys: 50, Promotion: 3}}, change)
}

func changed(i decide.Instance, change []func(*decide.Instance)) decide.Instance {
	for _, each := range change {
		each(&i)
	}
	return i
}

func down(i *decide.Instance)    { i.Up, i.Answered, i.State = false, false, decide.State{} }
func leaving(i *decide.Instance) { i.Leaving = true }
func mute(i *decide.Instance)    { i.Answered, i.State = false, decide.State{} }
func empty(i *decide.Instance)   { i.State.Keys = 0 }
func cut(i *decide.Instance)     { i.State.LinkUp = false }
func syncing(i *decide.Instance) { i.State.LinkUp, i.State.Syncing = false, true }
func anew(i *decide.Instance)    { i.Label, i.Replicated = decide.Unlabelled, false }

// restarted: a new process, which follows nobody until it is told to and counts its history from zero.
func restarted(i *decide.Instance) {
	i.State.Master, i.State.Follows, i.State.LinkUp, i.State.Offset = false, "127.0.0.1", false, 0
}

func TestPlans(t *testing.T) {
	for name, c := range map[string]struct {
		instances []decide.Instance
		last      string
		without   time.Duration
		master    string
		phase     decide.Phase
		actions   []string
		waiting   bool
	}{
		"steady": {
			instances: []decide.Instance{master(), replica()}, last: "df-0",
			master: "df-0", phase: decide.Ready,
		},
		"first start": {
			instances: []decide.Instance{master(anew, restarted, empty), replica(anew, restarted, empty)},
			master:    "df-0", phase: decide.ConfiguringReplication,
			actions: []string{"promote df-0: there was no master before", `label df-0 as "master"`, "replicated df-0 true", "follow df-1 from df-0"},
		},
		"nobody is there": {
			phase: decide.ResourcesCreated, waiting: true,
		},
		"the master died": {
			instances: []decide.Instance{master(down), replica(cut)}, last: "df-0",
			master: "df-1", phase: decide.ConfiguringReplication,
			actions: []string{`label df-0 as ""`, "promote df-1: it knows the history up to 899", `label df-1 as "master"`},
		},
		"the master's pod is gone": {
			instances: []decide.Instance{replica(cut)}, last: "df-0",
			master: "df-1", phase: decide.ConfiguringReplication,
			actions: []string{"promote df-1: it knows the history up to 899", `label df-1 as "master"`},
		},
		"the master's pod was deleted by force, its process lives on": {
			instances: []decide.Instance{replica()}, last: "df-0",
			master: "df-1", phase: decide.ConfiguringReplication,
			actions: []string{"hand over df-1 from 10.0.0.1", "promote df-1: it knows the history up to 899", `label df-1 as "master"`},
		},
		"the master leaves and still answers": {
			instances: []decide.Instance{master(leaving), replica()}, last: "df-0",
			master: "df-1", phase: decide.ConfiguringReplication,
			actions: []string{`label df-0 as ""`, "hand over df-1 from df-0", "promote df-1: it knows the history up to 899",
				`label df-1 as "master"`, "follow df-0 from df-1"},
		},
		"the master's node was given up, it may live on": {
			instances: []decide.Instance{master(func(i *decide.Instance) { i.Up = false }), replica(cut)}, last: "df-0",
			master: "df-1", phase: decide.ConfiguringReplication,
			actions: []string{`label df-0 as ""`, "promote df-1: it knows the history up to 899", `label df-1 as "master"`, "follow df-0 from df-1"},
		},
		"the master does not answer us, its node holds it for well": {
			instances: []decide.Instance{master(mute), replica()}, last: "df-0",
			master: "df-0", phase: decide.Ready,
		},
		"the master was restarted in place, empty": {
			instances: []decide.Instance{master(restarted, empty), replica(cut)}, last: "df-0",
			master: "df-1", phase: decide.ConfiguringReplication,
			actions: []string{`label df-0 as ""`, "promote df-1: it knows the history up to 899", `label df-1 as "master"`, "follow df-0 from df-1"},
		},
		"the master was restarted in place, with what its disk had": {
			instances: []decide.Instance{master(restarted), replica(cut)}, last: "df-0",
			master: "df-1", phase: decide.ConfiguringReplication,
			actions: []string{`label df-0 as ""`, "promote df-1: it knows the history up to 899", `label df-1 as "master"`, "follow df-0 from df-1"},
		},
		"both were restarted: the master of before found its data": {
			instances: []decide.Instance{master(restarted, anew), replica(restarted, anew)}, last: "df-0",
			master: "df-0", phase: decide.ConfiguringReplication,
			actions: []string{"promote df-0: it was the master before and found its data again", `label df-0 as "master"`, "replicated df-0 true",
				"follow df-1 from df-0"},
		},
		"both were restarted: the master of before lost its disk": {
			instances: []decide.Instance{master(restarted, anew, empty), replica(restarted, anew)}, last: "df-0",
			master: "df-1", phase: decide.ConfiguringReplication,
			actions: []string{"promote df-1: everyone is here and nobody knows more", `label df-1 as "master"`, "replicated df-1 true",
				"follow df-0 from df-1"},
		},
		"only a restarted replica is here: the master of before is waited for": {
			instances: []decide.Instance{master(down, anew), replica(restarted, anew)}, last: "df-0", without: patience - 1,
			phase: decide.ConfiguringReplication, waiting: true,
		},
		"only a restarted replica is here, long enough": {
			instances: []decide.Instance{master(down, anew), replica(restarted, anew)}, last: "df-0", without: patience,
			master: "df-1", phase: decide.ConfiguringReplication,
			actions: []string{"promote df-1: nobody who may know more came within 10s", `label df-1 as "master"`, "replicated df-1 true"},
		},
		"an empty restarted master is alone: a replica with data is waited for": {
			instances: []decide.Instance{master(restarted, empty), replica(down)}, last: "df-0",
			phase: decide.ConfiguringReplication, waiting: true, actions: []string{`label df-0 as ""`},
		},
		"a replica with data comes back to a master that was promoted empty": {
			instances: []decide.Instance{master(empty), replica(restarted, anew)}, last: "df-0",
			master: "df-1", phase: decide.ConfiguringReplication,
			actions: []string{`label df-0 as ""`, "promote df-1: the master df-0 is empty, it holds data", `label df-1 as "master"`,
				"replicated df-1 true", "follow df-0 from df-1"},
		},
		"an empty master with an attached replica is simply empty": {
			instances: []decide.Instance{master(empty), replica()}, last: "df-0",
			master: "df-0", phase: decide.Ready,
		},
		"a replica in the middle of a copy is no candidate": {
			instances: []decide.Instance{master(down), replica(syncing)}, last: "df-0",
			phase: decide.ConfiguringReplication, waiting: true, actions: []string{`label df-0 as ""`},
		},
		"the master blinked and nobody could take over": {
			instances: []decide.Instance{master(func(i *decide.Instance) { i.Label = decide.Unlabelled }), replica(down)}, last: "df-0",
			master: "df-0", phase: decide.ConfiguringReplication,
			actions: []string{"promote df-0: it knows the history up to 900", `label df-0 as "master"`},
		},
		"the old master comes back from a partition": {
			instances: []decide.Instance{master(func(i *decide.Instance) { i.Label = decide.Unlabelled }),
				replica(func(i *decide.Instance) { i.Label, i.State.Master, i.State.Promotion = decide.Master, true, 4 })}, last: "df-1",
			master: "df-1", phase: decide.ConfiguringReplication,
			actions: []string{"follow df-0 from df-1", "replicated df-0 false"},
		},
		"two carry the label: the later promotion counts": {
			instances: []decide.Instance{master(),
				replica(func(i *decide.Instance) { i.Label, i.State.Master, i.State.Promotion = decide.Master, true, 4 })}, last: "df-1",
			master: "df-1", phase: decide.ConfiguringReplication,
			actions: []string{`label df-0 as ""`, "follow df-0 from df-1", "replicated df-0 false"},
		},
		"a new replica": {
			instances: []decide.Instance{master(), replica(restarted, anew, empty)}, last: "df-0",
			master: "df-0", phase: decide.ConfiguringReplication,
			actions: []string{"follow df-1 from df-0"},
		},
		"a new replica follows and is copied": {
			instances: []decide.Instance{master(), replica(anew, syncing)}, last: "df-0",
			master: "df-0", phase: decide.ConfiguringReplication,
			actions: []string{`label df-1 as "replica"`},
		},
		"a new replica has everything": {
			instances: []decide.Instance{master(), replica(anew)}, last: "df-0",
			master: "df-0", phase: decide.Ready,
			actions: []string{`label df-1 as "replica"`, "replicated df-1 true"},
		},
		"a replica lost its connection": {
			instances: []decide.Instance{master(), replica(cut)}, last: "df-0",
			master: "df-0", phase: decide.ConfiguringReplication,
			actions: []string{"replicated df-1 false"},
		},
		"a replica does not answer": {
			instances: []decide.Instance{master(), replica(mute)}, last: "df-0",
			master: "df-0", phase: decide.ConfiguringReplication,
		},
	} {
		t.Run(name, func(t *testing.T) {
			view := decide.View{Instances: c.instances, Last: c.last, Without: c.without, Patience: patience}
			plan := decide.Decide(view)
			if plan.Master != c.master || plan.Phase != c.phase || (plan.Waiting != "") != c.waiting {
				t.Errorf("want master %q, phase %q, waiting %t, got %+v", c.master, c.phase, c.waiting, plan)
			}
			var actions []string
			for _, action := range plan.Actions {
				actions = append(actions, action.String())
			}
			if !slices.Equal(actions, c.actions) {
				t.Errorf("want\n%q\ngot\n%q", c.actions, actions)
			}
			slices.Reverse(view.Instances)
			if again := decide.Decide(view); again.Master != plan.Master || len(again.Actions) != len(plan.Actions) {
				t.Errorf("the order of the instances changes the plan: %+v", again)
			}
		})
	}
}
