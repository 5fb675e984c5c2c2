/** What a run should end with, and what it means when it does not. */
package aeterna.chaos.expect;
