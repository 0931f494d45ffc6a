package bootstrap

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
)

// builtEnv names a folder of executables that Build made of the sources as they are: `make test` builds once what the tests of
// several packages run.
const builtEnv = "CALLBACK_BUILT_FOR_TESTS"

// BuildForTest is [Build] for tests: it links what is in the folder that CALLBACK_BUILT_FOR_TESTS names, and builds the rest.
func BuildForTest(ctx context.Context, root, folder string, pkgs ...string) error {
	var missing []string
	for _, pkg := range pkgs {
		err := link(path.Base(pkg), folder)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			missing = append(missing, pkg)
		case err != nil:
			return fmt.Errorf("link what is built: %w", err)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return Build(ctx, root, folder, missing...)
}

// link fails with [fs.ErrNotExist] if the executable is not built.
func link(name, folder string) error {
	before := os.Getenv(builtEnv)
	if before == "" {
		return fs.ErrNotExist
	}
	built := filepath.Join(before, name)
	if _, err := os.Stat(built); err != nil { //nolint:gosec // whoever runs the tests says where
		return err //nolint:wrapcheck // its caller does
	}
	return os.Symlink(built, filepath.Join(folder, name)) //nolint:wrapcheck // as above
}
