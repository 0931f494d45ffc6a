// Package secrets is an in-memory stand-in for reading from the two services that keep secrets: GetSecretValue of AWS
// Secrets Manager and GetParameter of AWS Systems Manager Parameter Store.
//
// Secrets and parameters are written in process (PutSecret, PutBinarySecret, PutParameter) and read over the AWS JSON
// protocol. Putting a secret again is a rotation: what was AWSCURRENT becomes AWSPREVIOUS, and what was AWSPREVIOUS is gone.
//
// There are no other staging labels, no parameter labels, no deletion, no permissions and no encryption: a SecureString that
// is read without decryption comes back as a text from which nobody can get the value.
//
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
// https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html
package secrets
