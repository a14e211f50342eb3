/** Events that a collector failed at again and again, kept beside an outbox until they are sent by hand. */
@NullMarked
package dev.internalevents.client.internal.setaside;

import org.jspecify.annotations.NullMarked;
