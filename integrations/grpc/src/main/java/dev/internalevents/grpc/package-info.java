/** The context of each call of a gRPC server. */
@NullMarked
package dev.internalevents.grpc;

import org.jspecify.annotations.NullMarked;
