package main

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"callback-completer/bench/load"
)

// event makes the events of a scenario. The packages' loads are such.
type event interface {
	Next(first int) ([]byte, error)
	Check(target string, body []byte) error
	Left(answer []byte) (int, error)
}

// scenario is a load and who takes it.
type scenario struct {
	Name     string
	Title    string
	Latency  time.Duration
	Throttle float64
	Messages int // tasks per invocation; 0 only starts the contenders
	Size     int // of an output, in bytes
	MemoryMB int // less than a whole processor, if not 0

	kind        string // sqs, eventbridge, webhook
	contenders  []string
	rounds      int
	invocations int           // of each contender and round, the first included
	patience    time.Duration // no further invocation after this; two are made in any case
	once        []string      // those that take so long that one round with two invocations is enough
	rare        []string      // those that take part in every second round only
	long        []string      // those that take a minute or more, and part with -long only
}

const kb = 1 << 10

// The scenarios' names are what -only looks for and what the targets refer to.
const (
	startName, tenName, thousandName, largeName = "start", "10x1k@5ms", "1000x1k@5ms", "10x100k@5ms"
	tenThousandName, throttledName              = "10000x1k@5ms", "1000x1k@5ms-throttled"
	jobName, webhookName                        = "eventbridge@5ms", "webhook@5ms"
	smallName                                   = "first-10x1k@5ms-128MB"
)

func scenarios() []scenario {
	all := []string{sqsKey, serialKey, parallelKey, promiseKey, nodeToolsKey, threadsKey, pythonToolsKey, handmadeKey}
	two := []string{sqsKey, handmadeKey}
	const ms = time.Millisecond
	sqs := func(messages, size int, latency time.Duration) scenario {
		name := strconv.Itoa(messages) + "x" + strconv.Itoa(size/kb) + "k@" + latency.String()
		title := group(messages) + " × " + strconv.Itoa(size/kb) + " KB, " + strings.TrimSuffix(latency.String(), "s") + "s"
		if latency == 0 {
			name, title = strings.Replace(name, "@0s", "@0ms", 1), strings.Replace(title, ", 0s", ", 0 ms", 1)
		}
		return scenario{
			Name: name, Title: strings.Replace(title, "ms", " ms", 1), Latency: latency, Messages: messages, Size: size,
			kind: "sqs", contenders: all, rounds: 5, invocations: 30, patience: 700 * ms,
		}
	}
	tune := func(s scenario, change func(*scenario)) scenario {
		change(&s)
		s.Title = strings.ReplaceAll(s.Title, "  ", " ")
		return s
	}
	slow := []string{serialKey, promiseKey, nodeToolsKey, threadsKey, pythonToolsKey}
	list := []scenario{
		{Name: startName, Title: "start", contenders: append([]string{emptyKey}, all...), rounds: 15},
		sqs(10, kb, 5*ms),
		tune(sqs(10, kb, 0), func(s *scenario) { s.rounds = 3 }),
		tune(sqs(10, kb, 15*ms), func(s *scenario) { s.rounds = 3 }),
		tune(sqs(1000, kb, 5*ms), func(s *scenario) { s.invocations, s.patience, s.rare = 6, 2*time.Second, slow }),
		tune(sqs(1000, kb, 0), func(s *scenario) { s.rounds, s.invocations = 3, 5 }),
		tune(sqs(1000, kb, 15*ms), func(s *scenario) { s.rounds, s.invocations, s.once = 3, 3, slow }),
		tune(sqs(10, 100*kb, 5*ms), func(s *scenario) { s.invocations, s.rare = 20, slow }),
		tune(sqs(10000, kb, 5*ms), func(s *scenario) {
			s.rounds, s.invocations, s.long = 3, 3, []string{serialKey}
			s.once = append([]string{parallelKey}, slow...)
		}),
		tune(sqs(1000, kb, 5*ms), func(s *scenario) {
			s.Name, s.Title, s.Throttle = throttledName, s.Title+", 10 % throttled", 0.1
			s.rounds, s.invocations, s.once, s.long = 3, 3, slow, []string{serialKey}
		}),
		{
			Name: jobName, Title: "a failed Batch job's event, 5 ms", Latency: 5 * ms, Messages: 1, kind: "eventbridge",
			contenders: []string{jobKey, sdkJobKey, handmadeJobKey}, rounds: 3, invocations: 100, patience: time.Second,
		},
		{
			Name: webhookName, Title: "a signed webhook of 1 KB, 5 ms", Latency: 5 * ms, Messages: 1, Size: kb, kind: "webhook",
			contenders: []string{webhookKey, sdkWebhookKey}, rounds: 3, invocations: 100, patience: time.Second,
		},
	}
	for _, n := range []int{1, 100} {
		list = append(list, tune(sqs(n, kb, 5*ms), func(s *scenario) { s.contenders, s.rounds = two, 3 }))
	}
	for _, size := range []int{4, 16, 64, 256} {
		list = append(list, tune(sqs(10, size*kb, 5*ms), func(s *scenario) { s.contenders, s.rounds, s.invocations = two, 3, 20 }))
	}
	list = append(list, tune(sqs(10, kb, 5*ms), func(s *scenario) {
		s.Name, s.Title, s.MemoryMB = smallName, "first invocation: "+s.Title+", 128 MB", 128
		s.contenders, s.rounds, s.invocations = []string{sqsKey, serialKey, parallelKey, handmadeKey}, 31, 1 // a share of a processor comes in slices: one alone takes half as long as another
	}))
	for _, memory := range memories() {
		for _, n := range []int{1, 10, 100} {
			list = append(list, tune(sqs(n, kb, 15*ms), func(s *scenario) {
				s.Name, s.Title, s.MemoryMB = memoryName(n, memory), s.Title+", "+group(memory)+" MB", memory
				s.contenders, s.rounds, s.invocations = []string{sqsKey}, 2, 30
				s.patience = 3 * time.Second // a small function's first few still make connections
				if n == 10 {
					s.contenders = []string{sqsKey, serialKey, promiseKey, threadsKey, handmadeKey}
					s.rare = []string{serialKey, promiseKey, threadsKey}
				}
			}))
		}
	}
	return list
}

