//go:build !race

package mapping_test

const raced = false
