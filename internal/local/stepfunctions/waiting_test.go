package stepfunctions

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestWaiting(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, d := newService(t)
		began := time.Now()
		first := begin(t, s, waitTask(`"TimeoutSeconds": 60,`), `{"order":1}`)
		firstToken := <-d.tokens
		time.Sleep(time.Second)
		second := begin(t, s, waitTask(`"TimeoutSeconds": 60,`), `{"order":2}`)
		secondToken := <-d.tokens
		const resource = "sqs:sendMessage.waitForTaskToken"
		want := []Waiting{{first, resource, firstToken, began}, {second, resource, secondToken, began.Add(time.Second)}}
		if diff := cmp.Diff(want, s.Waiting()); diff != "" {
			t.Errorf("waiting (-want +got):\n%s", diff)
		}
		if err := s.SendTaskSuccess(firstToken, `1`); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want[1:], s.Waiting()); diff != "" {
			t.Errorf("after an answer (-want +got):\n%s", diff)
		}
		time.Sleep(time.Minute)
		if got := s.Waiting(); len(got) != 0 {
			t.Errorf("after the timeout %v waits", got)
		}
	})
}
