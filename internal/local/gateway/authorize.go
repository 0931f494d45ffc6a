package gateway

import "strings"

// accessKey is the made-up access key that the stand-in's environment hands out.
const accessKey = "local"

const credential = "AWS4-HMAC-SHA256 Credential=" + accessKey + "/"

// Authorization is a header that a route with IAM takes. So does it any other that names the access key "local", as a client
// sends that signs with the stand-in's credentials: the signature is not looked at.
const Authorization = credential + "20000101/us-east-1/execute-api/aws4_request, SignedHeaders=host, Signature=none"

func authorized(header string) bool { return strings.HasPrefix(header, credential) }

// user is the principal that an authorized request comes from.
const user = "AIDALOCAL"

func (g *Gateway) userARN() string { return "arn:aws:iam::" + g.config.Account + ":user/local" }
