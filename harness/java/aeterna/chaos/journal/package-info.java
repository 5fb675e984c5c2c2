/** Undo records: written and fsynced before the act, replayed until everything is whole again. */
package aeterna.chaos.journal;
