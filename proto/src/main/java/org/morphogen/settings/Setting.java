package org.morphogen.settings;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** One key of a settings file: a component of a settings record. Without a default the key must be there. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Setting {
    /** One sentence for the reference, {@link SettingsReference}. */
    String value();

    /** What an absent key means, as it would stand in the file; empty for a required or an Optional key. */
    String byDefault() default "";
}
