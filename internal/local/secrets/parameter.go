package secrets

import (
	"context"
	"strconv"
	"strings"
	"time"

	"callback-completer/internal/local/awsjson"
)

// Kind is the type of a parameter.
type Kind string

// The types of parameters.
const (
	String       Kind = "String"
	StringList   Kind = "StringList"
	SecureString Kind = "SecureString"
)

// ciphertext stands in the place of what was not decrypted. It decodes to "encrypted by the stand-in".
const ciphertext = "ZW5jcnlwdGVkIGJ5IHRoZSBzdGFuZC1pbg=="

const maxParameterBytes = 8192 // of an advanced parameter; the stand-in knows no tiers

// parameter is a parameter with every version that it ever had, the first one first.
type parameter struct {
	name     string
	arn      string
	versions []parameterVersion
}

type parameterVersion struct {
	kind     Kind
	value    string
	modified time.Time
}

// PutParameter creates a parameter with a value of 1 to 8,192 bytes, or gives the one of that name a new version. It
// returns the ARN. A name with a slash in it begins with one. The error is ValidationException.
func (s *Service) PutParameter(name string, kind Kind, value string) (arn string, err error) {
	switch {
	case !isParameterName(name):
		return "", errParameterName()
	case strings.Contains(name, "/") && name[0] != '/':
		return "", errValidation("Parameter name must be a fully qualified name.")
	case kind != String && kind != StringList && kind != SecureString:
		return "", errConstraint("type", "satisfy enum value set: [SecureString, StringList, String]")
	case value == "" || len(value) > maxParameterBytes:
		return "", errConstraint("value", "have length between 1 and 8192")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	arn = s.parameterARN(name)
	p := s.parameters[arn]
	if p == nil {
		p = &parameter{name: name, arn: arn}
		s.parameters[arn] = p
	}
	p.versions = append(p.versions, parameterVersion{kind: kind, value: value, modified: time.Now()})
	return arn, nil
}

// parameterARN gives "x" and "/x" the same ARN, as Parameter Store does.
func (s *Service) parameterARN(name string) string {
	return s.arn("ssm", "parameter/"+strings.TrimPrefix(name, "/"))
}

type getParameterInput struct {
	Name           string
	WithDecryption bool
}

type parameterOutput struct {
	ARN              string
	DataType         string
	LastModifiedDate float64
	Name             string
	Selector         string `json:",omitempty"`
	Type             Kind
	Value            string
	Version          int
}

// opGetParameter takes a name or an ARN, either with a version behind a colon.
func (s *Service) opGetParameter(_ context.Context, in getParameterInput) (any, error) {
	if in.Name == "" || len(in.Name) > 2048 {
		return nil, errConstraint("name", "have length between 1 and 2048")
	}
	prefix := s.parameterARN("")
	name, ours := strings.CutPrefix(in.Name, prefix)
	if !ours && strings.HasPrefix(in.Name, "arn:") {
		return nil, errNoParameter(in.Name) // of another account or region
	}
	name, selector, selected := strings.Cut(strings.TrimSpace(name), ":")
	if !isParameterName(name) {
		return nil, errParameterName()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.parameters[s.parameterARN(name)]
	if p == nil {
		return nil, errNoParameter(in.Name)
	}
	number := len(p.versions)
	if selected {
		n, err := strconv.Atoi(selector)
		if err != nil || n < 1 || n > number {
			return nil, awsjson.Errorf("ParameterVersionNotFound",
				"Systems Manager could not find version %s of %s. Verify the version and try again.", selector, p.name)
		}
		number, selector = n, ":"+selector
	}
	v := p.versions[number-1]
	if v.kind == SecureString && !in.WithDecryption {
		v.value = ciphertext
	}
	return struct{ Parameter parameterOutput }{parameterOutput{
		ARN: p.arn, DataType: "text", LastModifiedDate: epoch(v.modified), Name: p.name, Selector: selector,
		Type: v.kind, Value: v.value, Version: number,
	}}, nil
}

func errNoParameter(name string) error {
	return awsjson.Errorf("ParameterNotFound", "Parameter %s not found.", name)
}

func errParameterName() error {
	return errValidation(`Parameter name: can't be prefixed with "ssm" (case-insensitive). If formed as a path, it can consist of ` +
		"sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_")
}

func isParameterName(name string) bool {
	return name != "" && len(name) <= 1011 && !strings.HasPrefix(strings.ToLower(strings.TrimPrefix(name, "/")), "ssm") &&
		!strings.ContainsFunc(name, func(r rune) bool { return !isAlphanumeric(r) && !strings.ContainsRune(".-_/", r) })
}
