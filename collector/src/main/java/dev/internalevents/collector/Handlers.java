package dev.internalevents.collector;

import dev.internalevents.collector.backup.BackupRequests;
import dev.internalevents.collector.dashboard.Dashboard;
import dev.internalevents.collector.micro.DictionaryApi;
import dev.internalevents.collector.micro.LiveStream;
import dev.internalevents.collector.micro.MicroApi;
import dev.internalevents.collector.micro.ResetEvents;
import dev.internalevents.collector.micro.SchemaRequests;
import dev.internalevents.collector.monitoring.MetricsPage;
import dev.internalevents.collector.operation.Access;
import dev.internalevents.collector.operation.ForgetRequests;
import dev.internalevents.collector.operation.Health;
import dev.internalevents.collector.operation.RetryRequests;
import dev.internalevents.collector.output.ExportStream;

/** The parts that answer requests to the collector's own paths, for {@link RouteTable}. */
record Handlers(Access access, Dashboard dashboard, Monitoring monitoring, Micro micro, Operators operators) {

    /** What tells operators how the collector is. */
    record Monitoring(Health health, MetricsPage metrics) {}

    /** Micro's API with its additions. */
    record Micro(
            MicroApi events, SchemaRequests schemas, DictionaryApi dictionary, ResetEvents reset, LiveStream live) {}

    /** Requests of operators. */
    record Operators(RetryRequests retry, BackupRequests backup, ForgetRequests forget, ExportStream export) {}
}
