package webhook_test

import (
	"fmt"
	"net/http"
	"time"

	"callback-completer/internal/webhook"
)

// A partner's secret is being exchanged: both are accepted meanwhile.
func Example() {
	scheme, err := webhook.ParseScheme(webhook.StandardWebhooks, webhook.Options{Tolerance: 5 * time.Minute})
	if err != nil {
		fmt.Println(err)
		return
	}
	var secrets []webhook.Secret
	for _, text := range []string{"whsec_7sS0t0xQnVZ2vU1lYtq3rH5mOaWcKdEi", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"} {
		secret, err := scheme.ParseSecret(text)
		if err != nil {
			fmt.Println(err)
			return
		}
		secrets = append(secrets, secret)
	}

	h := http.Header{}
	h.Set("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek")
	h.Set("webhook-timestamp", "1614265330")
	h.Set("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
	now := time.Unix(1614265330, 0)

	delivery, err := scheme.Verify(now, h, []byte(`{"test": 2432232314}`), secrets)
	fmt.Println(delivery.ID, delivery.Signer, err)

	_, err = scheme.Verify(now, h, []byte(`{"test": 2432232315}`), secrets)
	fmt.Println(err)

	_, err = scheme.Verify(now.Add(time.Hour), h, []byte(`{"test": 2432232314}`), secrets)
	fmt.Println(err)
	fmt.Println(secrets[0])
	// Output:
	// msg_p5jXN8AQM9LWM0D4loKWxJek 1 <nil>
	// webhook: signed with none of the secrets
	// webhook: signed too long ago
	// [webhook secret]
}
