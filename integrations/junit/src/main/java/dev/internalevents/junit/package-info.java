/**
 * Tests of tracked events: {@link dev.internalevents.junit.InternalEventsTest} gives each test its own client,
 * {@link dev.internalevents.junit.InternalEventsAssertions} asserts what the code tracked.
 */
@NullMarked
package dev.internalevents.junit;

import org.jspecify.annotations.NullMarked;
