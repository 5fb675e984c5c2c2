/** The Kubernetes API through fabric8; the only package that knows its client. */
package aeterna.chaos.cluster.kube;
