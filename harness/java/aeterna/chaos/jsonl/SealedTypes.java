package aeterna.chaos.jsonl;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;
import tools.jackson.databind.jsontype.NamedType;

/** Writes which record of a sealed interface a value is, as {@code "type"}: the vocabulary itself needs no annotations. */
final class SealedTypes extends JacksonAnnotationIntrospector {
    private static final long serialVersionUID = 1L;
    private static final JsonTypeInfo.Value TYPED =
            JsonTypeInfo.Value.from(Typed.class.getAnnotation(JsonTypeInfo.class));

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
    private interface Typed {}

    @Override
    public JsonTypeInfo.Value findPolymorphicTypeInfo(MapperConfig<?> config, Annotated annotated) {
        if (!annotated.getRawType().isSealed()) {
            return super.findPolymorphicTypeInfo(config, annotated);
        }
        return TYPED;
    }

    @Override
    public List<NamedType> findSubtypes(MapperConfig<?> config, Annotated annotated) {
        if (!annotated.getRawType().isSealed()) {
            return super.findSubtypes(config, annotated);
        }
        var subtypes = new ArrayList<NamedType>();
        collect(annotated.getRawType(), subtypes);
        return subtypes;
    }

    private static void collect(Class<?> type, List<NamedType> into) {
        for (var permitted : type.getPermittedSubclasses()) {
            if (permitted.isSealed()) {
                collect(permitted, into);
            } else {
                into.add(new NamedType(permitted, permitted.getSimpleName()));
            }
        }
    }
}
