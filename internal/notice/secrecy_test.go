package notice_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go/logging"

	"callback-completer/internal/approval"
	"callback-completer/internal/notice"
)

// TestNothingIsLogged: the SDK logs requests where it is told to, and the link is in them.
func TestNothingIsLogged(t *testing.T) {
	t.Parallel()
	s := &server{}
	cfg := s.config()
	cfg.ClientLogMode = aws.LogRequestWithBody | aws.LogResponseWithBody | aws.LogSigning | aws.LogRetries
	cfg.Logger = logging.LoggerFunc(func(_ logging.Classification, format string, v ...any) { t.Errorf("logged: "+format, v...) })
	topic, errTopic := notice.NewTopic(cfg, topicARN)
	mail, errMail := newMail(cfg, sender, []string{canaryMail})
	bus, errBus := notice.NewBus(cfg, "default")
	if errTopic != nil || errMail != nil || errBus != nil {
		t.Fatal(errTopic, errMail, errBus)
	}
	if err := notice.Several(topic, mail, bus).Deliver(t.Context(), sample()); err != nil || len(s.sent()) != 3 {
		t.Errorf("%d requests: %v", len(s.sent()), err)
	}
}

// TestTheConfigurationIsNotTouched: whoever made it uses it elsewhere.
func TestTheConfigurationIsNotTouched(t *testing.T) {
	t.Parallel()
	s := &server{}
	cfg := s.config()
	cfg.APIOptions = append(cfg.APIOptions, nil)[:0] // with room behind its end
	for _, to := range []approval.Channel{must(notice.NewTopic(cfg, topicARN))(t), must(notice.NewBus(cfg, "default"))(t)} {
		s.deliver(t, to, sample())
	}
	if cfg.APIOptions[:1][0] != nil || cfg.RetryMaxAttempts != 7 {
		t.Error("a client changed the configuration")
	}
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}
