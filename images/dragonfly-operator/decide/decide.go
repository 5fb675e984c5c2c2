// Package decide says what has to be done so that one instance is the master and every other one follows it. It does nothing
// itself, asks nobody and reads no clock: the same view gives the same plan.
package decide

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Role is what an instance's label says.
type Role string

const (
	Unlabelled Role = ""
	Master     Role = "master"
	Replica    Role = "replica"
)

// Instance is one pod of the cache and the store in it.
type Instance struct {
	Name    string
	Address string
	// Up: its containers are ready and its node was not given up.
	Up bool
	// Leaving: it is being deleted.
	Leaving bool
	Label   Role
	// Replicated: the condition that says so is true.
	Replicated bool
	// Answered: the store in it answered just now; without that, State says nothing.
	Answered bool
	State    State
}

// State is what a store says of itself.
type State struct {
	Master bool
	// Follows is the address of the instance that it was told to follow.
	Follows string
	// LinkUp: it is connected to the one that it follows, and has all of its data.
	LinkUp  bool
	Syncing bool
	// Offset is how far its copy of the history reaches. A process that was restarted begins at zero, whatever it found on its disk.
	Offset int64
	// Keys it holds, the operator's own not counted.
	Keys int64
	// Promotion is the number of the last promotion that its data knows of.
	Promotion int64
}

// View is everything that a plan depends on.
type View struct {
	Instances []Instance
	// Last is the name of the master of before; empty when there never was one.
	Last string
	// Without is for how long there has been no master.
	Without time.Duration
	// Patience is how long an instance that may hold newer data is waited for.
	Patience time.Duration
}

// Phase is how far the whole is, in the words of Dragonfly's own operator.
type Phase string

const (
	ResourcesCreated       Phase = "resources-created"
	ConfiguringReplication Phase = "configuring-replication"
	Ready                  Phase = "ready"
)

// Kind of an action.
type Kind string

const (
	// SetLabel gives Target the role As.
	SetLabel Kind = "label"
	// HandOver makes From, which is still alive, refuse writes, and waits for Target to have everything it acknowledged. From can
	// be an address: that of an instance that is listed no more.
	HandOver Kind = "hand over"
	// Promote makes Target the master and drops the connections of its clients, who know it as a replica.
	Promote Kind = "promote"
	// Follow makes Target a replica of From; what it alone holds is lost.
	Follow Kind = "follow"
	// SetReplicated sets Target's condition to Is.
	SetReplicated Kind = "replicated"
)

// Action is one thing to do.
type Action struct {
	Kind   Kind
	Target string
	From   string
	As     Role
	Is     bool
	// Because says why, where the kind alone does not.
	Because string
}

func (a Action) String() string {
	text := string(a.Kind) + " " + a.Target
	switch a.Kind {
	case SetLabel:
		text += fmt.Sprintf(" as %q", string(a.As))
	case HandOver, Follow:
		text += " from " + a.From
	case SetReplicated:
		text += fmt.Sprint(" ", a.Is)
	}
	if a.Because != "" {
		text += ": " + a.Because
	}
	return text
}

// Plan is what to do now, in this order; each action presupposes that the ones before it succeeded.
type Plan struct {
	Master  string
	Phase   Phase
	Actions []Action
	// Waiting says what is waited for when nobody can be promoted yet.
	Waiting string
}

// Decide makes the plan.
func Decide(view View) Plan {
	instances := slices.Clone(view.Instances)
	slices.SortFunc(instances, func(a, b Instance) int { return cmp.Compare(a.Name, b.Name) })

	current, standing := standingMaster(instances)
	if standing {
		if better, found := holderOfMore(instances, current); found {
			return promote(instances, better, "the master "+current.Name+" is empty, it holds data")
		}
		return configure(instances, current)
	}
	best, because, waiting := successor(instances, view)
	if waiting != "" {
		plan := Plan{Phase: ConfiguringReplication, Waiting: waiting}
		if len(instances) == 0 || !slices.ContainsFunc(instances, func(i Instance) bool { return i.Up }) {
			plan.Phase = ResourcesCreated
		}
		plan.Actions = takeOffice(instances, "")
		return plan
	}
	return promote(instances, best, because)
}

// standingMaster is the labelled master, as long as Kubernetes holds it for well. That it does not answer us proves nothing: what
// decides is what its own node says of it, as with Dragonfly's operator. But a store that says that it is no master was restarted
// behind our back, and knows less than its replicas do.
func standingMaster(instances []Instance) (Instance, bool) {
	var standing []Instance
	for _, each := range instances {
		if each.Label == Master && each.Up && !each.Leaving && (!each.Answered || each.State.Master) {
			standing = append(standing, each)
		}
	}
	if len(standing) == 0 {
		return Instance{}, false
	}
	return slices.MaxFunc(standing, func(a, b Instance) int { return cmp.Compare(a.State.Promotion, b.State.Promotion) }), true
}

// holderOfMore finds a detached instance with data beside a master that has none: following would wipe it.
func holderOfMore(instances []Instance, current Instance) (Instance, bool) {
	if !current.Answered || current.State.Keys > 0 {
		return Instance{}, false
	}
	var holders []Instance
	for _, each := range instances {
		attached := each.State.Follows == current.Address && (each.State.LinkUp || each.State.Syncing)
		if each.Name != current.Name && eligible(each) && each.State.Keys > 0 && !attached {
			holders = append(holders, each)
		}
	}
	if len(holders) == 0 {
		return Instance{}, false
	}
	return slices.MaxFunc(holders, func(a, b Instance) int { return cmp.Compare(a.State.Keys, b.State.Keys) }), true
}

