package dev.internalevents.iglu;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Limits how many unknown schemas of one vendor are looked up within a time, so that made-up names of one vendor do not
 * delay the schemas of the others. Not thread-safe.
 */
final class VendorBudgets {

    private static final int MAX_VENDORS = 10_000;

    private final String registry;
    private final LookUpLimits limits;
    private final Cache<String, Budget> budgets =
            Caffeine.newBuilder().maximumSize(MAX_VENDORS).build();

    /** @param registry the name used in messages */
    VendorBudgets(String registry, LookUpLimits limits) {
        this.registry = registry;
        this.limits = limits;
    }

    private static final class Budget {
        private final long since = System.nanoTime();
        private int left;
        private @Nullable CompletableFuture<Void> renewed;

        private Budget(int left) {
            this.left = left;
        }
    }

    /** Counts one look-up against the vendor's limit, or returns what to wait for if the limit is reached. */
    Registry.@Nullable Pending spend(String vendor) {
        Budget budget = budgets.getIfPresent(vendor);
        long window = limits.perVendor().window().toNanos();
        if (budget == null || System.nanoTime() - budget.since > window) {
            budget = new Budget(limits.perVendor().keys());
            budgets.put(vendor, budget);
        }
        if (budget.left > 0) {
            budget.left--;
            return null;
        }
        if (budget.renewed == null) {
            budget.renewed = Delays.after(budget.since + window - System.nanoTime());
        }
        return new Registry.Pending(
                "more than " + limits.perVendor().keys() + " unknown schemas of the vendor " + vendor
                        + " were asked for within "
                        + limits.perVendor().window().toSeconds()
                        + " s; the registry " + registry + " is asked for the others as the limit allows",
                budget.renewed,
                false);
    }
}
