// Package layout holds the tests that keep the project's shape: which package may know which, and how large the
// entry points may grow. It has no code of its own.
package layout
