/** YAML files that people write, read with line numbers, so that an error says what was wrong, where, and what to do. Knows {@code model} alone. */
package aeterna.chaos.yaml;
