// Package names looks up host names and remembers the answers.
package names

import (
	"context"
	"net"
	"slices"
	"sync"
	"time"
)

// Lookup is the shape of [net.Resolver.LookupHost].
type Lookup func(ctx context.Context, host string) ([]string, error)

// Remembering returns a lookup that answers with the last known addresses when the name server does not answer in time.
//
// A Service keeps its cluster address for life, and the cluster's name server can be on the very node that just died: asking
// it is then the outage. A name that was never resolved still fails.
func Remembering(lookup Lookup, patience time.Duration) Lookup {
	known := &memory{addresses: map[string][]string{}}
	return func(ctx context.Context, host string) ([]string, error) {
		if net.ParseIP(host) != nil {
			return []string{host}, nil
		}
		bounded := ctx
		if known.has(host) {
			var cancel context.CancelFunc
			bounded, cancel = context.WithTimeout(ctx, patience)
			defer cancel()
		}
		addresses, err := lookup(bounded, host)
		if err != nil {
			if remembered := known.recall(host); remembered != nil {
				return remembered, nil
			}
			return nil, err
		}
		known.remember(host, addresses)
		return addresses, nil
	}
}

type memory struct {
	mutex     sync.Mutex
	addresses map[string][]string
}

func (m *memory) has(host string) bool { return m.recall(host) != nil }

func (m *memory) recall(host string) []string {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return slices.Clone(m.addresses[host])
}

func (m *memory) remember(host string, addresses []string) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.addresses[host] = slices.Clone(addresses)
}
