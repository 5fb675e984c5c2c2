/** Rules over manifests: what they cannot be on a topology, found without a cluster. */
package aeterna.chaos.audit;
