package sqs

import (
	"context"
	"strings"
)

type createInput struct {
	QueueName  string
	Attributes map[string]string
}

type urlOutput struct {
	QueueUrl string //nolint:revive // AWS's spelling
}

func (s *Service) opCreateQueue(_ context.Context, in createInput) (any, error) {
	q, err := s.CreateQueue(in.QueueName, in.Attributes)
	if err != nil {
		return nil, err
	}
	return urlOutput{q.URL()}, nil
}

func (s *Service) opDeleteQueue(_ context.Context, in target) (nothing, error) {
	q, err := s.url(in.QueueUrl)
	if err != nil {
		return nothing{}, err
	}
	return nothing{}, s.DeleteQueue(q.name)
}

func (s *Service) opGetQueueURL(_ context.Context, in struct{ QueueName string }) (any, error) {
	if in.QueueName == "" {
		return nil, errMissing("QueueName")
	}
	q, err := s.Queue(in.QueueName)
	if err != nil {
		return nil, err
	}
	return urlOutput{q.URL()}, nil
}

type listInput struct {
	QueueNamePrefix string
	MaxResults      int
	NextToken       string
}

type listOutput struct {
	QueueUrls []string `json:",omitempty"`
	NextToken string   `json:",omitempty"`
}

// opListQueues answers at most 1,000 URLs. As on AWS there is a NextToken only if MaxResults is given.
func (s *Service) opListQueues(_ context.Context, in listInput) (listOutput, error) {
	var out listOutput
	limit := in.MaxResults
	if limit < 1 || limit > 1_000 {
		limit = 1_000
	}
	last := ""
	for _, q := range s.Queues() {
		if !strings.HasPrefix(q.name, in.QueueNamePrefix) || q.name <= in.NextToken {
			continue
		}
		if len(out.QueueUrls) == limit {
			if in.MaxResults > 0 {
				out.NextToken = last
			}
			break
		}
		out.QueueUrls = append(out.QueueUrls, q.URL())
		last = q.name
	}
	return out, nil
}

func (s *Service) opListDeadLetterSourceQueues(_ context.Context, in target) (any, error) {
	q, err := s.url(in.QueueUrl)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	urls := []string{}
	for _, source := range s.sources(q) {
		urls = append(urls, source.URL())
	}
	return map[string][]string{"queueUrls": urls}, nil // the one member that AWS spells in lower case
}

type attributesInput struct {
	target
	AttributeNames []string
}

func (s *Service) opGetQueueAttributes(_ context.Context, in attributesInput) (any, error) {
	q, err := s.url(in.QueueUrl)
	if err != nil {
		return nil, err
	}
	all := q.Attributes()
	chosen := map[string]string{}
	for _, name := range in.AttributeNames {
		if name == "All" {
			chosen = all
			continue
		}
		// FIFO's own names may be asked of any queue.
		if _, known := validAttribute(name, "", true); !known && !readOnly(name) {
			return nil, errorf("InvalidAttributeName", "Unknown Attribute %s.", name)
		}
		if value, ok := all[name]; ok {
			chosen[name] = value
		}
	}
	return struct {
		Attributes map[string]string `json:",omitempty"`
	}{chosen}, nil
}

type setInput struct {
	target
	Attributes map[string]string
}

func (s *Service) opSetQueueAttributes(_ context.Context, in setInput) (nothing, error) {
	q, err := s.url(in.QueueUrl)
	if err != nil {
		return nothing{}, err
	}
	return nothing{}, q.SetAttributes(in.Attributes)
}

func (s *Service) opPurgeQueue(_ context.Context, in target) (nothing, error) {
	q, err := s.url(in.QueueUrl)
	if err != nil {
		return nothing{}, err
	}
	return nothing{}, q.Purge()
}
