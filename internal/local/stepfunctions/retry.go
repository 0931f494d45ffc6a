package stepfunctions

import (
	"math"
	"slices"
	"strconv"
	"time"
)

// retrier is one item of Retry.
type retrier struct {
	errorEquals []string
	interval    time.Duration
	maxAttempts int64
	backoff     float64
}

// catcher is one item of Catch.
type catcher struct {
	errorEquals []string
	resultPath  *path
	next        string
}

// maxDelay keeps long backoffs inside time.Duration; no execution lives longer.
const maxDelay = 366 * 24 * time.Hour

func parseRetry(n *node) []retrier {
	items := n.nodes("Retry")
	all := make([]retrier, 0, len(items))
	for i, item := range items {
		r := retrier{
			errorEquals: item.errorEquals(i == len(items)-1),
			interval:    time.Duration(item.whole("IntervalSeconds", 1, 1)) * time.Second,
			maxAttempts: item.whole("MaxAttempts", 0, 3),
			backoff:     item.backoff(),
		}
		item.close()
		all = append(all, r)
	}
	return all
}

func parseCatch(n *node) []catcher {
	items := n.nodes("Catch")
	all := make([]catcher, 0, len(items))
	for i, item := range items {
		all = append(all, catcher{
			errorEquals: item.errorEquals(i == len(items)-1),
			resultPath:  item.resultPath(),
			next:        item.needText("Next"),
		})
		item.close()
	}
	return all
}

func (n *node) errorEquals(last bool) []string {
	names := n.names("ErrorEquals")
	if slices.Contains(names, errAll) && (len(names) > 1 || !last) {
		n.refuse("ErrorEquals", "%s must stand alone and in the last item", errAll)
	}
	return names
}

func (n *node) backoff() float64 {
	raw, ok := n.take("BackoffRate")
	if !ok {
		return 2
	}
	rate, err := strconv.ParseFloat(string(raw), 64)
	if err != nil || rate < 1 {
		n.refuse("BackoffRate", "must be a number of at least 1.0")
	}
	return rate
}

// budget counts the attempts of each retrier during one stay in a state.
type budget struct {
	retriers []retrier
	spent    []int64
}

func newBudget(retriers []retrier) *budget {
	return &budget{retriers: retriers, spent: make([]int64, len(retriers))}
}

// spend says whether the failure is tried again, and after how long. The first retrier that matches decides.
func (b *budget) spend(f *failure) (time.Duration, bool) {
	for i, r := range b.retriers {
		if !f.matchedBy(r.errorEquals) {
			continue
		}
		if b.spent[i] >= r.maxAttempts {
			return 0, false
		}
		delay := float64(r.interval) * math.Pow(r.backoff, float64(b.spent[i]))
		b.spent[i]++
		return time.Duration(min(delay, float64(maxDelay))), true
	}
	return 0, false
}
