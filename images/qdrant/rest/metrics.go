package rest

import (
	"net/http"
	"strconv"

	"aeterna.chaos/qdrant/consensus"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// collector tells the state of the peer under Qdrant's own metric names.
type collector struct{ *Server }

func (c collector) Describe(chan<- *prometheus.Desc) {} // unchecked: the collections decide what there is

func (c collector) Collect(out chan<- prometheus.Metric) {
	send := func(kind prometheus.ValueType, name, help string, value float64, labels ...string) {
		var names, values []string
		for i := 0; i < len(labels); i += 2 {
			names, values = append(names, labels[i]), append(values, labels[i+1])
		}
		out <- prometheus.MustNewConstMetric(prometheus.NewDesc(c.defaults.MetricsPrefix+name, help, names, nil), kind, value, values...)
	}
	gauge := func(name, help string, value float64, labels ...string) {
		send(prometheus.GaugeValue, name, help, value, labels...)
	}
	view, id := c.peer.View(), strconv.FormatUint(uint64(c.peer.ID()), 10)
	gauge("app_info", "information about qdrant server", 1, "name", "qdrant-stand-in", "version", Version)
	gauge("cluster_enabled", "is cluster support enabled", 1)
	// As in Qdrant: who is registered, alive or not.
	gauge("cluster_peers_total", "total number of cluster peers", float64(len(view.State.Peers)))
	send(prometheus.CounterValue, "cluster_term", "current cluster term", float64(view.Term))
	send(prometheus.CounterValue, "cluster_commit", "index of last committed (finalized) operation cluster peer is aware of", float64(view.Commit), "peer_id", id)
	gauge("cluster_pending_operations_total", "total number of pending operations for cluster peer", float64(view.Pending))
	gauge("cluster_voter", "is cluster peer a voter or learner", number(view.Voter))
	send(prometheus.CounterValue, "cluster_last_update_timestamp_seconds", "unix timestamp of last update", float64(view.At.UnixMilli())/1000)
	broken := c.peer.Broken() != nil
	gauge("cluster_working_state", "working state of the cluster", number(!broken), "state", "working")
	gauge("cluster_working_state", "working state of the cluster", number(broken), "state", "stopped")
	gauge("collections_total", "number of collections", float64(len(view.State.Collections)))
	for name, collection := range view.State.Collections {
		dead, least, incoming, outgoing := 0, 0, 0, 0
		for i, each := range collection.Shards {
			active := 0
			for _, replica := range each.Replicas {
				switch replica.State {
				case consensus.Active:
					active++
				case consensus.Dead:
					dead++
				}
			}
			if i == 0 || active < least {
				least = active
			}
		}
		for _, transfer := range collection.Transfers {
			if transfer.To == c.peer.ID() {
				incoming++
			}
			if transfer.From == c.peer.ID() {
				outgoing++
			}
		}
		gauge("collection_dead_replicas", "total amount of shard replicas in non-active state", float64(dead), "id", name)
		gauge("collection_active_replicas_min", "minimum number of active replicas across all shards", float64(least), "id", name)
		gauge("collection_shard_transfer_incoming", "incoming shard transfers currently running", float64(incoming), "id", name)
		gauge("collection_shard_transfer_outgoing", "outgoing shard transfers currently running", float64(outgoing), "id", name)
	}
}

func number(is bool) float64 {
	if is {
		return 1
	}
	return 0
}

func (s *Server) metrics() http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collector{s})
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
}
