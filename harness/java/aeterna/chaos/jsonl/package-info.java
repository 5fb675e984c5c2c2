/** Append-only files of records, one JSON object a line, that survive being torn at any byte. */
package aeterna.chaos.jsonl;
