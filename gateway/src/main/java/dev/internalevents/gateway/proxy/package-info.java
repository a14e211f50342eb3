/** The proxy in front of the providers of models, {@code /v1/proxy}. */
@NullMarked
package dev.internalevents.gateway.proxy;

import org.jspecify.annotations.NullMarked;
