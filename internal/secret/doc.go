// Package secret fetches the secrets of webhooks from AWS Secrets Manager and from Parameter Store of AWS Systems Manager:
// it is the [webhook.Store] of the functions. It keeps nothing; when to fetch is its caller's decision.
//
// It decides what counts as a secret: a text, or one member of a text that is a JSON object. Refused are binary secrets, JSON
// that can be read in two ways, and parameters that are kept without encryption. A keyring of approvals, which is an object, is
// fetched whole.
//
// A secret never stands in an error.
//
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
// https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html
package secret
