package secrets

import "callback-completer/internal/local/awsjson"

// What stands before the operation in X-Amz-Target.
const (
	SecretsManagerPrefix = "secretsmanager"
	ParameterStorePrefix = "AmazonSSM"
)

// SecretsManager answers the AWS JSON protocol, which Secrets Manager speaks in version 1.1. Register it under
// SecretsManagerPrefix.
func (s *Service) SecretsManager() map[string]awsjson.Operation {
	return map[string]awsjson.Operation{"GetSecretValue": awsjson.Op(s.opGetSecretValue)}
}

// ParameterStore answers the AWS JSON protocol, which Parameter Store speaks in version 1.1. Register it under
// ParameterStorePrefix.
func (s *Service) ParameterStore() map[string]awsjson.Operation {
	return map[string]awsjson.Operation{"GetParameter": awsjson.Op(s.opGetParameter)}
}
