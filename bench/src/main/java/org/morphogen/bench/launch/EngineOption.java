package org.morphogen.bench.launch;

import java.util.Arrays;
import java.util.List;
import org.morphogen.node.EngineChoice;
import org.morphogen.node.engine.EngineFinding;
import org.morphogen.node.engine.ScanEngine;
import picocli.CommandLine.Option;

/** Which engines are measured. */
final class EngineOption {
    @Option(
            names = "--engine",
            split = ",",
            description = "Engines: ${COMPLETION-CANDIDATES}; all that run here if not given.")
    private List<EngineChoice> choices = List.of();

    /** One that was named and cannot run is an error. */
    List<ScanEngine> engines() {
        if (!choices.isEmpty()) {
            return choices.stream().map(choice -> choice.open(0)).toList();
        }
        return Arrays.stream(EngineChoice.values())
                .filter(choice -> choice != EngineChoice.AUTO)
                .map(choice -> choice.find(0))
                .filter(EngineFinding.Runs.class::isInstance)
                .map(EngineFinding.Runs.class::cast)
                .map(EngineFinding.Runs::engine)
                .toList();
    }
}
