// Package sfn completes waiting tasks through the AWS SDK: it is the [callback.Completer] of the functions.
//
// It decides how often and how long to try, and folds what comes back into the few kinds of error that package
// callback knows. Beside that package it is the only reader of a task token.
//
// Answers and limits follow
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskSuccess.html#API_SendTaskSuccess_Errors.
package sfn
