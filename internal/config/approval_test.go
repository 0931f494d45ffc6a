package config_test

import (
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"callback-completer/internal/config"
	"callback-completer/internal/webhook"
)

const slackSecret = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:slack-AbCdEf"

func TestLoadApproval(t *testing.T) {
	t.Parallel()
	least := config.Approval{
		Table: "approvals", BaseURL: "https://a.example", LogLevel: slog.LevelInfo, MetricsNamespace: "CallbackCompleter",
	}
	for _, tt := range []struct {
		name string
		env  map[string]string
		want config.Approval
	}{
		{"least", map[string]string{"APPROVALS_TABLE": "approvals", "APPROVAL_BASE_URL": "https://a.example"}, least},
		{"empty is not set", map[string]string{
			"APPROVALS_TABLE": " approvals ", "APPROVAL_BASE_URL": " https://a.example// ", "APPROVAL_IDENTITY": "", "APPROVAL_TOPIC_ARN": " ",
			"APPROVAL_MAIL_FROM": "", "APPROVAL_SLACK_WEBHOOK": "", "APPROVAL_SLACK_BUTTONS": " ", "LINK_MODE": "", "APPROVAL_KEYS": " ", "APPROVAL_EVENT_BUS": "", "LOG_LEVEL": "", "METRICS_NAMESPACE": "",
		}, least},
		{"all", map[string]string{
			"APPROVALS_TABLE": "approvals", "APPROVAL_BASE_URL": "https://a.example:8443/live/", "APPROVAL_IDENTITY": "Verified",
			"APPROVAL_TOPIC_ARN": "arn:aws:sns:eu-west-1:123456789012:asked", "APPROVAL_MAIL_FROM": "Shop <ask@a.example>",
			"APPROVAL_SLACK_WEBHOOK": slackSecret + ":url", "APPROVAL_SLACK_BUTTONS": " True ", "APPROVAL_EVENT_BUS": "default", "LOG_LEVEL": "warn", "METRICS_NAMESPACE": "N",
		}, config.Approval{
			Table: "approvals", BaseURL: "https://a.example:8443/live", Identities: true,
			TopicARN: "arn:aws:sns:eu-west-1:123456789012:asked", MailFrom: "Shop <ask@a.example>",
			SlackWebhook: webhook.Reference{Service: "secretsmanager", Region: "eu-west-1", ARN: slackSecret, Key: "url"},
			SlackButtons: true, EventBus: "default", LogLevel: slog.LevelWarn, MetricsNamespace: "N",
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := config.LoadApproval(lookup(tt.env))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("settings (-want +got):\n%s", diff)
			}
		})
	}
}

func TestLoadApprovalNamesEveryProblem(t *testing.T) {
	t.Parallel()
	const hook = "https://hooks.slack.com/services/CANARY"
	_, err := config.LoadApproval(lookup(map[string]string{
		"APPROVAL_IDENTITY": "jwt", "APPROVAL_SLACK_WEBHOOK": hook, "LOG_LEVEL": "loud",
	}))
	if err == nil {
		t.Fatal("no error")
	}
	for _, name := range []string{"APPROVALS_TABLE", "APPROVAL_BASE_URL", "APPROVAL_IDENTITY", "APPROVAL_SLACK_WEBHOOK", "LOG_LEVEL"} {
		if !strings.Contains(err.Error(), name+": ") {
			t.Errorf("%s is not named in: %v", name, err)
		}
	}
	if strings.Contains(err.Error(), "CANARY") {
		t.Errorf("the address of the webhook is quoted: %v", err)
	}
}

