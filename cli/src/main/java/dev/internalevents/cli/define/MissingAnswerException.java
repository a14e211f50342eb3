package dev.internalevents.cli.define;

/** Thrown when an answer is not given as an option and there is no terminal to ask on. */
final class MissingAnswerException extends RuntimeException {

    MissingAnswerException(String option) {
        super(option + " is missing; without a terminal every answer must be given as an option");
    }
}
