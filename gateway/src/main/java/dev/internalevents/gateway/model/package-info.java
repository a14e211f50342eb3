/** What answers: an echo, or a server that speaks OpenAI's protocol. */
@NullMarked
package dev.internalevents.gateway.model;

import org.jspecify.annotations.NullMarked;
