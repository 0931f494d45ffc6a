package secrets

import (
	"context"
	"crypto/rand"
	"maps"
	"slices"
	"strings"
	"time"

	"callback-completer/internal/local/awsjson"
)

// The staging labels.
const (
	current  = "AWSCURRENT"
	previous = "AWSPREVIOUS"
)

const maxSecretBytes = 65_536

// secret is a secret with its versions. Service.mu guards it; a version never changes.
type secret struct {
	name   string
	arn    string              // ends with "-" and six random characters
	stages map[string]*version // by staging label
}

type version struct {
	id      string
	text    string
	binary  []byte // instead of text
	created time.Time
}

// PutSecret creates a secret with a SecretString of 1 to 65,536 bytes, or rotates the one of that name. It returns the ARN,
// which stays the same. The error is ValidationException.
func (s *Service) PutSecret(name, value string) (arn string, err error) {
	if len(value) == 0 || len(value) > maxSecretBytes {
		return "", errConstraint("secretString", "have length between 1 and 65536")
	}
	return s.put(name, &version{text: value})
}

// PutBinarySecret is [Service.PutSecret] with a SecretBinary.
func (s *Service) PutBinarySecret(name string, value []byte) (arn string, err error) {
	if len(value) == 0 || len(value) > maxSecretBytes {
		return "", errConstraint("secretBinary", "have length between 1 and 65536")
	}
	return s.put(name, &version{binary: slices.Clone(value)})
}

func (s *Service) put(name string, v *version) (string, error) {
	if !isSecretName(name) {
		return "", errSecretName()
	}
	v.id, v.created = newID(), time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, known := range s.secrets {
		if known.name == name {
			known.stages = map[string]*version{current: v, previous: known.stages[current]}
			return known.arn, nil
		}
	}
	created := &secret{
		name: name, arn: s.arn("secretsmanager", "secret:"+name+"-"+rand.Text()[:6]),
		stages: map[string]*version{current: v},
	}
	s.secrets = append(s.secrets, created)
	return created.arn, nil
}

// find looks a secret up by its ARN, its ARN without the random characters, or its name. The caller holds mu.
func (s *Service) find(id string) (*secret, bool) {
	for _, known := range s.secrets {
		if id == known.arn || id == known.name || id == known.arn[:strings.LastIndexByte(known.arn, '-')] {
			return known, true
		}
	}
	return nil, false
}

type getSecretValueInput struct {
	SecretID     string `json:"SecretId"`
	VersionID    string `json:"VersionId"`
	VersionStage string
}

type getSecretValueOutput struct {
	ARN           string
	Name          string
	VersionID     string `json:"VersionId"`
	SecretString  string `json:",omitempty"`
	SecretBinary  []byte `json:",omitempty"`
	VersionStages []string
	CreatedDate   float64
}

// opGetSecretValue gives a version by its id, its staging label or both; AWSCURRENT without either.
func (s *Service) opGetSecretValue(_ context.Context, in getSecretValueInput) (any, error) {
	switch {
	case in.SecretID == "" || len(in.SecretID) > 2048:
		return nil, errConstraint("secretId", "have length between 1 and 2048")
	case len(in.VersionStage) > 256:
		return nil, errConstraint("versionStage", "have length between 1 and 256")
	case !strings.HasPrefix(in.SecretID, "arn:") && !isSecretName(in.SecretID):
		return nil, errSecretName()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	found, ok := s.find(in.SecretID)
	if !ok {
		return nil, awsjson.Errorf("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
	}
	stage, v, err := found.version(in.VersionID, in.VersionStage)
	if err != nil {
		return nil, err
	}
	return getSecretValueOutput{
		ARN: found.arn, Name: found.name, VersionID: v.id, SecretString: v.text, SecretBinary: v.binary,
		VersionStages: []string{stage}, CreatedDate: epoch(v.created),
	}, nil
}

func (s *secret) version(id, stage string) (string, *version, error) {
	if id == "" {
		if stage == "" {
			stage = current
		}
		if v, ok := s.stages[stage]; ok {
			return stage, v, nil
		}
		return "", nil, awsjson.Errorf("ResourceNotFoundException",
			"Secrets Manager can't find the specified secret value for staging label: %s", stage)
	}
	for _, label := range slices.Sorted(maps.Keys(s.stages)) {
		switch v := s.stages[label]; {
		case v.id != id:
		case stage != "" && stage != label:
			return "", nil, awsjson.Errorf("InvalidRequestException",
				"You provided a VersionStage that is not associated to the provided VersionId.")
		default:
			return label, v, nil
		}
	}
	return "", nil, awsjson.Errorf("ResourceNotFoundException",
		"Secrets Manager can't find the specified secret value for VersionId: %s", id)
}

func errSecretName() error {
	return errValidation("Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!")
}

func isSecretName(name string) bool {
	return name != "" && len(name) <= 512 && !strings.ContainsFunc(name, func(r rune) bool {
		return !isAlphanumeric(r) && !strings.ContainsRune("-/_+=.@!", r)
	})
}

func isAlphanumeric(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
}
