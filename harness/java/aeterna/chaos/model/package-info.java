/**
 * The vocabulary: small records and interfaces, no I/O. Knows no other package of the project; reading it takes ten
 * minutes and explains the rest.
 */
package aeterna.chaos.model;
