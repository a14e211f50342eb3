/** Code and pages generated from the dictionary: {@link TypedEvents} for code, {@link DictionarySite} for people. */
@NullMarked
package dev.internalevents.generator;

import org.jspecify.annotations.NullMarked;
