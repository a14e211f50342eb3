/**
 * Tests of tracked events: {@link dev.internalevents.junit.InternalEventsTest} gives each test a client of its own, {@link
 * dev.internalevents.junit.InternalEventsAssertions} says what it must have tracked.
 */
@NullMarked
package dev.internalevents.junit;

import org.jspecify.annotations.NullMarked;
