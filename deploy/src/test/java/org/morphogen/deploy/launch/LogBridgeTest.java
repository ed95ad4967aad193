package org.morphogen.deploy.launch;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class LogBridgeTest {
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final ch.qos.logback.classic.Logger root =
            ((LoggerContext) LoggerFactory.getILoggerFactory()).getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);

    @BeforeEach
    void listen() {
        lines.start();
        root.addAppender(lines);
        Main.bridgeLogs();
    }

    @AfterEach
    void leave() {
        SLF4JBridgeHandler.uninstall();
        root.detachAppender(lines);
    }

    @Test
    void whatTheJdkLogsIsInOurLog() {
        Logger.getLogger("org.morphogen.somebody").log(Level.WARNING, "something");

        assertThat(lines.list).extracting(ILoggingEvent::getFormattedMessage).containsExactly("something");
    }

    @Test
    void clientsThatGoAwayAreNoNews() {
        Logger grpc = Logger.getLogger("io.grpc.netty.shaded.io.grpc.netty.NettyServerHandler");
        grpc.log(Level.WARNING, "Stream Error");
        grpc.log(Level.SEVERE, "worse");

        assertThat(lines.list).extracting(ILoggingEvent::getFormattedMessage).containsExactly("worse");
    }
}
