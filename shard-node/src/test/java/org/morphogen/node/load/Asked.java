package org.morphogen.node.load;

import com.google.protobuf.ByteString;
import org.morphogen.node.fixture.Question;

/** A question to both parties under one id, and the rows that their answers must make together. */
record Asked(long id, Question question, ByteString rows) {}
