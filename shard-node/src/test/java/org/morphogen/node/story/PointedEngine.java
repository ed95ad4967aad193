package org.morphogen.node.story;

import java.lang.foreign.MemorySegment;
import org.morphogen.node.engine.Accumulators;
import org.morphogen.node.engine.HostEngine;
import org.morphogen.node.engine.ScalarEngine;
import org.morphogen.node.engine.ScanKernel;
import org.morphogen.node.engine.SelectionBits;
import org.morphogen.node.shake.Points;

/** Lets others go on before and after it reads rows. */
final class PointedEngine implements HostEngine {
    private final HostEngine engine = new ScalarEngine();

    @Override
    public String name() {
        return "pointed";
    }

    @Override
    public ScanKernel newKernel() {
        ScanKernel kernel = engine.newKernel();
        return new ScanKernel() {
            @Override
            public void begin(int keys, int rowBytes) {
                kernel.begin(keys, rowBytes);
            }

            @Override
            public void xorSelected(MemorySegment tiles, SelectionBits selection, int firstRow) {
                Points.point();
                kernel.xorSelected(tiles, selection, firstRow);
                Points.point();
            }

            @Override
            public void addTo(Accumulators into) {
                kernel.addTo(into);
            }
        };
    }
}
