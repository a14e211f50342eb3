package dev.internalevents.benchmarks.track;

import dev.internalevents.benchmarks.harness.ReferenceEvent;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.logs.Logger;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.logs.SdkLoggerProvider;
import io.opentelemetry.sdk.logs.data.LogRecordData;
import io.opentelemetry.sdk.logs.export.BatchLogRecordProcessor;
import io.opentelemetry.sdk.logs.export.LogRecordExporter;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** OpenTelemetry's log SDK with its batch processor and an exporter that only counts, which takes no time. */
final class OpenTelemetrySide implements TrackedSide {

    private static final AttributeKey<String> CATEGORY = AttributeKey.stringKey("category");
    private static final AttributeKey<String> LABEL = AttributeKey.stringKey("label");
    private static final AttributeKey<String> PROPERTY = AttributeKey.stringKey("property");
    private static final AttributeKey<Long> VALUE = AttributeKey.longKey("value");
    private static final AttributeKey<String> ENVIRONMENT = AttributeKey.stringKey("environment");
    private static final AttributeKey<String> REALM = AttributeKey.stringKey("realm");
    private static final AttributeKey<String> INSTANCE_ID = AttributeKey.stringKey("instance_id");
    private static final AttributeKey<String> GLOBAL_USER_ID = AttributeKey.stringKey("global_user_id");
    private static final AttributeKey<List<Long>> NAMESPACE_IDS = AttributeKey.longArrayKey("namespace_ids");
    private static final AttributeKey<String> CORRELATION_ID = AttributeKey.stringKey("correlation_id");
    private static final AttributeKey<String> MODEL_ENGINE = AttributeKey.stringKey("model_engine");
    private static final AttributeKey<Long> PREFIX_LENGTH = AttributeKey.longKey("prefix_length");

    private final LongAdder exported = new LongAdder();
    private final SdkLoggerProvider provider = SdkLoggerProvider.builder()
            .addLogRecordProcessor(BatchLogRecordProcessor.builder(new CountingExporter())
                    .setMaxQueueSize(QUEUE_CAPACITY)
                    .setMaxExportBatchSize(BATCH)
                    .build())
            .build();
    private final Logger logger = provider.get("benchmark");

    @Override
    public void track() {
        logger.logRecordBuilder()
                .setSeverity(Severity.INFO)
                .setBody(ReferenceEvent.ACTION)
                .setAttribute(CATEGORY, ReferenceEvent.CATEGORY)
                .setAttribute(LABEL, ReferenceEvent.LABEL)
                .setAttribute(PROPERTY, ReferenceEvent.PROPERTY)
                .setAttribute(VALUE, (long) ReferenceEvent.VALUE)
                .setAttribute(ENVIRONMENT, ReferenceEvent.ENVIRONMENT)
                .setAttribute(REALM, ReferenceEvent.REALM)
                .setAttribute(INSTANCE_ID, ReferenceEvent.INSTANCE_ID)
                .setAttribute(GLOBAL_USER_ID, ReferenceEvent.GLOBAL_USER_ID)
                .setAttribute(NAMESPACE_IDS, ReferenceEvent.NAMESPACE_IDS)
                .setAttribute(CORRELATION_ID, ReferenceEvent.CORRELATION_ID)
                .setAttribute(MODEL_ENGINE, ReferenceEvent.MODEL_ENGINE)
                .setAttribute(PREFIX_LENGTH, (long) ReferenceEvent.PREFIX_LENGTH)
                .emit();
    }

    @Override
    public long drain(long tracked) {
        provider.forceFlush().join(30, TimeUnit.SECONDS);
        return tracked - exported.sum();
    }

    @Override
    public void close() {
        provider.close();
    }

    private final class CountingExporter implements LogRecordExporter {
        @Override
        public CompletableResultCode export(Collection<LogRecordData> records) {
            exported.add(records.size());
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode flush() {
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode shutdown() {
            return CompletableResultCode.ofSuccess();
        }
    }
}
