/** Which stage of a recovery took how long, from the history alone. */
package aeterna.chaos.attribution;
