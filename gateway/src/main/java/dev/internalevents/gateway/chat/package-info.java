/** Chat and prompts: {@code /v1/chat}, {@code /v2/chat}, {@code /v1/prompts} and {@code /v2/prompts}. */
@NullMarked
package dev.internalevents.gateway.chat;

import org.jspecify.annotations.NullMarked;
