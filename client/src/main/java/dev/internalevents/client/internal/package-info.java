/** What all parts of a client share. Not part of the API. */
@NullMarked
package dev.internalevents.client.internal;

import org.jspecify.annotations.NullMarked;
