/** The histories of a run in one append-only file, written as things are seen and read back for reports. */
package aeterna.chaos.history;
