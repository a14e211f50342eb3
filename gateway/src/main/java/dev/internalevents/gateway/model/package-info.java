/** Language models: an echo, or a server with OpenAI's API. */
@NullMarked
package dev.internalevents.gateway.model;

import org.jspecify.annotations.NullMarked;
