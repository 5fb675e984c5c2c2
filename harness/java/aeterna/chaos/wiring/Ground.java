package aeterna.chaos.wiring;

import aeterna.chaos.cluster.Testbed;
import aeterna.chaos.stack.Stack;

/** What scenarios stand on: a testbed, and the stack on it. */
record Ground(Testbed testbed, Stack stack) {}