func eligible(i Instance) bool { return i.Up && !i.Leaving && i.Answered && !i.State.Syncing }

// successor finds who knows most. A replica whose process has been following ever since knows more than anyone who was restarted,
// the master of before included: what that one found on its disk may be old.
func successor(instances []Instance, view View) (best Instance, because, waiting string) {
	var candidates []Instance
	for _, each := range instances {
		if eligible(each) {
			candidates = append(candidates, each)
		}
	}
	if len(candidates) == 0 {
		return Instance{}, "", "no instance is up and answers"
	}
	slices.SortStableFunc(candidates, func(a, b Instance) int {
		return cmp.Or(
			yesFirst(a.State.Keys > 0, b.State.Keys > 0),
			yesFirst(unbroken(a), unbroken(b)),
			cmp.Compare(b.State.Offset, a.State.Offset),
			yesFirst(a.Name == view.Last, b.Name == view.Last),
			cmp.Compare(b.State.Keys, a.State.Keys),
		)
	})
	best = candidates[0]
	switch {
	case unbroken(best) && best.State.Keys > 0:
		return best, fmt.Sprintf("it knows the history up to %d", best.State.Offset), ""
	case view.Last == "":
		return best, "there was no master before", ""
	case best.Name == view.Last && best.State.Keys > 0:
		return best, "it was the master before and found its data again", ""
	case len(candidates) == len(instances):
		return best, "everyone is here and nobody knows more", ""
	case view.Without >= view.Patience:
		return best, fmt.Sprintf("nobody who may know more came within %s", view.Patience), ""
	}
	return best, "", fmt.Sprintf("%s has %d keys; those who are away may know more", best.Name, best.State.Keys)
}

// unbroken: its process has a history, so it was master or following one since it started.
func unbroken(i Instance) bool { return i.State.Offset > 0 }

func yesFirst(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

func promote(instances []Instance, best Instance, because string) Plan {
	plan := Plan{Master: best.Name, Phase: ConfiguringReplication}
	// Nobody is sent to the old one any more before the new one begins to differ from it.
	plan.Actions = takeOffice(instances, best.Name)
	if from, alive := followed(instances, best); alive {
		plan.Actions = append(plan.Actions, Action{Kind: HandOver, Target: best.Name, From: from})
	}
	plan.Actions = append(plan.Actions,
		Action{Kind: Promote, Target: best.Name, Because: because},
		Action{Kind: SetLabel, Target: best.Name, As: Master})
	if !best.Replicated {
		plan.Actions = append(plan.Actions, Action{Kind: SetReplicated, Target: best.Name, Is: true})
	}
	for _, each := range instances {
		if each.Name != best.Name && each.Answered {
			plan.Actions = append(plan.Actions, Action{Kind: Follow, Target: each.Name, From: best.Name})
		}
	}
	return plan
}

// followed is who the best still follows: an instance's name, or an address alone. A pod that is deleted by force is listed no more,
// and yet its process lives on for a second or two and acknowledges what its clients write over the connections that they have.
func followed(instances []Instance, best Instance) (string, bool) {
	if best.State.Master || !best.State.LinkUp {
		return "", false
	}
	for _, each := range instances {
		if each.Address == best.State.Follows {
			return each.Name, each.Answered && each.State.Master
		}
	}
	return best.State.Follows, true
}

// takeOffice takes the master's label off everyone but one.
func takeOffice(instances []Instance, except string) []Action {
	var actions []Action
	for _, each := range instances {
		if each.Label == Master && each.Name != except {
			actions = append(actions, Action{Kind: SetLabel, Target: each.Name, As: Unlabelled})
		}
	}
	return actions
}

// configure makes everyone follow the master that stands.
func configure(instances []Instance, current Instance) Plan {
	plan := Plan{Master: current.Name, Phase: Ready, Actions: takeOffice(instances, current.Name)}
	if !current.Replicated {
		plan.Actions = append(plan.Actions, Action{Kind: SetReplicated, Target: current.Name, Is: true})
	}
	for _, each := range instances {
		if each.Name == current.Name {
			continue
		}
		following := each.Answered && !each.State.Master && each.State.Follows == current.Address
		if each.Answered && !following {
			plan.Actions = append(plan.Actions, Action{Kind: Follow, Target: each.Name, From: current.Name})
		}
		if following && each.Up && !each.Leaving && each.Label != Replica {
			plan.Actions = append(plan.Actions, Action{Kind: SetLabel, Target: each.Name, As: Replica})
		}
		replicated := following && each.State.LinkUp && !each.State.Syncing
		// Without an answer nothing is known, and a condition that flaps would evict it from the budget for nothing.
		if each.Answered && each.Replicated != replicated && !each.Leaving {
			plan.Actions = append(plan.Actions, Action{Kind: SetReplicated, Target: each.Name, Is: replicated})
		}
		if !replicated || !each.Up || each.Leaving {
			plan.Phase = ConfiguringReplication
		}
	}
	return plan
}
