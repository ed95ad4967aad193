package org.morphogen.coordinator.building;

/** Told how a build goes on, by the thread that builds. */
public interface BuildListener {
    /** Tells nobody. */
    BuildListener SILENT = new BuildListener() {
        @Override
        public void progress(String table, Stage stage, long done, long of) {}

        @Override
        public void placementFailed(String table, int attempt) {}
    };

    /**
     * So much of a stage is done; often called.
     *
     * @param of what {@code done} is at the end; 0 if that is not known
     */
    void progress(String table, Stage stage, long done, long of);

    /** The keys of a table did not find rows with the seeds of this attempt, counted from 1; the next seeds are tried. */
    void placementFailed(String table, int attempt);

    /** What is done with each table, in this order. */
    enum Stage {
        /** Reading and checking the input; counted in bytes. */
        READING("reading"),
        /** Computing the candidate rows; counted in keys. */
        HASHING("hashing"),
        /** Finding a row for each key; counted in keys. */
        PLACING("placing"),
        /** Writing the chunk files; counted in rows. */
        WRITING("writing");

        private final String text;

        Stage(String text) {
            this.text = text;
        }

        /** For people. */
        public String text() {
            return text;
        }
    }
}
