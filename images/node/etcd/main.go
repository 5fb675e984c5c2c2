// Command etcd is the cluster's store: the upstream etcd server, built from its own module so that its dependency
// versions do not have to agree with those of Kubernetes.
package main

import (
	"os"

	"go.etcd.io/etcd/server/v3/etcdmain"
)

func main() {
	etcdmain.Main(os.Args)
}
