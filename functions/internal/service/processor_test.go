package service

import (
	"runtime"
	"strconv"
	"testing"
)

func TestUseProcessors(t *testing.T) { //nolint:paralleltest // it is the process's
	before, all := runtime.GOMAXPROCS(0), runtime.NumCPU()
	t.Cleanup(func() { runtime.GOMAXPROCS(before) })
	tests := map[string]struct {
		environment map[string]string
		want        int
	}{
		"a part of one":        {map[string]string{"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128"}, 1},
		"one":                  {map[string]string{"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1769"}, 1},
		"a little more":        {map[string]string{"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1770"}, min(2, all)},
		"two":                  {map[string]string{"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "3538"}, min(2, all)},
		"more than there are":  {map[string]string{"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": strconv.Itoa(1769 * (all + 1))}, all},
		"not known":            {nil, all + 1},
		"wrong":                {map[string]string{"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "much"}, all + 1},
		"somebody has decided": {map[string]string{"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128", "GOMAXPROCS": "7"}, all + 1},
		"nobody has":           {map[string]string{"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128", "GOMAXPROCS": ""}, 1},
	}
	for name, tt := range tests { //nolint:paralleltest // likewise
		t.Run(name, func(t *testing.T) {
			runtime.GOMAXPROCS(all + 1) // which the function never chooses
			UseProcessors(func(name string) (string, bool) { v, ok := tt.environment[name]; return v, ok })
			if got := runtime.GOMAXPROCS(0); got != tt.want {
				t.Errorf("Go runs on %d processors, want %d", got, tt.want)
			}
		})
	}
}
