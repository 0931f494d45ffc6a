package emulator

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// Find looks for the program where `make venv` puts it in this module, then in the PATH.
func Find(program string) (string, error) {
	folder, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("find %s: %w", program, err)
	}
	for ; ; folder = filepath.Dir(folder) {
		if path, err := exec.LookPath(filepath.Join(folder, ".venv", "bin", program)); err == nil {
			return path, nil
		}
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil || folder == filepath.Dir(folder) {
			break
		}
	}
	path, err := exec.LookPath(program)
	if err != nil {
		return "", fmt.Errorf("find %s: %w: run `make venv`", program, err)
	}
	return path, nil
}
