package link

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"callback-completer/internal/approval"
	"callback-completer/internal/store/dynamo"
)

// Errors that say what to do.
var (
	ErrNobodyThere = errors.New("no `callback local --serve` answers there: start one, or say by --endpoint where it is")
	ErrNotServe    = errors.New("what answers there is no `callback local --serve`")
)

// Desk is where links of a running stand-in are dealt with.
type Desk struct {
	endpoint string
	client   *http.Client
	place    Place
	service  *approval.Service
}

// patience is how long the stand-in may take to answer.
const patience = 10 * time.Second

// Open finds the stand-in at an endpoint, "http://127.0.0.1:6270". Close the desk.
//
// Errors: ErrNobodyThere, ErrNotServe.
func Open(ctx context.Context, endpoint string) (*Desk, error) {
	d := &Desk{endpoint: strings.TrimRight(endpoint, "/"), client: &http.Client{Transport: &http.Transport{}, Timeout: patience}}
	if address, err := url.Parse(d.endpoint); err != nil || address.Scheme != "http" || address.Host == "" {
		return nil, errors.New("the endpoint must be an address such as http://127.0.0.1:6270")
	}
	if err := d.ask(ctx, "Describe", &d.place); err != nil {
		d.Close()
		return nil, err
	}
	cfg := aws.Config{
		Region: d.place.Region, BaseEndpoint: aws.String(d.endpoint), HTTPClient: d.client,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "local", SecretAccessKey: "local"}, nil // the stand-in does not look at them
		}),
	}
	// There is no Completer: a desk asks, and people answer on the page.
	d.service = &approval.Service{Store: dynamo.New(cfg, d.place.Table), Now: time.Now, Log: slog.New(slog.DiscardHandler)}
	return d, nil
}

// Close ends the connections.
func (d *Desk) Close() { d.client.CloseIdleConnections() }

// ask calls an operation of the stand-in's own. Errors are those of Open.
func (d *Desk) ask(ctx context.Context, operation string, out any) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, d.endpoint+"/", bytes.NewReader([]byte("{}")))
	if err != nil {
		return fmt.Errorf("make a request: %w", err)
	}
	r.Header.Set("Content-Type", "application/x-amz-json-1.0")
	r.Header.Set("X-Amz-Target", TargetPrefix+"."+operation)
	answer, err := d.client.Do(r)
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case err != nil:
		return fmt.Errorf("%s: %w", d.endpoint, ErrNobodyThere)
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK || json.NewDecoder(answer.Body).Decode(out) != nil {
		return fmt.Errorf("%s: %w", d.endpoint, ErrNotServe)
	}
	return nil
}
