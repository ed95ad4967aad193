package org.morphogen.deploy.chain;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.morphogen.coordinator.Coordinator;
import org.morphogen.coordinator.CoordinatorSettings;
import org.morphogen.coordinator.epoch.StepWatch;
import org.morphogen.coordinator.generation.LeaderTimings;
import org.morphogen.settings.SettingsFile;

/**
 * A coordinator that is gone at once, without another write, when it has made some step so many more times. Each line that
 * it reads names step and times; where there are no more lines, it ends. Argument: its settings file.
 */
final class HaltingCoordinator implements StepWatch {
    /** What a process that was killed leaves. */
    static final int KILLED = 137;

    private String last = "";
    private int times;

    public static void main(String[] args) throws IOException {
        HaltingCoordinator halting = new HaltingCoordinator();
        CoordinatorSettings settings = SettingsFile.load(Path.of(args[0]), CoordinatorSettings.class);
        Coordinator coordinator = new Coordinator(settings, quick(), halting);
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        if (args.length > 1) {
            halting.at(args[1]);
        }
        coordinator.start();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            halting.at(line);
        }
        Runtime.getRuntime().halt(0);
    }

    /** Half of what a leader takes to find its party again is waiting for the next look. */
    private static LeaderTimings quick() {
        Duration look = Duration.ofMillis(100);
        Duration patience = Duration.ofSeconds(60);
        return new LeaderTimings(
                look,
                Duration.ofSeconds(2),
                look,
                look,
                Duration.ofSeconds(10),
                patience,
                patience,
                patience,
                patience,
                patience);
    }

    private synchronized void at(String line) {
        String[] words = line.split(" ", 2);
        last = Step.valueOf(words[0]).name();
        times = Integer.parseInt(words[1]);
    }

    @Override
    public synchronized void reached(Step step) {
        if (step.name().equals(last) && --times == 0) {
            Runtime.getRuntime().halt(KILLED);
        }
    }
}
