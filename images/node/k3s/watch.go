package main

import (
	"context"
	"fmt"
	"sync"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/tools/cache"
)

// watched is an informer, not yet running, of all objects of a kind. When the API server goes away it comes back by itself.
func watched(client dynamic.Interface, resource schema.GroupVersionResource, complain func(error)) cache.SharedInformer {
	objects := client.Resource(resource)
	informer := cache.NewSharedInformer(&cache.ListWatch{
		ListWithContextFunc: func(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
			return objects.List(ctx, options)
		},
		WatchFuncWithContext: func(ctx context.Context, options metav1.ListOptions) (watch.Interface, error) {
			return objects.Watch(ctx, options)
		},
	}, &unstructured.Unstructured{}, 0)
	informer.SetWatchErrorHandlerWithContext(func(_ context.Context, _ *cache.Reflector, err error) {
		complain(fmt.Errorf("watching %s: %w", resource.Resource, err))
	})
	return informer
}

// lastingTrouble says each trouble once, for as long as it lasts.
type lastingTrouble struct {
	mu   sync.Mutex
	last string
}

func (t *lastingTrouble) over() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last = ""
}

func (t *lastingTrouble) say(who string, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if text := err.Error(); text != t.last {
		t.last = text
		say("%s: %v; trying again", who, err)
	}
}