// scenarioOf returns the planned scenario of a name.
func scenarioOf(name string) scenario {
	for _, s := range scenarios() {
		if s.Name == name {
			return s
		}
	}
	return scenario{}
}

// memories are the sizes of the cost model, in MB.
func memories() []int { return []int{128, 256, 512, fullMemoryMB} }

func memoryName(messages, memoryMB int) string {
	return strconv.Itoa(messages) + "x1k@15ms-" + strconv.Itoa(memoryMB) + "MB"
}

// selected narrows the plan to what was asked for, and returns whom it needs.
func selected(all []scenario, o options) (plan []scenario, needed []contender) {
	seen := map[string]bool{}
	for _, s := range all {
		if !o.long {
			s.contenders = slices.DeleteFunc(slices.Clone(s.contenders), func(key string) bool { return slices.Contains(s.long, key) })
		}
		if o.with != "" {
			s.contenders = slices.DeleteFunc(slices.Clone(s.contenders), func(key string) bool {
				return !slices.Contains(strings.Split(o.with, ","), key)
			})
		}
		if !strings.Contains(s.Name, o.only) || len(s.contenders) == 0 {
			continue
		}
		if o.rounds > 0 {
			s.rounds = o.rounds
		}
		plan = append(plan, s)
		for _, key := range s.contenders {
			if !seen[key] {
				seen[key] = true
				needed = append(needed, find(contenders(), key))
			}
		}
	}
	return plan, needed
}

// event makes the scenario's load.
func (s scenario) event() (event, error) {
	switch s.kind {
	case "eventbridge":
		sample, err := os.ReadFile("events/eventbridge-batch-job-failed.json")
		if err != nil {
			return nil, err
		}
		return load.EventBridge(sample)
	case "webhook":
		return load.NewWebhook(s.Size, time.Now)
	default:
		return load.SQS(s.Messages, s.Size)
	}
}

// invocationsOf is how many a contender makes in a round; 0 leaves it out.
func (s scenario) invocationsOf(key string, round int) int {
	switch once := slices.Contains(s.once, key); {
	case once && round > 0, slices.Contains(s.rare, key) && round%2 > 0:
		return 0
	case once:
		return min(s.invocations, 2)
	default:
		return s.invocations
	}
}

// group writes a number with a comma between thousands.
func group(n int) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
