/** Testbeds of k3s nodes in Docker, by Testcontainers; the only package that knows Testcontainers and docker-java. */
package aeterna.chaos.cluster.k3s;
