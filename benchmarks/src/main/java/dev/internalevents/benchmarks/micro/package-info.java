/** The local collector: how fast it is there, what it takes, how fast its pages are. */
@NullMarked
package dev.internalevents.benchmarks.micro;

import org.jspecify.annotations.NullMarked;
