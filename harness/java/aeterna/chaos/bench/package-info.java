/** Measurements of the harness itself: medians over rounds, raw results kept with their date. */
package aeterna.chaos.bench;
