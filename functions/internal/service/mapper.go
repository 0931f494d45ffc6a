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

// mapper gives the payloads of a webhook source that has a mapping of its own to that, and all others to the rest.
type mapper struct {
	rest    *mapping.Engine
	sources map[string]*mapping.Engine
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
	m := &mapper{sources: map[string]*mapping.Engine{}}
	rest, err := mapping.New(all...)
	if err == nil {
		m.rest = rest.WithTokenNames(names)
	}
	problems := []error{err}
	for _, source := range sources {
		if source.Mapping == "" {
			continue
		}
		engine, err := mapping.New(program(source, shipped))
		if err != nil {
			problems = append(problems, fmt.Errorf("webhook source %s: %w", source.Name, err))
			continue
		}
		m.sources[source.Name] = engine.WithTokenNames(names)
	}
	if err := errors.Join(problems...); err != nil {
		return nil, fmt.Errorf("mappings: %w", err)
	}
	return m, nil
}

// program returns the shipped mapping that a source names, or else the program that it holds.
func program(source webhook.Source, shipped []mapping.Program) mapping.Program {
	named := slices.IndexFunc(shipped, func(p mapping.Program) bool { return p.Name == source.Mapping+".jq" })
	if named >= 0 {
		return shipped[named]
	}
	return mapping.Program{Name: "webhook " + source.Name, Source: source.Mapping}
}

func (m *mapper) Map(ctx context.Context, payload string, meta map[string]any) (callback.Mapped, error) {
	if engine, ok := m.sources[source(meta)]; ok {
		return engine.Map(ctx, payload, meta)
	}
	return m.rest.Map(ctx, payload, meta)
}

// source returns the webhook source that a payload came from: at once, or as a dead letter that is sent again.
func source(meta map[string]any) string {
	if name, ok := meta["source"].(string); ok {
		return name
	}
	attributes, _ := meta["messageAttributes"].(map[string]any)
	name, _ := attributes[callback.AttributeWebhookSource].(string)
	return name
}
