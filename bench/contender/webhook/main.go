// Command webhook is the least that a receiver of Standard Webhooks does: it fetches its secret once, checks time and
// signature over the bytes that came, and completes the task with the SDK's defaults.
package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"log/slog"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
)

const tolerance = 5 * time.Minute

type handler struct {
	client *sfn.Client
	key    []byte
}

func (h *handler) handle(ctx context.Context, r events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	body := []byte(r.Body)
	if r.IsBase64Encoded {
		decoded, err := base64.StdEncoding.DecodeString(r.Body)
		if err != nil {
			return answer(http.StatusBadRequest), nil //nolint:nilerr // the sender's mistake, not the function's
		}
		body = decoded
	}
	if !h.signed(r.Headers, body) {
		return answer(http.StatusUnauthorized), nil
	}
	var m struct {
		Reference string          `json:"reference"`
		Result    json.RawMessage `json:"result"`
	}
	if err := json.Unmarshal(body, &m); err != nil || m.Reference == "" {
		return answer(http.StatusBadRequest), nil //nolint:nilerr // the sender's mistake, not the function's
	}
	_, err := h.client.SendTaskSuccess(ctx, &sfn.SendTaskSuccessInput{TaskToken: &m.Reference, Output: aws.String(string(m.Result))})
	if err != nil {
		slog.ErrorContext(ctx, "not completed", "webhook", r.Headers["webhook-id"], "error", err)
		return answer(http.StatusServiceUnavailable), nil
	}
	return answer(http.StatusOK), nil
}

func answer(status int) events.APIGatewayV2HTTPResponse {
	return events.APIGatewayV2HTTPResponse{StatusCode: status}
}

func (h *handler) signed(headers map[string]string, body []byte) bool {
	id, stamp := headers["webhook-id"], headers["webhook-timestamp"]
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || time.Since(time.Unix(seconds, 0)).Abs() > tolerance {
		return false
	}
	mac := hmac.New(sha256.New, h.key)
	mac.Write([]byte(id + "." + stamp + "."))
	mac.Write(body)
	want := mac.Sum(nil)
	for signature := range strings.FieldsSeq(headers["webhook-signature"]) {
		given, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(signature, "v1,"))
		if err == nil && hmac.Equal(given, want) {
			return true
		}
	}
	return false
}

func newHandler(ctx context.Context) (*handler, error) {
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, err
	}
	secret, err := secretsmanager.NewFromConfig(cfg).GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{
		SecretId: aws.String(os.Getenv("WEBHOOK_SECRET_ARN")),
	})
	if err != nil {
		return nil, err
	}
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(aws.ToString(secret.SecretString), "whsec_"))
	return &handler{client: sfn.NewFromConfig(cfg), key: key}, err
}

func main() {
	h, err := newHandler(context.Background())
	if err != nil {
		slog.Error("cannot start", "error", err)
		os.Exit(1)
	}
	lambda.Start(h.handle)
}
