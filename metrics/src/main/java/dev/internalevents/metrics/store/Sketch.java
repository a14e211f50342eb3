package dev.internalevents.metrics.store;

/**
 * Estimates how many different hashes were added, from 65,536 registers of one byte: HyperLogLog with Ertl's improved
 * raw estimator (Otmar Ertl, "New cardinality estimation algorithms for HyperLogLog sketches", 2017), whose standard
 * error is 1.04 / √65,536 = 0.41 % at every size. Not thread-safe.
 */
final class Sketch {

    static final int PRECISION = 16;
    static final int REGISTERS = 1 << PRECISION;

    private static final int HASH_BITS = Long.SIZE - PRECISION;

    /** The largest value of a register. */
    static final int MAX_RANK = HASH_BITS + 1;

    private static final double ALPHA_INFINITE = 1 / (2 * Math.log(2));

    private final byte[] registers;

    Sketch() {
        this(new byte[REGISTERS]);
    }

    /** Uses existing registers without copying them. */
    Sketch(byte[] registers) {
        if (registers.length != REGISTERS) {
            throw new IllegalArgumentException(registers.length + " registers; " + REGISTERS + " are expected");
        }
        this.registers = registers;
    }

    /** Adds a hash, whose bits must all be equally random. */
    void add(long hash) {
        int register = register(hash);
        byte rank = rank(hash);
        if (rank > registers[register]) {
            registers[register] = rank;
        }
    }

    static int register(long hash) {
        return (int) (hash >>> HASH_BITS);
    }

    /** Returns the position of the lowest set bit among those that do not select the register, from 1. */
    static byte rank(long hash) {
        return (byte) (Math.min(Long.numberOfTrailingZeros(hash), HASH_BITS) + 1);
    }

    /** Adds registers that begin at an index. */
    void add(int from, byte[] some) {
        for (int i = 0; i < some.length; i++) {
            if (some[i] > registers[from + i]) {
                registers[from + i] = some[i];
            }
        }
    }

    void add(Sketch other) {
        for (int i = 0; i < REGISTERS; i++) {
            if (other.registers[i] > registers[i]) {
                registers[i] = other.registers[i];
            }
        }
    }

    byte[] registers() {
        return registers;
    }

    long estimate() {
        int[] counts = new int[HASH_BITS + 2];
        for (byte register : registers) {
            counts[register]++;
        }
        double z = REGISTERS * tau(1 - (double) counts[HASH_BITS + 1] / REGISTERS);
        for (int rank = HASH_BITS; rank >= 1; rank--) {
            z = 0.5 * (z + counts[rank]);
        }
        z += REGISTERS * sigma((double) counts[0] / REGISTERS);
        return Math.round(ALPHA_INFINITE * REGISTERS * REGISTERS / z);
    }

    /** Corrects for registers that are still empty. */
    private static double sigma(double x) {
        if (x == 1) {
            return Double.POSITIVE_INFINITY;
        }
        double power = x;
        double y = 1;
        double z = x;
        double before;
        do {
            power *= power;
            before = z;
            z += power * y;
            y += y;
        } while (z != before);
        return z;
    }

    /** Corrects for saturated registers. */
    private static double tau(double x) {
        if (x == 0 || x == 1) {
            return 0;
        }
        double root = x;
        double y = 1;
        double z = 1 - x;
        double before;
        do {
            root = Math.sqrt(root);
            before = z;
            y *= 0.5;
            z -= (1 - root) * (1 - root) * y;
        } while (z != before);
        return z / 3;
    }
}
