/** The proxy in front of model providers, {@code /v1/proxy}. */
@NullMarked
package dev.internalevents.gateway.proxy;

import org.jspecify.annotations.NullMarked;
