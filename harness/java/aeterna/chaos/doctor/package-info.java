/** What this machine needs for the harness: looked at, and on Debian installed. Knows {@code model}, {@code time}, {@code process} and {@code image}. */
package aeterna.chaos.doctor;
