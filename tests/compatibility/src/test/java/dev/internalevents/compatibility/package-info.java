/** What the collector makes of a request, beside what the pipeline that it stands for makes of it. */
@NullMarked
package dev.internalevents.compatibility;

import org.jspecify.annotations.NullMarked;
