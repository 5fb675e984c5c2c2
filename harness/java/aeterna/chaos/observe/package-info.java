/** What is written down of the cluster itself: pods while a run lasts, events, logs and node states after it. Knows {@code model} and the ports of {@code cluster}. */
package aeterna.chaos.observe;
