/** Real parts for tests: collectors that answer as told, captured logs. */
@NullMarked
package dev.internalevents.testkit;

import org.jspecify.annotations.NullMarked;
