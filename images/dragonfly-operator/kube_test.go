package main

import (
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"aeterna.chaos/images/dragonfly-operator/decide"
)

func pod(conditions ...corev1.PodConditionType) *corev1.Pod {
	p := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "df-0", Labels: map[string]string{"role": "master"}},
		Status: corev1.PodStatus{PodIP: "10.0.0.1", Conditions: []corev1.PodCondition{
			{Type: corev1.PodScheduled, Status: corev1.ConditionTrue}, {Type: corev1.PodInitialized, Status: corev1.ConditionFalse}}}}
	for _, kind := range conditions {
		p.Status.Conditions = append(p.Status.Conditions, corev1.PodCondition{Type: kind, Status: corev1.ConditionTrue})
	}
	return p
}

func TestInstance(t *testing.T) {
	notReady := func(reason string, others ...corev1.PodConditionType) *corev1.Pod {
		p := pod(others...)
		p.Status.Conditions = append(p.Status.Conditions, corev1.PodCondition{Type: corev1.PodReady, Status: corev1.ConditionFalse, Reason: reason})
		return p
	}
	leaving := pod(corev1.ContainersReady, replicatedGate, corev1.PodReady)
	leaving.DeletionTimestamp = &metav1.Time{Time: time.Unix(1, 0)}
	for name, c := range map[string]struct {
		pod                     *corev1.Pod
		up, leaving, replicated bool
	}{
		"ready":                        {pod: pod(corev1.ContainersReady, replicatedGate, corev1.PodReady), up: true, replicated: true},
		"starting":                     {pod: pod()},
		"up, has not everything yet":   {pod: notReady("ReadinessGatesNotReady", corev1.ContainersReady), up: true},
		"its gate was opened just now": {pod: notReady("ReadinessGatesNotReady", corev1.ContainersReady, replicatedGate), up: true, replicated: true},
		"its container died":           {pod: notReady("ContainersNotReady", replicatedGate), replicated: true},
		"its node was given up":        {pod: notReady("", corev1.ContainersReady, replicatedGate), replicated: true},
		"being deleted, still in use":  {pod: leaving, up: true, leaving: true, replicated: true},
	} {
		t.Run(name, func(t *testing.T) {
			want := decide.Instance{Name: "df-0", Address: "10.0.0.1", Label: decide.Master, Up: c.up, Leaving: c.leaving, Replicated: c.replicated}
			if got := instance(c.pod); got != want {
				t.Errorf("want %+v, got %+v", want, got)
			}
		})
	}
}
