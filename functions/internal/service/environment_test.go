package service

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/google/go-cmp/cmp"
)

// lambda is what Lambda sets for a function on provided.al2023.
var lambda = map[string]string{
	"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "SECRET",
	"AWS_SESSION_TOKEN": "SESSION", "AWS_EXECUTION_ENV": "AWS_Lambda_provided.al2023", "AWS_LAMBDA_FUNCTION_NAME": "f",
	"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256", "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:9001", "AWS_XRAY_DAEMON_ADDRESS": "169.254.79.129:2000",
	"AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand", "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR", "LANG": "en_US.UTF-8", "TZ": ":UTC",
}

// setenv makes the process environment that of Lambda, with changes: an empty one takes a variable away.
func setenv(t *testing.T, changes map[string]string) {
	t.Helper()
	for _, pair := range os.Environ() {
		if name, _, _ := strings.Cut(pair, "="); strings.HasPrefix(name, "AWS_") {
			t.Setenv(name, "") // restores it
			_ = os.Unsetenv(name)
		}
	}
	t.Setenv("HOME", t.TempDir())
	for _, all := range []map[string]string{lambda, changes} {
		for name, value := range all {
			t.Setenv(name, value)
			if value == "" {
				_ = os.Unsetenv(name)
			}
		}
	}
}

// TestTheShortWayLeadsToTheSame compares the configuration that is put together with the SDK's own, and what clients make of them.
func TestTheShortWayLeadsToTheSame(t *testing.T) {
	for name, changes := range map[string]map[string]string{
		"Lambda": nil, "without a session": {"AWS_SESSION_TOKEN": ""}, "a home": {"HOME": t.TempDir()},
		"keys by their old names too": {"AWS_ACCESS_KEY": "OLD", "AWS_SECRET_KEY": "OLDER"},
	} {
		t.Run(name, func(t *testing.T) {
			setenv(t, changes)
			t.Setenv("AWS_ENDPOINT_URL", "") // a template cannot leave a variable out
			got, short := fromEnvironment(os.Environ())
			if !short {
				t.Fatal("the environment says everything, and the short way is not taken")
			}
			want, err := awsconfig.LoadDefaultConfig(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(fields(t, want), fields(t, got)); diff != "" {
				t.Errorf("configuration (-SDK +ours):\n%s", diff)
			}
			for service, options := range map[string]func(aws.Config) any{
				"sfn":            func(c aws.Config) any { return sfn.NewFromConfig(c).Options() },
				"sqs":            func(c aws.Config) any { return sqs.NewFromConfig(c).Options() },
				"dynamodb":       func(c aws.Config) any { return dynamodb.NewFromConfig(c).Options() },
				"secretsmanager": func(c aws.Config) any { return secretsmanager.NewFromConfig(c).Options() },
				"ssm":            func(c aws.Config) any { return ssm.NewFromConfig(c).Options() },
			} {
				if diff := cmp.Diff(fields(t, options(want)), fields(t, options(got))); diff != "" {
					t.Errorf("options of %s (-SDK +ours):\n%s", service, diff)
				}
			}
		})
	}
}

// fields shows every field of a struct, those of a later SDK among them: values as they are, what hides its contents by its
// type, and credentials by what they give. What a configuration was read from is left to the options of the clients.
func fields(t *testing.T, s any) map[string]any {
	t.Helper()
	all := map[string]any{}
	v := reflect.ValueOf(s)
	for i := range v.NumField() {
		name, field := v.Type().Field(i).Name, v.Field(i)
		switch {
		case name == "ConfigSources" || !v.Type().Field(i).IsExported():
		case name == "Credentials":
			provider, ok := field.Interface().(aws.CredentialsProvider)
			if !ok {
				t.Fatalf("credentials are %v", field)
			}
			value, err := provider.Retrieve(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			sources, _ := provider.(aws.CredentialProviderSource)
			all[name] = []any{field.Elem().Type().String(), value, sources.ProviderSources()}
		case name == "Interceptors":
			n := 0
			for j := range field.NumField() {
				n += field.Field(j).Len()
			}
			all[name] = n
		case plain(field.Type()):
			all[name] = field.Interface()
		case field.Kind() == reflect.Slice || field.Kind() == reflect.Func:
			all[name] = []any{field.IsNil(), field.Type().String()}
		case field.Kind() == reflect.Interface && !field.IsNil():
			all[name] = field.Elem().Type().String()
		default:
			all[name] = []any{field.IsZero(), field.Type().String()}
		}
	}
	return all
}

func plain(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.String, reflect.Bool, reflect.Int, reflect.Int64, reflect.Uint32, reflect.Uint64:
		return true
	case reflect.Pointer:
		return plain(t.Elem())
	case reflect.Slice:
		return plain(t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			if f := t.Field(i); f.IsExported() && !plain(f.Type) || !f.IsExported() {
				return false
			}
		}
		return true
	default:
		return false
	}
}

// TestTheShortWayIsLeft for whatever else may have a say.
func TestTheShortWayIsLeft(t *testing.T) { //nolint:paralleltest // t.Setenv
	var variables []string
	for _, name := range []string{
		"AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE",
		"AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN",
		"AWS_CA_BUNDLE", "AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT", "AWS_RETRY_MODE", "AWS_MAX_ATTEMPTS", "AWS_DEFAULTS_MODE",
		"AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SFN", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_SDK_UA_APP_ID", "AWS_ACCOUNT_ID",
		"AWS_ACCOUNT_ID_ENDPOINT_MODE", "AWS_DISABLE_CLOCK_SKEW_CORRECTION", "AWS_EC2_METADATA_DISABLED", "AWS_AUTH_SCHEME_PREFERENCE",
		"AWS_SOMETHING_NEW",
	} {
		variables = append(variables, name+"=1")
	}
	setenv(t, nil)
	environ := os.Environ()
	if _, short := fromEnvironment(environ); !short {
		t.Fatal("the test starts from an environment that says everything")
	}
	for _, variable := range variables {
		if _, short := fromEnvironment(append(environ, variable)); short {
			t.Errorf("with %s the SDK must decide", variable)
		}
	}
	for _, name := range []string{"AWS_LAMBDA_FUNCTION_NAME", "AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"} {
		if _, short := fromEnvironment(append(environ, name+"=")); short {
			t.Errorf("without %s the SDK must decide", name)
		}
	}
	if err := os.Mkdir(filepath.Join(os.Getenv("HOME"), ".aws"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, short := fromEnvironment(environ); short {
		t.Error("with a directory of settings the SDK must decide")
	}
}

// TestTheLongWayIsTaken where a variable asks for it, and its value is heard.
func TestTheLongWayIsTaken(t *testing.T) {
	setenv(t, map[string]string{"AWS_ENDPOINT_URL": "http://127.0.0.1:4566", "AWS_MAX_ATTEMPTS": "7"})
	cfg, err := loadAWS(t.Context(), os.Environ())
	if err != nil {
		t.Fatal(err)
	}
	if aws.ToString(cfg.BaseEndpoint) != "http://127.0.0.1:4566" || cfg.RetryMaxAttempts != 7 || cfg.Region != "eu-west-1" {
		t.Errorf("endpoint %q, %d attempts, region %q", aws.ToString(cfg.BaseEndpoint), cfg.RetryMaxAttempts, cfg.Region)
	}
	t.Setenv("AWS_CA_BUNDLE", filepath.Join(t.TempDir(), "none.pem"))
	if _, err := loadAWS(t.Context(), os.Environ()); err == nil || !strings.Contains(err.Error(), "load the AWS configuration") {
		t.Errorf("a bundle that is not there: %v", err)
	}
}
