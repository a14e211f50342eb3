/** Real parts for tests: servers that respond as configured, payloads, certificates, captured logs. */
@NullMarked
package dev.internalevents.testkit;

import org.jspecify.annotations.NullMarked;