func TestLinkModes(t *testing.T) {
	t.Parallel()
	const noTable, noKeys = "APPROVALS_TABLE: is required where links are stored", "APPROVAL_KEYS: is required where links are sealed"
	for _, tt := range []struct {
		mode, table, keys string
		sealed            bool
		problem           string
	}{
		{"", "t", "", false, ""},
		{"stored", "t", slackSecret, false, ""},
		{"Sealed ", "", slackSecret, true, ""},
		{"sealed", "t", slackSecret + ":keyring:AWSCURRENT", true, ""},
		{"sealed", "", "arn:aws:ssm:eu-west-1:123456789012:parameter/keyring", true, ""},
		{"stored", "", slackSecret, false, noTable},
		{"", "", slackSecret, false, noTable},
		{"sealed", "t", "", false, noKeys},
		{"both", "t", slackSecret, false, `LINK_MODE: "both" is neither stored nor sealed`},
		{"sealed", "t", "CANARY", false, "APPROVAL_KEYS: "},
	} {
		got, err := config.LoadApproval(lookup(map[string]string{
			"APPROVAL_BASE_URL": "https://a.example", "LINK_MODE": tt.mode, "APPROVALS_TABLE": tt.table, "APPROVAL_KEYS": tt.keys,
		}))
		switch {
		case tt.problem == "" && (err != nil || got.Sealed != tt.sealed || got.Table != tt.table || (got.Keys.ARN != "") != (tt.keys != "")):
			t.Errorf("%+v: %+v, %v", tt, got, err)
		case tt.problem != "" && (err == nil || !strings.HasPrefix(err.Error(), tt.problem) || strings.Contains(err.Error(), "\n") || strings.Contains(err.Error(), "CANARY")):
			t.Errorf("%+v: %v", tt, err)
		}
	}
}

func TestButtonsInSlack(t *testing.T) {
	t.Parallel()
	const noWebhook, noWord = "APPROVAL_SLACK_BUTTONS: needs APPROVAL_SLACK_WEBHOOK", `APPROVAL_SLACK_BUTTONS: "yes" is neither true nor false`
	for _, tt := range []struct{ buttons, webhook, problem string }{
		{"true", slackSecret, ""},
		{"false", slackSecret, ""},
		{"false", "", ""},
		{"true", "", noWebhook},
		{"yes", slackSecret, noWord},
	} {
		got, err := config.LoadApproval(lookup(map[string]string{
			"APPROVALS_TABLE": "t", "APPROVAL_BASE_URL": "https://a.example",
			"APPROVAL_SLACK_BUTTONS": tt.buttons, "APPROVAL_SLACK_WEBHOOK": tt.webhook,
		}))
		switch {
		case tt.problem == "" && (err != nil || got.SlackButtons != (tt.buttons == "true")):
			t.Errorf("%+v: %v, %v", tt, got.SlackButtons, err)
		case tt.problem != "" && (err == nil || !strings.HasPrefix(err.Error(), tt.problem)):
			t.Errorf("%+v: %v", tt, err)
		}
	}
}

func TestWhatLinksBeginWith(t *testing.T) {
	t.Parallel()
	for value, problem := range map[string]string{
		"https://a.example":              "",
		"https://a.example/live":         "",
		"https://[2001:db8::1]:8443":     "",
		"http://127.0.0.1:8080":          "",
		"http://[::1]:8080":              "",
		"http://localhost:8080":          "",
		"http://a.example":               "must begin with https",
		"http://localhost.a.example":     "must begin with https",
		"http://127.0.0.1.a.example":     "must begin with https",
		"a.example":                      "is no URL",
		"https://":                       "is no URL",
		"https:///live":                  "is no URL",
		"https://:443":                   "is no URL",
		"ftp://a.example":                "is no URL",
		"https://a.example/%zz":          "is no URL",
		"https://u:p@a.example":          "neither user, query nor fragment",
		"https://a.example/?x=1":         "neither user, query nor fragment",
		"https://a.example?":             "neither user, query nor fragment",
		"https://a.example/#":            "neither user, query nor fragment",
		"https://ä.example":              "ASCII",
		"https://a.example/a b":          "ASCII",
		"https://a.example/<b>":          "ASCII",
		"https://a.example/x\u202ey":     "ASCII",
		"https://a.example/live/../live": "",
	} {
		_, err := config.LoadApproval(lookup(map[string]string{"APPROVALS_TABLE": "t", "APPROVAL_BASE_URL": value}))
		switch {
		case problem == "" && err != nil:
			t.Errorf("%q: %v", value, err)
		case problem != "" && (err == nil || !strings.Contains(err.Error(), "APPROVAL_BASE_URL: ") || !strings.Contains(err.Error(), problem)):
			t.Errorf("%q: %v, want %q", value, err, problem)
		}
	}
}
