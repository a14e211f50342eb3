/** Files in an object store that speaks S3's protocol. */
@NullMarked
package dev.internalevents.lake.s3;

import org.jspecify.annotations.NullMarked;
