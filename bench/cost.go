package main

import (
	"fmt"
	"strings"
)

// What AWS asks in US East (N. Virginia), in dollars, before free tiers and discounts. docs/performance.md says where each
// price was read and when.
const (
	priceGBSecond   = 0.0000133334 // Lambda on arm64, the first 7.5 billion a month
	priceInvocation = 0.20 / 1e6
	priceSQS        = 0.40 / 1e6 // a request of up to 64 KB to a standard queue
	priceHTTPAPI    = 1.00 / 1e6 // a request of up to 512 KB
	priceRESTAPI    = 3.50 / 1e6
	priceLogByte    = 0.50 / 1e9

	million = 1e6
)

// cost is what a million callbacks cost, part by part, in dollars.
type cost struct{ compute, invocations, logs float64 }

func (c cost) total() float64 { return c.compute + c.invocations + c.logs }

// costOf takes a contender's invocations at a memory size, which are billed by the millisecond, begun ones too.
func costOf(s *Scenario, m *Measured) (cost, bool) {
	p50 := m.p50()
	if p50.N == 0 {
		return cost{}, false
	}
	billed := 0.0
	steady := m.steady()
	for _, v := range steady {
		billed += float64(int(v) + 1)
	}
	billed /= float64(len(steady)) * 1000 // seconds for an invocation
	n := million / float64(s.Messages)
	return cost{
		compute:     n * billed * float64(s.MemoryMB) / 1024 * priceGBSecond,
		invocations: n * priceInvocation,
		logs:        million * m.figures(func(s Sample) float64 { return s.Logged }).Median * priceLogByte,
	}, true
}

// ownCosts has our figures by memory and batch.
func ownCosts(r *Results) *table {
	t := &table{head: []string{
		"memory MB", "messages", "p50 ms", "p99 ms", "GB-s per million", "compute $", "invocations $", "logs $", "sum $ per million",
	}}
	for _, memory := range memories() {
		for _, messages := range []int{1, 10, 100} {
			s := r.scenario(memoryName(messages, memory))
			m := s.of(sqsKey)
			c, ok := costOf(s, m)
			if !ok {
				continue
			}
			t.add(group(memory), group(messages), number(m.p50().Median), number(m.p99()), group(int(c.compute/priceGBSecond+0.5)),
				dollars(c.compute), dollars(c.invocations), dollars(c.logs), dollars(c.total()))
		}
	}
	return t
}

// otherCosts compares the contenders in batches of ten: compute and invocations, which everybody pays.
func otherCosts(r *Results) *table {
	t := &table{head: []string{"contender"}}
	for _, memory := range memories() {
		t.head = append(t.head, group(memory)+" MB: p50 ms", "$ per million")
	}
	for _, key := range []string{sqsKey, serialKey, promiseKey, threadsKey, handmadeKey} {
		row := []string{find(contenders(), key).Title}
		for _, memory := range memories() {
			s := r.scenario(memoryName(10, memory))
			m := s.of(key)
			if c, ok := costOf(s, m); ok {
				row = append(row, number(m.p50().Median), dollars(c.compute+c.invocations))
			} else {
				row = append(row, "–", "–")
			}
		}
		t.add(row...)
	}
	return t
}

// defaultMemoryMB is the template's FunctionMemory; a test holds the two together.
const defaultMemoryMB = 256

// waysIn prices a million callbacks by the way they take, at the default memory.
func waysIn(r *Results) *table {
	t := &table{head: []string{"way", "in front $", "function $", "sum $ per million"}}
	add := func(way string, front float64, messages int) {
		s := r.scenario(memoryName(messages, defaultMemoryMB))
		c, ok := costOf(s, s.of(sqsKey))
		if !ok {
			return
		}
		t.add(way, dollars(front), dollars(c.total()), dollars(front+c.total()))
	}
	// Sent one by one, received and deleted ten at a time.
	queue := func(perReceive float64) float64 { return million * priceSQS * (1 + 2/perReceive) }
	add("callback queue, batches of 100", queue(10), 100)
	add("callback queue, batches of 10", queue(10), 10)
	add("callback queue, one message an invocation", queue(1), 1)
	add("rule → function (`EventBridgeToQueue` off), AWS's events", 0, 1)
	add("HTTP API → function", million*priceHTTPAPI, 1)
	add("REST API → function", million*priceRESTAPI, 1)
	add("HTTP API → callback queue, batches of 10", million*priceHTTPAPI+queue(10), 10)
	t.add("REST API → SendTaskSuccess, no function", dollars(million*priceRESTAPI), "0.00", dollars(million*priceRESTAPI))
	return t
}

func dollars(v float64) string { return fmt.Sprintf("%.2f", v) }

// costs is the generated part of the cost model.
func costs(r *Results) string {
	if r.scenario(memoryName(10, defaultMemoryMB)).of(sqsKey).p50().N == 0 {
		return "Not measured: the run could make no control groups.\n"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "callback-completer, 1 KB outputs, 15 ms a call, by memory and batch:\n\n%s\n", ownCosts(r))
	fmt.Fprintf(&b, "Beside others, batches of ten; compute and invocations:\n\n%s\n", otherCosts(r))
	fmt.Fprintf(&b, "By the way in, at %d MB:\n\n%s\n", defaultMemoryMB, waysIn(r))
	fmt.Fprintf(&b, "The queue is cheaper than a rule that invokes the function itself once its batches hold %d messages on average.\n", queueFrom(r))
	return b.String()
}

// queueFrom is how many messages a batch must hold for the queue to be cheaper than one invocation for each. What an
// invocation costs is shared by its messages, whose calls are made at the same time.
func queueFrom(r *Results) int {
	s := r.scenario(memoryName(1, defaultMemoryMB))
	c, _ := costOf(s, s.of(sqsKey))
	n := 1
	for million*priceSQS*(1+2/float64(n))+c.total()/float64(n) > c.total() && n < 10 {
		n++
	}
	return n
}
