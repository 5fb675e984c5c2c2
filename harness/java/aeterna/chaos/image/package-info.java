/** Container images without a registry: recipes read, upstream images looked for, offline ones built once and kept. Knows {@code model}, {@code time}, {@code yaml} and {@code process}. */
package aeterna.chaos.image;
