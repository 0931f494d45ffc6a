package service

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"callback-completer/functions/mappings"
	"callback-completer/internal/callback"
	"callback-completer/internal/config"
	"callback-completer/internal/mapping"
	"callback-completer/internal/webhook"
)

// mapper gives what was mapped already to the canonical mapping, the payloads of a webhook source that has a mapping of
// its own to that, and all others to the rest.
type mapper struct {
	canonical *mapping.Engine
	sources   map[string]*mapping.Engine
	rest      *mapping.Engine
}

var _ callback.Mapper = (*mapper)(nil)

// Mapper compiles the user's mapping, those that ship with the functions, and those of the webhook sources. The error
// names every one that does not compile or does not exist.
func Mapper(settings config.Common, sources []webhook.Source) (callback.Mapper, error) {
	shipped, err := mappings.Shipped()
	if err != nil {
		return nil, err
	}
	all := shipped
	if settings.Mapping != "" {
		all = append([]mapping.Program{{Name: config.EnvMapping, Source: settings.Mapping}}, shipped...)
	}
	names := mapping.TokenNames{Environment: settings.TokenEnvironment, Parameter: settings.TokenParameter}
	var problems []error
	compile := func(programs ...mapping.Program) *mapping.Engine {
		engine, err := mapping.New(programs...)
		if err != nil {
			problems = append(problems, err)
			return nil
		}
		return engine.WithTokenNames(names)
	}
	m := &mapper{canonical: compile(program("canonical", "canonical", shipped)), rest: compile(all...), sources: map[string]*mapping.Engine{}}
	for _, source := range sources {
		if source.Mapping != "" {
			m.sources[source.Name] = compile(program("webhook source "+source.Name, source.Mapping, shipped))
		}
	}
	if err := errors.Join(problems...); err != nil {
		return nil, fmt.Errorf("mappings: %w", err)
	}
	return m, nil
}

// program returns the shipped mapping of the name that text is, or else the program that it is.
func program(name, text string, shipped []mapping.Program) mapping.Program {
	named := slices.IndexFunc(shipped, func(p mapping.Program) bool { return p.Name == text+".jq" })
	if named >= 0 {
		return shipped[named]
	}
	return mapping.Program{Name: name, Source: text}
}

// Map gives a payload to its mappings. A dead letter that comes back sees in $meta.source what it saw when it came first.
func (m *mapper) Map(ctx context.Context, payload string, meta callback.Meta) (callback.Mapped, error) {
	if meta == nil {
		meta = callback.Facts(nil)
	}
	if form, _ := meta.Attribute(callback.AttributePayloadForm); form == callback.CanonicalForm {
		return m.canonical.Map(ctx, payload, meta)
	}
	source, ok := meta.Fact(metaSource).(string)
	if !ok {
		if source, ok = meta.Attribute(callback.AttributeWebhookSource); ok {
			all := meta.All()
			all[metaSource] = source
			meta = callback.Facts(all)
		}
	}
	if engine, ok := m.sources[source]; ok {
		return engine.Map(ctx, payload, meta)
	}
	return m.rest.Map(ctx, payload, meta)
}

// metaSource is the name under which $meta has the webhook source.
const metaSource = "source"
