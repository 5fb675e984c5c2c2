/** The JUnit front door: testbeds as parameters of tests. */
package aeterna.chaos.junit;
