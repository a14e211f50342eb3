package dev.internalevents.cli.define;

/** An answer is neither given as an option nor can it be asked for. */
final class MissingAnswerException extends RuntimeException {

    MissingAnswerException(String option) {
        super(option + " is missing; without a terminal each answer is an option");
    }
}
