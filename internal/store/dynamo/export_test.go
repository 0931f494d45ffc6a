package dynamo

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// Patient is New for a table behind a slow machine: it gives an attempt a minute.
func Patient(cfg aws.Config, table string) *Store { return open(cfg, table, time.Minute) }
