/** What every HTTP answer needs. */
@NullMarked
package dev.internalevents.collector.http;

import org.jspecify.annotations.NullMarked;
