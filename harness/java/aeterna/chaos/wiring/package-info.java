/** How the parts are put together, shared by the two front doors {@code cli} and {@code junit}; nobody else may know it. */
package aeterna.chaos.wiring;
