package main

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"callback-completer/internal/approval"
	"callback-completer/internal/config"
	"callback-completer/internal/notice"
	"callback-completer/internal/secret"
)

// channels are the ways of delivery that are set up here. What is not is nil.
type channels struct {
	topic approval.Channel
	mail  *notice.Mailer // recipients are the request's
	slack approval.Channel
	bus   approval.Channel
}

// newChannels builds the channels of the settings. The error names every setting that is wrong.
func newChannels(settings *config.Approval, cfg aws.Config, client *http.Client) (*channels, error) {
	c := &channels{}
	var problems []error
	check := func(name string, err error) {
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", name, err))
		}
	}
	if settings.TopicARN != "" {
		topic, err := notice.NewTopic(cfg, settings.TopicARN)
		check(config.EnvApprovalTopicARN, err)
		c.topic = topic
	}
	if settings.MailFrom != "" {
		mail, err := notice.NewMailer(cfg, settings.MailFrom)
		check(config.EnvApprovalMailFrom, err)
		c.mail = mail
	}
	if settings.SlackWebhook.ARN != "" {
		options := notice.SlackOptions{Buttons: settings.SlackButtons}
		c.slack = &slack{secrets: secret.New(cfg), reference: settings.SlackWebhook, client: client, options: options, now: time.Now}
	}
	if settings.EventBus != "" {
		bus, err := notice.NewBus(cfg, settings.EventBus)
		check(config.EnvApprovalEventBus, err)
		c.bus = bus
	}
	if err := errors.Join(problems...); err != nil {
		return nil, fmt.Errorf("settings: %w", err)
	}
	return c, nil
}

// choose returns the channels that a request asks for as one, or everything that is in the way.
func (c *channels) choose(d delivery) (approval.Channel, []string) {
	var (
		chosen   []approval.Channel
		problems []string
	)
	take := func(member, setting string, channel approval.Channel) {
		if channel == nil {
			problems = append(problems, fmt.Sprintf("delivery.%s cannot be used: the function's setting %s is missing", member, setting))
			return
		}
		chosen = append(chosen, channel)
	}
	if d.sns {
		take("sns", config.EnvApprovalTopicARN, c.topic)
	}
	switch {
	case d.email == nil:
	case c.mail == nil:
		take("email", config.EnvApprovalMailFrom, nil)
	default:
		mail, err := c.mail.To(d.email)
		if err != nil {
			problems = append(problems, fmt.Sprintf("delivery.email: %v", err)) // names an address by its place
		}
		chosen = append(chosen, mail)
	}
	if d.slack {
		take("slack", config.EnvApprovalSlackWebhook, c.slack)
	}
	if d.eventBus {
		take("eventBus", config.EnvApprovalEventBus, c.bus)
	}
	if len(problems) > 0 {
		return nil, problems
	}
	return notice.Several(chosen...), nil
}
