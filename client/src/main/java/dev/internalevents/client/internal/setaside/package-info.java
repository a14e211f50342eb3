/** Events that a collector repeatedly failed to process, stored beside an outbox until they are sent by hand. */
@NullMarked
package dev.internalevents.client.internal.setaside;

import org.jspecify.annotations.NullMarked;
