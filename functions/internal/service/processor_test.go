package service

import (
	"runtime"
	"strconv"
	"testing"
	"time"

	"callback-completer/internal/config"
)

func TestProcessors(t *testing.T) {
	t.Parallel()
	all := runtime.NumCPU()
	tests := map[string]struct {
		environment map[string]string
		want        int
	}{
		"a part of one":        {map[string]string{"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128"}, 1},
		"one":                  {map[string]string{"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1769"}, 1},
		"a little more":        {map[string]string{"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1770"}, min(2, all)},
		"two":                  {map[string]string{"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "3538"}, min(2, all)},
		"more than there are":  {map[string]string{"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": strconv.Itoa(1769 * (all + 1))}, all},
		"not known":            {nil, 0},
		"wrong":                {map[string]string{"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "much"}, 0},
		"somebody has decided": {map[string]string{"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128", "GOMAXPROCS": "7"}, 0},
		"nobody has":           {map[string]string{"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128", "GOMAXPROCS": ""}, 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, ok := processors(func(name string) (string, bool) { v, ok := tt.environment[name]; return v, ok })
			if ok != (tt.want > 0) || ok && got != tt.want {
				t.Errorf("Go is to run on %d processors, %v, want %d", got, ok, tt.want)
			}
		})
	}
}

func TestUseProcessors(t *testing.T) { //nolint:paralleltest // it is the process's
	before := runtime.GOMAXPROCS(3)
	t.Cleanup(func() { runtime.GOMAXPROCS(before) })
	lookup := func(name string) (string, bool) { return "128", name == "AWS_LAMBDA_FUNCTION_MEMORY_SIZE" }
	if _, _, err := Load(t.Context(), func(config.Lookup) (int, error) { return 0, nil }, lookup); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(10 * time.Second); runtime.GOMAXPROCS(0) != 1; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("Go runs on %d processors, want 1", runtime.GOMAXPROCS(0))
		}
	}
}
