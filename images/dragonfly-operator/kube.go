package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"

	"aeterna.chaos/images/dragonfly-operator/decide"
	"aeterna.chaos/images/dragonfly-operator/operator"
)

const (
	roleLabel = "role"
	// As Dragonfly's operator names them.
	masterIPAnnotation = "operator.dragonflydb.io/masterIP"
	replicatedGate     = "dragonflydb.io/replication-ready"
	// Dragonfly's operator keeps these in the status of its own resource.
	masterAnnotation    = "operator.dragonflydb.io/master"
	promotionAnnotation = "operator.dragonflydb.io/promotion"
	phaseAnnotation     = "operator.dragonflydb.io/phase"
	fieldManager        = "dragonfly-operator"
)

// kube is the cache as Kubernetes has it.
type kube struct {
	client      kubernetes.Interface
	namespace   string
	statefulSet string
	selector    string
}

// Instances asks the API server itself: a cache may not know yet what we have just done, and we would do it again.
func (k *kube) Instances(ctx context.Context) ([]decide.Instance, error) {
	pods, err := k.client.CoreV1().Pods(k.namespace).List(ctx, metav1.ListOptions{LabelSelector: k.selector})
	if err != nil {
		return nil, err
	}
	var instances []decide.Instance
	for i := range pods.Items {
		pod := &pods.Items[i]
		if pod.Status.Phase == corev1.PodFailed || pod.Status.Phase == corev1.PodSucceeded {
			continue
		}
		instances = append(instances, instance(pod))
	}
	return instances, nil
}

func instance(pod *corev1.Pod) decide.Instance {
	return decide.Instance{
		Name: pod.Name, Address: pod.Status.PodIP, Up: condition(pod, corev1.ContainersReady) && !givenUp(pod),
		Leaving: pod.DeletionTimestamp != nil, Label: decide.Role(pod.Labels[roleLabel]), Replicated: condition(pod, replicatedGate),
	}
}

// givenUp: when a node is, its pods are marked as not ready and nothing else about them is changed. A node that says so itself gives
// a reason, such as that the gate is shut, or was when it last looked.
func givenUp(pod *corev1.Pod) bool {
	return slices.ContainsFunc(pod.Status.Conditions, func(c corev1.PodCondition) bool {
		return c.Type == corev1.PodReady && c.Status == corev1.ConditionFalse && c.Reason == ""
	})
}

func condition(pod *corev1.Pod, kind corev1.PodConditionType) bool {
	return slices.ContainsFunc(pod.Status.Conditions, func(c corev1.PodCondition) bool {
		return c.Type == kind && c.Status == corev1.ConditionTrue
	})
}

func (k *kube) Label(ctx context.Context, pod string, role decide.Role, master string) error {
	labels := map[string]any{roleLabel: nil}
	annotations := map[string]any{masterIPAnnotation: nil}
	if role != decide.Unlabelled {
		labels[roleLabel], annotations[masterIPAnnotation] = string(role), master
	}
	return k.patchPod(ctx, pod, types.MergePatchType, map[string]any{
		"metadata": map[string]any{"labels": labels, "annotations": annotations}})
}

func (k *kube) Replicated(ctx context.Context, pod string, is bool) error {
	status, reason := corev1.ConditionFalse, "CatchingUp"
	if is {
		status, reason = corev1.ConditionTrue, "HasEverything"
	}
	// Strategic: conditions are merged by their type.
	return k.patchPod(ctx, pod, types.StrategicMergePatchType, map[string]any{
		"status": map[string]any{"conditions": []any{map[string]any{
			"type": replicatedGate, "status": status, "reason": reason, "lastTransitionTime": metav1.Now()}}}}, "status")
}

func (k *kube) patchPod(ctx context.Context, pod string, kind types.PatchType, patch any, subresources ...string) error {
	body, err := json.Marshal(patch)
	if err != nil {
		return err
	}
	_, err = k.client.CoreV1().Pods(k.namespace).Patch(ctx, pod, kind, body, metav1.PatchOptions{FieldManager: fieldManager}, subresources...)
	return err
}

func (k *kube) Record(ctx context.Context) (operator.Record, error) {
	set, err := k.client.AppsV1().StatefulSets(k.namespace).Get(ctx, k.statefulSet, metav1.GetOptions{})
	if err != nil {
		return operator.Record{}, err
	}
	record := operator.Record{Master: set.Annotations[masterAnnotation], Phase: decide.Phase(set.Annotations[phaseAnnotation])}
	if text := set.Annotations[promotionAnnotation]; text != "" {
		if record.Promotion, err = strconv.ParseInt(text, 10, 64); err != nil {
			return operator.Record{}, fmt.Errorf("annotation %s of %s: %w", promotionAnnotation, k.statefulSet, err)
		}
	}
	return record, nil
}

func (k *kube) Write(ctx context.Context, record operator.Record) error {
	body, err := json.Marshal(map[string]any{"metadata": map[string]any{"annotations": map[string]any{
		masterAnnotation: record.Master, promotionAnnotation: strconv.FormatInt(record.Promotion, 10), phaseAnnotation: string(record.Phase)}}})
	if err != nil {
		return err
	}
	_, err = k.client.AppsV1().StatefulSets(k.namespace).Patch(ctx, k.statefulSet, types.MergePatchType, body,
		metav1.PatchOptions{FieldManager: fieldManager})
	return err
}
